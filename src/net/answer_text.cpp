#include "net/answer_text.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace consentd::net {
namespace {

bool is_field_name(std::string_view name) noexcept {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

bool is_field_value(std::string_view value) noexcept {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return (static_cast<unsigned char>(c) >= 0x20 || c == '\t') && c != '\x7f'; });
}

std::string two_digits(int value) {
  return {static_cast<char>('0' + (value / 10) % 10), static_cast<char>('0' + value % 10)};
}

// One formatting a second for each thread.
std::string const& date_now() {
  thread_local std::time_t second = -1;
  thread_local std::string text;
  if (auto const now = std::time(nullptr); now != second) {
    text = http_date(now);
    second = now;
  }
  return text;
}

void append_framing(std::string& text, framing const& how) {
  switch (how.kind) {
  case framing::body::none:
  case framing::body::to_end:
    break;
  case framing::body::sized:
    text += "Content-Length: " + std::to_string(how.size) + "\r\n";
    break;
  case framing::body::chunked:
    text += "Transfer-Encoding: chunked\r\n";
    break;
  }
  if (!how.keep_alive) {
    text += "Connection: close\r\n";
  } else if (how.version < 11) {
    text += "Connection: keep-alive\r\n";
  }
}

} // namespace

bool status_allows_body(unsigned status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

std::string http_date(std::time_t when) {
  static constexpr std::array<char const*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<char const*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  return std::string{days.at(static_cast<std::size_t>(parts.tm_wday))} + ", " + two_digits(parts.tm_mday) + " " +
         months.at(static_cast<std::size_t>(parts.tm_mon)) + " " + std::to_string(parts.tm_year + 1900) + " " +
         two_digits(parts.tm_hour) + ":" + two_digits(parts.tm_min) + ":" + two_digits(parts.tm_sec) + " GMT";
}

std::string answer_head(response const& answer, framing const& how) {
  std::string text;
  text.reserve(256);
  text += "HTTP/1.1 " + std::to_string(answer.status) + " ";
  text += std::string_view{boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(answer.status))};
  text += "\r\nDate: ";
  text += date_now();
  text += "\r\n";
  for (auto const& field : answer.fields) {
    if (!is_field_name(field.name) || !is_field_value(field.value)) {
      throw std::logic_error("an answer's field has characters that end it");
    }
    text += field.name;
    text += ": ";
    text += field.value;
    text += "\r\n";
  }
  append_framing(text, how);
  text += "\r\n";
  return text;
}

} // namespace consentd::net
