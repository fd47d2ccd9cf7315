#include "json/document.hpp"

#include "json/tape.hpp"

#include <charconv>
#include <utility>

namespace consentd::json {
namespace {

template <class Number>
std::optional<Number> read_whole(std::string_view text) noexcept {
  Number number{};
  auto const* const end = text.data() + text.size();
  auto const [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) {
    return std::nullopt;
  }
  return number;
}

} // namespace

json::type value::type() const noexcept {
  return tape_->nodes[at_].type;
}

std::string_view value::raw() const noexcept {
  return tape_->raw(tape_->nodes[at_]);
}

std::optional<std::string_view> value::string() const noexcept {
  return is_string() ? std::optional(tape_->text(tape_->nodes[at_])) : std::nullopt;
}

std::optional<bool> value::boolean() const noexcept {
  return type() == json::type::boolean ? std::optional(tape_->nodes[at_].truth) : std::nullopt;
}

std::optional<std::int64_t> value::integer() const noexcept {
  return type() == json::type::number ? read_whole<std::int64_t>(raw()) : std::nullopt;
}

std::optional<double> value::number() const noexcept {
  return type() == json::type::number ? read_whole<double>(raw()) : std::nullopt;
}

std::optional<value> value::find(std::string_view name) const noexcept {
  if (!is_object()) {
    return std::nullopt;
  }
  auto const& nodes = tape_->nodes;
  for (std::size_t at = at_ + 1; at < nodes[at_].next; at = nodes[at + 1].next) {
    if (tape_->text(nodes[at]) == name) {
      return value(tape_, at + 1);
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> value::find_string(std::string_view name) const noexcept {
  auto const member = find(name);
  return member ? member->string() : std::nullopt;
}

std::size_t value::size() const noexcept {
  return is_object() || is_array() ? tape_->nodes[at_].size : 0;
}

std::optional<value::item> value::first() const noexcept {
  if (size() == 0) {
    return std::nullopt;
  }
  return item(tape_, at_ + 1, tape_->nodes[at_].next, is_object());
}

std::string_view value::item::name() const noexcept {
  return member_ ? tape_->text(tape_->nodes[at_]) : std::string_view{};
}

value value::item::get() const noexcept {
  return {tape_, member_ ? at_ + 1 : at_};
}

std::optional<value::item> value::item::next() const noexcept {
  std::size_t const at = tape_->nodes[member_ ? at_ + 1 : at_].next;
  return at < end_ ? std::optional(item(tape_, at, end_, member_)) : std::nullopt;
}

document::document(std::unique_ptr<tape> parsed) noexcept : tape_(std::move(parsed)) {
}
document::document(document&&) noexcept = default;
document& document::operator=(document&&) noexcept = default;
document::~document() = default;

result<document> document::parse(std::string source, limits const& bounds) {
  auto parsed = std::make_unique<tape>();
  parsed->source = std::move(source);
  if (auto const done = read(*parsed, bounds); !done) {
    return done.error();
  }
  return document(std::move(parsed));
}

value document::root() const noexcept {
  return {tape_.get(), 0};
}

} // namespace consentd::json
