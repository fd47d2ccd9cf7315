#include "json/writer.hpp"

#include "json/utf8.hpp"

#include <rapidjson/writer.h>

#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

namespace consentd::json {
namespace {

// RapidJSON's output stream concept over a string.
struct string_stream {
  using Ch = char;
  std::string text;
  void Put(char c) { text.push_back(c); }
  void Flush() const noexcept {}
};

enum class place : std::uint8_t { element, member_name, member_value };

} // namespace

struct writer::state {
  string_stream out;
  rapidjson::Writer<string_stream> json{out};
  std::vector<place> open; // what comes next in each open array or object
  bool complete = false;

  // RapidJSON would only assert, and write nonsense in a release build.
  void before_value() {
    if (open.empty() ? complete : open.back() == place::member_name) {
      throw std::logic_error(open.empty() ? "JSON: a second root value" : "JSON: a member without a name");
    }
    if (!open.empty() && open.back() == place::member_value) {
      open.back() = place::member_name;
    }
    complete = open.empty();
  }

  void before_name() {
    if (open.empty() || open.back() != place::member_name) {
      throw std::logic_error("JSON: a name where none belongs");
    }
    open.back() = place::member_value;
  }

  void begin(place first) {
    before_value();
    open.push_back(first);
    complete = false;
  }

  void end(place expected) {
    if (open.empty() || open.back() != expected) {
      throw std::logic_error("JSON: closed out of order");
    }
    open.pop_back();
    complete = open.empty();
  }

  void put(std::string_view text) {
    std::string mended;
    if (!is_utf8(text)) {
      mended = replace_ill_formed(text);
      text = mended;
    }
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
};

writer::writer() : state_(std::make_unique<state>()) {
}
writer::~writer() = default;

writer& writer::begin_object() {
  state_->begin(place::member_name);
  state_->json.StartObject();
  return *this;
}

writer& writer::end_object() {
  state_->end(place::member_name);
  state_->json.EndObject();
  return *this;
}

writer& writer::begin_array() {
  state_->begin(place::element);
  state_->json.StartArray();
  return *this;
}

writer& writer::end_array() {
  state_->end(place::element);
  state_->json.EndArray();
  return *this;
}

writer& writer::name(std::string_view text) {
  state_->before_name();
  state_->put(text);
  return *this;
}

writer& writer::string(std::string_view text) {
  state_->before_value();
  state_->put(text);
  return *this;
}

writer& writer::integer(std::int64_t number) {
  state_->before_value();
  state_->json.Int64(number);
  return *this;
}

writer& writer::number(double number) {
  if (!std::isfinite(number)) {
    return null();
  }
  state_->before_value();
  state_->json.Double(number);
  return *this;
}

writer& writer::boolean(bool truth) {
  state_->before_value();
  state_->json.Bool(truth);
  return *this;
}

writer& writer::null() {
  state_->before_value();
  state_->json.Null();
  return *this;
}

writer& writer::raw(std::string_view checked) {
  state_->before_value();
  // RapidJSON puts the comma or colon; the text itself goes in whole, not byte by byte.
  state_->json.RawValue("", 0, rapidjson::kObjectType);
  state_->out.text += checked;
  return *this;
}

std::string writer::take() {
  if (!state_->complete) {
    throw std::logic_error("JSON: taken before it was complete");
  }
  auto text = std::move(state_->out.text);
  state_ = std::make_unique<state>();
  return text;
}

} // namespace consentd::json
