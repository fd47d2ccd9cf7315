#include "base/result.hpp"
#include "client/http_client.hpp"
#include "json/document.hpp"

namespace consentd::client {

namespace {

bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

} // namespace

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (char const c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
      continue;
    }
    auto const byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(digits[byte >> 4U]);
    out.push_back(digits[byte & 15U]);
  }
  return out;
}

std::string describe_problem(answer const& from) {
  auto status = "status " + std::to_string(from.status);
  auto read = json::document::parse(from.body, {.bytes = 65536, .depth = 8, .values = 64});
  if (!read) {
    return status;
  }
  auto const root = read->root();
  auto const title = root.find_string("title");
  if (!title) {
    return status;
  }
  std::string out(*title);
  if (auto const field = root.find_string("field")) {
    out += " (" + std::string(*field) + ")";
  }
  if (auto const detail = root.find_string("detail")) {
    out += ": " + std::string(*detail);
  }
  return out;
}

} // namespace consentd::client
