#include "config/section.hpp"

#include <charconv>
#include <utility>

namespace consentd::config {

section::section(table_description const& what, std::string label, unsigned line)
    : label_(std::move(label)), line_(line) {
  for (auto const& key : what.keys) {
    entries_.emplace(key.name, entry{fallback_of(key), 0, false});
  }
}

section::value section::fallback_of(key_description const& key) {
  auto const text = key.fallback;
  if (text.empty()) {
    return {};
  }
  if (key.type == value_type::number) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  if (key.type == value_type::boolean) {
    return text == "true";
  }
  return std::string(text.substr(1, text.size() - 2));
}

section::entry const& section::at(std::string_view key) const {
  return entries_.at(key);
}

bool section::given(std::string_view key) const {
  return at(key).well_formed;
}

bool section::mentioned(std::string_view key) const {
  return at(key).line != 0;
}

std::string section::text(std::string_view key) const {
  auto const* const found = std::get_if<std::string>(&at(key).is);
  return found == nullptr ? std::string() : *found;
}

std::int64_t section::number(std::string_view key) const {
  auto const* const found = std::get_if<std::int64_t>(&at(key).is);
  return found == nullptr ? 0 : *found;
}

bool section::boolean(std::string_view key) const {
  auto const* const found = std::get_if<bool>(&at(key).is);
  return found != nullptr && *found;
}

std::vector<std::string> section::texts(std::string_view key) const {
  auto const* const found = std::get_if<std::vector<std::string>>(&at(key).is);
  return found == nullptr ? std::vector<std::string>() : *found;
}

std::optional<timestamp> section::time(std::string_view key) const {
  auto const* const found = std::get_if<timestamp>(&at(key).is);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

unsigned section::line(std::string_view key) const {
  auto const line = at(key).line;
  return line == 0 ? line_ : line;
}

std::string section::name_of(std::string_view key) const {
  return label_ + '.' + std::string(key);
}

} // namespace consentd::config
