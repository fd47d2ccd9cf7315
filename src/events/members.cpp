#include "events/members.hpp"

#include <algorithm>

namespace consentd::events {

std::optional<json::value> member(json::value const& object, std::string_view name) noexcept {
  auto found = object.find(name);
  if (found && found->type() == json::type::null) {
    return std::nullopt;
  }
  return found;
}

failure missing(std::string_view name) {
  return {reason::resource_malformed, "Data." + std::string(name) + " is missing"};
}

result<std::optional<timestamp>> read_time(json::value const& data, std::string_view name) {
  auto const found = member(data, name);
  if (!found) {
    return std::optional<timestamp>();
  }
  auto const text = found->is_object() ? found->find_string(name) : found->string();
  auto const when = text ? parse_date_time(*text) : std::nullopt;
  if (!when) {
    return failure{reason::bad_time, "Data." + std::string(name)};
  }
  return std::optional<timestamp>(*when);
}

std::optional<std::string> plain_text(json::value const& from, std::size_t longest) {
  auto const text = from.string();
  auto const is_plain = [](char c) { return c > ' ' && c <= '~'; };
  if (!text || text->empty() || text->size() > longest || !std::all_of(text->begin(), text->end(), is_plain)) {
    return std::nullopt;
  }
  return std::string(*text);
}

} // namespace consentd::events
