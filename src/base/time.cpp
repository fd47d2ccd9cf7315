#include "base/time.hpp"

#include <cstddef>
#include <cstdlib>

namespace consentd {
namespace {

using namespace std::chrono;

class machine_clock final : public clock {
public:
  timestamp now() const noexcept override { return floor<microseconds>(std::chrono::system_clock::now()); }
};

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// Takes a date-time from the front of a text, part by part. After the first part that is not there, `good` stays false.
class reader {
public:
  explicit reader(std::string_view text) noexcept : rest_(text) {}

  bool good() const noexcept { return good_; }
  bool at_end() const noexcept { return rest_.empty(); }
  char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }

  int digits(std::size_t count) noexcept {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(peek())) {
        good_ = false;
        return 0;
      }
      number = number * 10 + (next() - '0');
    }
    return number;
  }

  int digits_up_to(std::size_t count, int highest) noexcept {
    int const number = digits(count);
    good_ = good_ && number <= highest;
    return number;
  }

  bool skip(char wanted) noexcept {
    if (peek() != wanted || at_end()) {
      return false;
    }
    next();
    return true;
  }

  void need(char wanted) noexcept { good_ = skip(wanted) && good_; }

  // RFC 3339 section 5.6: `T` and `Z` may be lower case.
  bool skip_letter(char upper) noexcept { return skip(upper) || skip(static_cast<char>(upper + ('a' - 'A'))); }
  void need_letter(char upper) noexcept { good_ = skip_letter(upper) && good_; }

  microseconds fraction() noexcept {
    if (!skip('.')) {
      return microseconds{0};
    }
    good_ = good_ && is_digit(peek());
    std::int64_t value = 0;
    std::int64_t unit = 100'000;
    while (is_digit(peek())) {
      value += (next() - '0') * unit;
      unit /= 10;
    }
    return microseconds{value};
  }

  minutes offset() noexcept {
    if (skip_letter('Z')) {
      return minutes{0};
    }
    int const sign = skip('-') ? -1 : 1;
    if (sign > 0) {
      need('+');
    }
    int const hour = digits_up_to(2, 23);
    skip(':');
    int const minute = digits_up_to(2, 59);
    return minutes{sign * (hour * 60 + minute)};
  }

private:
  char next() noexcept {
    char const c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  bool good_ = true;
};

std::optional<sys_days> read_date(reader& from) noexcept {
  year const y{from.digits(4)};
  from.need('-');
  month const m{static_cast<unsigned>(from.digits(2))};
  from.need('-');
  day const d{static_cast<unsigned>(from.digits(2))};
  year_month_day const date{y, m, d};
  if (!from.good() || !date.ok()) {
    return std::nullopt;
  }
  return sys_days{date};
}

void append_padded(std::string& to, std::int64_t number, std::size_t width) {
  std::string const text = std::to_string(number);
  to.append(width > text.size() ? width - text.size() : 0, '0');
  to += text;
}

} // namespace

clock const& system_clock() noexcept {
  static machine_clock const machine;
  return machine;
}

std::optional<timestamp> parse_date_time(std::string_view text) noexcept {
  reader from(text);
  auto const date = read_date(from);
  if (!date) {
    return std::nullopt;
  }
  from.need_letter('T');
  int const hour = from.digits_up_to(2, 23);
  from.need(':');
  int const minute = from.digits_up_to(2, 59);
  from.need(':');
  int const second = from.digits_up_to(2, 60);
  auto const fraction = from.fraction();
  auto const offset = from.offset();
  if (!from.good() || !from.at_end()) {
    return std::nullopt;
  }
  auto const whole = sys_seconds{*date} + hours{hour} + minutes{minute} + seconds{second} - offset;
  // A leap second ends a day of UTC (RFC 3339 section 5.7).
  if (second == 60 && whole != floor<days>(whole)) {
    return std::nullopt;
  }
  constexpr sys_days begin{year{1970} / January / 1};
  constexpr sys_days end{year{10000} / January / 1};
  if (whole < begin || whole >= end) {
    return std::nullopt;
  }
  return whole + fraction;
}

std::string format_date_time(timestamp when) {
  auto const midnight = floor<days>(when);
  year_month_day const date{midnight};
  hh_mm_ss const time{when - midnight};
  std::string text;
  text.reserve(27);
  append_padded(text, static_cast<int>(date.year()), 4);
  text += '-';
  append_padded(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  append_padded(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_padded(text, time.hours().count(), 2);
  text += ':';
  append_padded(text, time.minutes().count(), 2);
  text += ':';
  append_padded(text, time.seconds().count(), 2);
  if (time.subseconds().count() != 0) {
    text += '.';
    append_padded(text, time.subseconds().count(), 6);
    text.erase(text.find_last_not_of('0') + 1);
  }
  text += 'Z';
  return text;
}

} // namespace consentd
