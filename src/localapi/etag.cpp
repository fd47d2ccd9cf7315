#include "localapi/etag.hpp"

#include "base/base64url.hpp"
#include "base/digest.hpp"
#include "base/optional_whitespace.hpp"
#include "localapi/cut.hpp"

#include <cstddef>
#include <utility>

namespace consentd::localapi {
namespace {

constexpr std::size_t digest_bytes = 9;

std::string etag_of(std::string_view place, std::string_view body) {
  return '"' + std::string(place) + '.' + encode_base64url(as_bytes(sha256(body)).substr(0, digest_bytes)) + '"';
}

// The weak comparison of RFC 9110 section 8.8.3.2. Our tags have no comma in them.
bool is_known(net::request_head const& asked, std::string_view etag) {
  for (auto list : asked.all("If-None-Match")) {
    while (!list.empty()) {
      auto one = without_ows(cut(list, ','));
      if (one.starts_with("W/")) {
        one.remove_prefix(2);
      }
      if (one == etag || one == "*") {
        return true;
      }
    }
  }
  return false;
}

} // namespace

net::response json_unless_known(net::request_head const& asked, std::string_view place, std::string body) {
  auto etag = etag_of(place, body);
  net::response answer;
  answer.status = is_known(asked, etag) ? 304 : 200;
  // To be kept, and asked about before each use.
  answer.fields.push_back({"Cache-Control", "private, no-cache"});
  answer.fields.push_back({"ETag", std::move(etag)});
  if (answer.status == 200) {
    answer.fields.push_back({"Content-Type", "application/json"});
    answer.body = std::move(body);
  }
  return answer;
}

} // namespace consentd::localapi
