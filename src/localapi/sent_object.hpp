// Bodies that callers send: small JSON objects of named texts.
#ifndef CONSENTD_LOCALAPI_SENT_OBJECT_HPP
#define CONSENTD_LOCALAPI_SENT_OBJECT_HPP

#include "localapi/problem.hpp"
#include "net/http.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::localapi {

// The body of a call, which must say that it is JSON. media_type, body_too_large and what reading it fails with.
boost::asio::awaitable<parsed<std::string>> read_json_body(net::exchange& request, std::size_t limit);

class sent_object {
public:
  // request_malformed: no sound JSON object. invalid_argument, naming the member: one that is not among `names`, or is
  // no string.
  static parsed<sent_object> read(std::string body, std::initializer_list<std::string_view> names);

  std::optional<std::string> find(std::string_view name) const;

private:
  std::map<std::string, std::string, std::less<>> members_;
};

} // namespace consentd::localapi

#endif
