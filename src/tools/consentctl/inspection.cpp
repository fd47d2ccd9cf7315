#include "tools/consentctl/inspection.hpp"

#include "tools/consentctl/terminal.hpp"
#include "json/writer.hpp"

#include <algorithm>

namespace consentd::consentctl {

namespace {

std::string_view name_of(inspection_verdict what) noexcept {
  switch (what) {
  case inspection_verdict::valid:
    return "valid";
  case inspection_verdict::invalid:
    return "invalid";
  case inspection_verdict::not_checked:
    break;
  }
  return "unchecked";
}

void tell(json::writer& out, bool value, bool unknown) {
  if (unknown) {
    out.null();
  } else {
    out.boolean(value);
  }
}

} // namespace

void inspection::holds(std::string_view name, std::string_view detail) {
  steps_.push_back({outcome::held, std::string(name), std::string(detail)});
}

void inspection::fails(failure const& why) {
  add(why.code == reason::keys_unavailable ? outcome::unknown : outcome::failed, why);
}

void inspection::cannot_check(failure const& why) {
  add(outcome::unknown, why);
}

void inspection::add(outcome how, failure const& why) {
  steps_.push_back({how, std::string(to_string(why.code)), why.detail});
  notes_.emplace_back(meaning(why.code));
}

bool inspection::has(outcome how) const noexcept {
  return std::any_of(steps_.begin(), steps_.end(), [how](step const& one) { return one.how == how; });
}

inspection_verdict inspection::verdict() const noexcept {
  if (has(outcome::failed)) {
    return inspection_verdict::invalid;
  }
  return has(outcome::unknown) ? inspection_verdict::not_checked : inspection_verdict::valid;
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
    out += (one.how == outcome::held     ? "ok    "
            : one.how == outcome::failed ? "FAIL  "
                                         : "?     ") +
           printable(one.name) + ": " + printable(one.detail) + "\n";
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
  return out + std::string(name_of(verdict())) + "\n";
}

std::string inspection::as_json() const {
  json::writer out;
  auto const decided = verdict();
  out.begin_object().name("valid");
  tell(out, decided == inspection_verdict::valid, decided == inspection_verdict::not_checked);
  out.name("steps").begin_array();
  for (auto const& one : steps_) {
    out.begin_object().name("holds");
    tell(out, one.how == outcome::held, one.how == outcome::unknown);
    out.member(one.how == outcome::held ? "step" : "reason", one.name).member("detail", one.detail).end_object();
  }
  out.end_array().name("facts").begin_object();
  for (auto const& [name, value] : facts_) {
    out.member(name, value);
  }
  out.end_object().name("notes").begin_array();
  for (auto const& one : notes_) {
    out.string(one);
  }
  out.end_array().member("verdict", name_of(decided));
  if (!payload_.empty()) {
    out.member("payload", payload_);
  }
  out.end_object();
  return printable_json(out.take());
}

} // namespace consentd::consentctl
