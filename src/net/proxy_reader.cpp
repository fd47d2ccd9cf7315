#include "net/proxy_reader.hpp"

#include "net/origin/address.hpp"

#include <array>
#include <string>

namespace consentd::net {

namespace asio = boost::asio;

namespace {

proxy_end end_of(proxy_problem what) noexcept {
  switch (what) {
  case proxy_problem::no_header:
    return proxy_end::no_header;
  case proxy_problem::too_long:
    return proxy_end::too_long;
  case proxy_problem::malformed:
  case proxy_problem::none:
    break;
  }
  return proxy_end::malformed;
}

proxy_end end_of(io state, bool begun) noexcept {
  if (state == io::timeout) {
    return proxy_end::timeout;
  }
  return state == io::stopping || !begun ? proxy_end::none_wanted : proxy_end::broken_off;
}

std::optional<proxied_peer> peer_of(proxy_claim const& claim) {
  switch (claim.what) {
  case proxy_claim::kind::none:
    return std::nullopt;
  case proxy_claim::kind::unix_socket:
    return proxied_peer{"unix", std::nullopt};
  case proxy_claim::kind::ip:
    break;
  }
  auto const address = plain(claim.address);
  auto const text = address.is_v4() ? address.to_string() : "[" + address.to_string() + "]";
  return proxied_peer{text + ":" + std::to_string(claim.port), address};
}

} // namespace

std::string_view to_string(proxy_end how) noexcept {
  switch (how) {
  case proxy_end::received:
    return "received";
  case proxy_end::no_header:
    return "no header";
  case proxy_end::malformed:
    return "malformed";
  case proxy_end::too_long:
    return "too long";
  case proxy_end::timeout:
    return "timeout";
  case proxy_end::broken_off:
    return "broken off";
  case proxy_end::none_wanted:
    break;
  }
  return "none wanted";
}

asio::awaitable<proxy_end> receive_proxy_header(connection& from, connection::time_point deadline) {
  std::array<char, 512> piece{};
  std::string header; // bounded: read_proxy_header() refuses what is too long as soon as it knows
  for (;;) {
    auto const got = co_await from.peek(piece, deadline);
    if (got.state != io::ready) {
      co_return end_of(got.state, !header.empty());
    }
    auto const before = header.size();
    header.append(piece.data(), got.size);
    auto const reading = read_proxy_header(header);
    if (reading.what == proxy_reading::state::refused) {
      co_return end_of(reading.problem);
    }
    auto const whole = reading.what == proxy_reading::state::complete;
    auto const own = whole ? reading.size - before : got.size;
    if (!from.take(std::span{piece}.first(own))) {
      co_return proxy_end::broken_off;
    }
    if (whole) {
      from.note_proxied(peer_of(reading.claim));
      co_return proxy_end::received;
    }
  }
}

} // namespace consentd::net
