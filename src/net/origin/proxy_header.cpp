#include "net/origin/proxy_header.hpp"

#include "net/origin/address.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace consentd::net {

namespace ip = boost::asio::ip;

namespace {

constexpr std::string_view v1_start = "PROXY ";
constexpr std::string_view v2_start{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t v2_fixed = 16; // signature, version and command, family and transport, length

proxy_reading refuse(proxy_problem why) noexcept {
  proxy_reading read;
  read.what = proxy_reading::state::refused;
  read.problem = why;
  return read;
}

proxy_reading complete(std::size_t size, proxy_claim const& claim) noexcept {
  proxy_reading read;
  read.what = proxy_reading::state::complete;
  read.size = size;
  read.claim = claim;
  return read;
}

// Is `bytes` the beginning of `start`, or the other way round?
bool begins_like(std::string_view bytes, std::string_view start) noexcept {
  auto const common = std::min(bytes.size(), start.size());
  return bytes.substr(0, common) == start.substr(0, common);
}

// Takes what stands before the next blank; nothing when there is none.
std::optional<std::string_view> take_word(std::string_view& line) noexcept {
  auto const blank = line.find(' ');
  if (blank == std::string_view::npos) {
    return std::nullopt;
  }
  auto const word = line.substr(0, blank);
  line.remove_prefix(blank + 1);
  return word;
}

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  auto const* const end = text.data() + text.size();
  auto const read = std::from_chars(text.data(), end, port);
  auto const canonical = read.ec == std::errc{} && read.ptr == end && (text.size() == 1 || text.front() != '0');
  return canonical ? std::optional{port} : std::nullopt;
}

std::optional<ip::address> parse_of_family(std::string_view text, bool v4) {
  auto const address = parse_address(text);
  return address && address->is_v4() == v4 ? address : std::nullopt;
}

// `line` is what stands between "PROXY " and the line end.
std::optional<proxy_claim> parse_line(std::string_view line) {
  if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) {
    return proxy_claim{}; // what else the line says is to be ignored
  }
  auto const family = take_word(line);
  if (family != "TCP4" && family != "TCP6") {
    return std::nullopt;
  }
  auto const v4 = family == "TCP4";
  auto const from = take_word(line);
  auto const to = take_word(line);
  auto const from_port = take_word(line);
  if (!from || !to || !from_port) {
    return std::nullopt;
  }
  auto const source = parse_of_family(*from, v4);
  auto const port = parse_port(*from_port);
  if (!source || !port || !parse_of_family(*to, v4) || !parse_port(line)) {
    return std::nullopt;
  }
  return proxy_claim{proxy_claim::kind::ip, *source, *port};
}

proxy_reading read_v1(std::string_view bytes) {
  auto const line = bytes.substr(0, longest_proxy_v1);
  auto const end = std::find_if(line.begin(), line.end(), [](char c) { return c < ' ' || c > '~'; });
  auto const size = static_cast<std::size_t>(end - line.begin());
  auto const rest = line.substr(size);
  if (!begins_like(rest, "\r\n")) {
    return refuse(proxy_problem::malformed); // a bare line end, or bytes that no such line has
  }
  if (rest.size() >= 2) {
    auto const claim = parse_line(line.substr(v1_start.size(), size - v1_start.size()));
    return claim ? complete(size + 2, *claim) : refuse(proxy_problem::malformed);
  }
  return line.size() == longest_proxy_v1 ? refuse(proxy_problem::too_long) : proxy_reading{};
}

unsigned octet(std::string_view bytes, std::size_t place) noexcept {
  return static_cast<unsigned char>(bytes[place]);
}

std::uint16_t two_octets(std::string_view bytes, std::size_t place) noexcept {
  return static_cast<std::uint16_t>(octet(bytes, place) << 8U | octet(bytes, place + 1));
}

// Source and destination address, then source and destination port.
template <class Address>
std::optional<proxy_claim> parse_block(std::string_view block) {
  typename Address::bytes_type source{};
  if (block.size() < 2 * source.size() + 4) {
    return std::nullopt;
  }
  std::copy_n(block.begin(), source.size(), source.begin());
  return proxy_claim{proxy_claim::kind::ip, Address{source}, two_octets(block, 2 * source.size())};
}

// `family` is the byte of address family and transport: the protocol knows no other than these and their datagrams,
// with which nobody opens a stream.
std::optional<proxy_claim> parse_addresses(unsigned family, std::string_view block) {
  constexpr std::size_t unix_block = 216;
  switch (family) {
  case 0x00:
    return proxy_claim{};
  case 0x11:
    return parse_block<ip::address_v4>(block);
  case 0x21:
    return parse_block<ip::address_v6>(block);
  case 0x31:
    return block.size() < unix_block ? std::nullopt : std::optional{proxy_claim{proxy_claim::kind::unix_socket, {}, 0}};
  default:
    return std::nullopt;
  }
}

proxy_reading read_v2(std::string_view bytes) {
  constexpr unsigned local = 0x20;
  constexpr unsigned proxied = 0x21;
  auto const command = bytes.size() > 12 ? octet(bytes, 12) : proxied;
  if (command != local && command != proxied) {
    return refuse(proxy_problem::malformed);
  }
  if (bytes.size() < v2_fixed) {
    return {};
  }
  std::size_t const length = two_octets(bytes, 14);
  if (length > longest_proxy_v2) {
    return refuse(proxy_problem::too_long);
  }
  if (bytes.size() < v2_fixed + length) {
    return {};
  }
  // The proxy's own connection, such as a health check: whatever else stands there has no meaning.
  auto const claim = command == local ? std::optional{proxy_claim{}}
                                      : parse_addresses(octet(bytes, 13), bytes.substr(v2_fixed, length));
  return claim ? complete(v2_fixed + length, *claim) : refuse(proxy_problem::malformed);
}

} // namespace

proxy_reading read_proxy_header(std::string_view bytes) {
  if (begins_like(bytes, v2_start)) {
    return read_v2(bytes);
  }
  if (!begins_like(bytes, v1_start)) {
    return refuse(proxy_problem::no_header);
  }
  return bytes.size() < v1_start.size() ? proxy_reading{} : read_v1(bytes);
}

} // namespace consentd::net
