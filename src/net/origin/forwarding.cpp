#include "net/origin/forwarding.hpp"

#include "base/optional_whitespace.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace consentd::net {

namespace ip = boost::asio::ip;

namespace {

// One forwarding step; without an address it is well formed, but hides who it was.
struct hop {
  std::optional<ip::address> address;
};

bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// RFC 9110 section 5.6.2.
bool is_token_character(char c) noexcept {
  return is_alphanumeric(c) || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

// RFC 7239 section 6.3: "_" and at least one of these.
bool is_obfuscated(std::string_view text) noexcept {
  return text.size() > 1 && text.front() == '_' && std::all_of(text.begin() + 1, text.end(), [](char c) {
           return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
         });
}

bool is_port(std::string_view text) noexcept {
  unsigned port = 0;
  auto const* const end = text.data() + text.size();
  auto const read = std::from_chars(text.data(), end, port);
  return text.size() <= 5 && read.ec == std::errc{} && read.ptr == end && port <= 65535;
}

std::optional<ip::address> of_family(std::string_view text, bool v4) {
  auto const address = parse_address(text);
  return address && address->is_v4() == v4 ? std::optional{plain(*address)} : std::nullopt;
}

// "192.0.2.1" or "[2001:db8::1]"; `rest` is what follows it.
std::optional<ip::address> take_node_address(std::string_view text, std::string_view& rest) {
  if (!text.starts_with('[')) {
    auto const end = std::min(text.find(':'), text.size());
    rest = text.substr(end);
    return of_family(text.substr(0, end), true);
  }
  auto const end = text.find(']');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  rest = text.substr(end + 1);
  return of_family(text.substr(1, end - 1), false);
}

// An element of X-Forwarded-For, which no standard describes.
std::optional<hop> parse_x_forwarded(std::string_view element) {
  if (auto const bare = of_family(element, false)) {
    return hop{bare};
  }
  std::string_view rest;
  auto const address = take_node_address(element, rest);
  auto const ends_well = rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  return address && ends_well ? std::optional{hop{address}} : std::nullopt;
}

// RFC 7239 section 6: the value of "for", unquoted.
std::optional<hop> parse_node(std::string_view text) {
  auto const is_node_port = [](std::string_view port) { return is_port(port) || is_obfuscated(port); };
  std::string_view rest;
  auto const address = take_node_address(text, rest);
  if (address) {
    auto const ends_well = rest.empty() || (rest.front() == ':' && is_node_port(rest.substr(1)));
    return ends_well ? std::optional{hop{address}} : std::nullopt;
  }
  auto const colon = text.find(':');
  auto const name = text.substr(0, colon);
  auto const ends_well = colon == std::string_view::npos || is_node_port(text.substr(colon + 1));
  return ends_well && (name == "unknown" || is_obfuscated(name)) ? std::optional{hop{}} : std::nullopt;
}

// RFC 7239 section 4, one field line.
class forwarded_line {
public:
  explicit forwarded_line(std::string_view text) noexcept : left_{text} {}

  // False when the line is malformed or there are too many hops.
  bool read(std::vector<hop>& hops) {
    do {
      skip_blanks();
      std::optional<hop> element = read_element();
      if (!element || hops.size() == most_hops) {
        return false;
      }
      hops.push_back(*element);
      skip_blanks();
    } while (take(','));
    return left_.empty();
  }

private:
  bool take(char c) noexcept {
    auto const there = left_.starts_with(c);
    left_.remove_prefix(there ? 1 : 0);
    return there;
  }

  void skip_blanks() noexcept { left_.remove_prefix(std::min(left_.find_first_not_of(" \t"), left_.size())); }

  std::string_view take_token() noexcept {
    auto const* const end = std::find_if_not(left_.begin(), left_.end(), is_token_character);
    auto const token = left_.substr(0, static_cast<std::size_t>(end - left_.begin()));
    left_.remove_prefix(token.size());
    return token;
  }

  // RFC 9110 section 5.6.4, behind its opening quote. A line has no control characters.
  std::optional<std::string> take_quoted() {
    std::string text;
    while (!left_.empty() && !take('"')) {
      take('\\');
      if (left_.empty()) {
        return std::nullopt;
      }
      text += left_.front();
      left_.remove_prefix(1);
      if (left_.empty()) {
        return std::nullopt; // no closing quote
      }
    }
    return text;
  }

  std::optional<std::string> take_value() {
    if (take('"')) {
      return left_.empty() ? std::nullopt : take_quoted();
    }
    auto const token = take_token();
    return token.empty() ? std::nullopt : std::optional{std::string{token}};
  }

  // Pairs joined by ";", without blanks.
  std::optional<hop> read_element() {
    std::vector<std::string> seen;
    hop element;
    do {
      auto name = std::string{take_token()};
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      auto const again = std::find(seen.begin(), seen.end(), name) != seen.end();
      if (name.empty() || again || !take('=')) {
        return std::nullopt;
      }
      auto const value = take_value();
      if (!value) {
        return std::nullopt;
      }
      if (name == "for") {
        auto const node = parse_node(*value);
        if (!node) {
          return std::nullopt;
        }
        element = *node;
      }
      seen.push_back(std::move(name));
    } while (take(';'));
    return element;
  }

  std::string_view left_;
};

bool read_x_forwarded_line(std::string_view line, std::vector<hop>& hops) {
  for (;;) {
    auto const comma = line.find(',');
    auto const element = parse_x_forwarded(without_ows(line.substr(0, comma)));
    if (!element || hops.size() == most_hops) {
      return false;
    }
    hops.push_back(*element);
    if (comma == std::string_view::npos) {
      return true;
    }
    line.remove_prefix(comma + 1);
  }
}

failure problem(forwarding const& rules, char const* what) {
  return {reason::header_not_allowed, std::string{name_of(rules.from)} + ": " + what};
}

} // namespace

std::string_view name_of(forwarding::header which) noexcept {
  return which == forwarding::header::forwarded ? "Forwarded" : "X-Forwarded-For";
}

result<std::optional<ip::address>> client_address(std::optional<ip::address> const& nearest,
                                                  std::span<std::string_view const> lines, forwarding const& rules) {
  auto const is_ours = [&rules](ip::address const& which) { return any_contains(rules.proxies, which); };
  if (nearest ? !is_ours(*nearest) : !rules.trust_unix_sockets) {
    return nearest ? std::optional{plain(*nearest)} : std::nullopt;
  }
  if (lines.empty()) {
    return problem(rules, "missing, though a trusted proxy sent the request");
  }
  std::vector<hop> hops;
  for (auto const line : lines) {
    auto const read = rules.from == forwarding::header::forwarded ? forwarded_line{line}.read(hops)
                                                                  : read_x_forwarded_line(line, hops);
    if (!read) {
      return problem(rules, "malformed, or too long a list");
    }
  }
  for (auto step = hops.rbegin(); step != hops.rend(); ++step) {
    if (!step->address) {
      return problem(rules, "a proxy hides for whom it speaks");
    }
    if (!is_ours(*step->address)) {
      return step->address;
    }
  }
  return hops.front().address;
}

} // namespace consentd::net
