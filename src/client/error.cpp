#include <consentd/client/error.hpp>

#include <string_view>
#include <utility>

namespace consentd::client {

namespace {

std::string_view meaning(errc code) noexcept {
  switch (code) {
  case errc::unreachable:
    return "the daemon cannot be reached";
  case errc::timed_out:
    return "no answer in time";
  case errc::cancelled:
    return "cancelled";
  case errc::refused:
    return "refused";
  case errc::too_large:
    return "the answer is over the limit";
  case errc::malformed:
    return "what was asked for cannot be sent";
  case errc::not_understood:
    return "the answer is none of the daemon's";
  }
  return "failed";
}

} // namespace

bool error::is_temporary() const noexcept {
  if (code == errc::refused) {
    return status == 429 || status == 503 || retry_after > std::chrono::seconds::zero();
  }
  return code == errc::unreachable || code == errc::timed_out;
}

std::string describe(error const& why) {
  return why.detail.empty() ? std::string(meaning(why.code)) : why.detail;
}

failed::failed(error why) : std::runtime_error(describe(why)), why_(std::move(why)) {
}

void throw_exception_from_error(error const& why, boost::source_location const&) {
  throw failed(why);
}

} // namespace consentd::client
