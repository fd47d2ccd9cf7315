#include "client/sse_parser.hpp"

#include <utility>

namespace consentd::client {

result<bool> sse_parser::feed(std::string_view bytes, callback const& on_event) {
  for (char const c : bytes) {
    if (std::exchange(after_return_, c == '\r') && c == '\n') {
      continue;
    }
    if (c == '\n' || c == '\r') {
      auto more = end_line(on_event);
      if (!more || !*more) {
        return more;
      }
      continue;
    }
    if (line_.size() == max_bytes_) {
      return error{.code = errc::too_large, .detail = "a line of the event stream is over the limit"};
    }
    line_.push_back(c);
  }
  return true;
}

result<bool> sse_parser::end_line(callback const& on_event) {
  auto const line = std::exchange(line_, {});
  if (line.empty()) {
    return dispatch(on_event);
  }
  auto const colon = line.find(':');
  if (colon == 0) {
    return true;
  }
  std::string_view const whole = line;
  auto value = colon == std::string::npos ? std::string_view{} : whole.substr(colon + 1);
  if (value.starts_with(' ')) {
    value.remove_prefix(1);
  }
  if (data_.size() + value.size() >= max_bytes_) {
    return error{.code = errc::too_large, .detail = "an event of the stream is over the limit"};
  }
  field(whole.substr(0, colon), value);
  return true;
}

void sse_parser::field(std::string_view name, std::string_view value) {
  if (name == "data") {
    data_ += value;
    data_ += '\n';
  } else if (name == "event") {
    type_ = value;
  } else if (name == "id" && value.find('\0') == std::string_view::npos) {
    id_ = value;
  }
}

bool sse_parser::dispatch(callback const& on_event) {
  place_ = id_;
  auto type = std::exchange(type_, {});
  auto data = std::exchange(data_, {});
  if (data.empty()) {
    return true;
  }
  data.pop_back();
  sse_event const made{place_, type.empty() ? std::string("message") : std::move(type), std::move(data)};
  return on_event(made);
}

} // namespace consentd::client
