// Bodies that callers send: small JSON objects of named texts.
#ifndef CONSENTD_LOCALAPI_SENT_OBJECT_HPP
#define CONSENTD_LOCALAPI_SENT_OBJECT_HPP

#include "localapi/parameters.hpp"
#include "localapi/problem.hpp"
#include "localapi/routes.hpp"
#include "localapi/target.hpp"
#include "net/http.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>

namespace consentd::localapi {

// The body of a call, which must say that it is JSON. media_type, body_too_large and what reading it fails with.
boost::asio::awaitable<parsed<std::string>> read_json_body(net::exchange& request, std::size_t limit);

// The user at the other end. No credentials, no name: the value that stands for "no uid" (chown(2)), never root's.
inline std::uint32_t caller_of(net::request_head const& head) noexcept {
  return head.peer.uid.value_or(std::numeric_limits<uid_t>::max());
}

// What a caller says of the consent that the path names, as `read` makes it of id and body, and who says it.
template <class Said>
boost::asio::awaitable<parsed<Said>> read_said(net::exchange& request, call const& asked, std::size_t limit,
                                               parsed<Said> (*read)(std::string id, std::string body)) {
  auto id = consent_id(asked.id);
  if (!id) {
    co_return id.error();
  }
  auto body = co_await read_json_body(request, limit);
  if (!body) {
    co_return body.error();
  }
  auto said = read(std::move(*id), std::move(*body));
  if (said) {
    said->uid = caller_of(request.head());
  }
  co_return said;
}

class sent_object final : public named_texts {
public:
  // request_malformed: no sound JSON object. invalid_argument, naming the member: one that is not among `names`, or is
  // no string.
  static parsed<sent_object> read(std::string body, std::initializer_list<std::string_view> names);

  std::optional<std::string_view> find(std::string_view name) const noexcept override;

private:
  std::map<std::string, std::string, std::less<>> members_;
};

} // namespace consentd::localapi

#endif
