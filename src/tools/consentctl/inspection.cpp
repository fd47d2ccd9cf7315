#include "tools/consentctl/inspection.hpp"

#include "tools/consentctl/terminal.hpp"
#include "json/writer.hpp"

namespace consentd::consentctl {

void inspection::holds(std::string_view name, std::string_view detail) {
  steps_.push_back({true, std::string(name), std::string(detail)});
}

void inspection::fails(failure const& why) {
  failed_ = true;
  steps_.push_back({false, std::string(to_string(why.code)), why.detail});
  notes_.emplace_back(meaning(why.code));
}

void inspection::note(std::string text) {
  notes_.push_back(std::move(text));
}

void inspection::fact(std::string name, std::string value) {
  facts_.emplace_back(std::move(name), std::move(value));
}

std::string inspection::as_text() const {
  std::string out;
  for (auto const& one : steps_) {
    out += (one.held ? "ok    " : "FAIL  ") + printable(one.name) + ": " + printable(one.detail) + "\n";
  }
  for (auto const& [name, value] : facts_) {
    out += "      " + printable(name) + " " + printable(value) + "\n";
  }
  for (auto const& one : notes_) {
    out += "note  " + printable(one) + "\n";
  }
  if (!payload_.empty()) {
    out += printable(payload_) + "\n";
  }
  out += failed_ ? "invalid\n" : "valid\n";
  return out;
}

std::string inspection::as_json() const {
  json::writer out;
  out.begin_object().name("valid").boolean(!failed_);
  out.name("steps").begin_array();
  for (auto const& one : steps_) {
    out.begin_object().name("holds").boolean(one.held);
    out.member(one.held ? "step" : "reason", one.name).member("detail", one.detail).end_object();
  }
  out.end_array().name("facts").begin_object();
  for (auto const& [name, value] : facts_) {
    out.member(name, value);
  }
  out.end_object().name("notes").begin_array();
  for (auto const& one : notes_) {
    out.string(one);
  }
  out.end_array();
  if (!payload_.empty()) {
    out.member("payload", payload_);
  }
  out.end_object();
  return printable_json(out.take());
}

} // namespace consentd::consentctl
