// JSON read strictly and within bounds (RFC 8259): the only way that foreign JSON enters the daemon.
#ifndef CONSENTD_JSON_DOCUMENT_HPP
#define CONSENTD_JSON_DOCUMENT_HPP

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::json {

// What a text may cost. Checked while reading, before memory is spent.
struct limits {
  std::size_t bytes = std::size_t{1024} * 1024;
  std::size_t depth = 32;     // nested arrays and objects; above 1000 counts as 1000
  std::size_t values = 50000; // values of every type, members' names included
};

enum class type : std::uint8_t { null, boolean, number, string, array, object };

// How a parsed text is kept (tape.hpp): only the reader and the walks below know.
struct tape;

// A place in a document: two words, copied freely, valid as long as its document lives (a moved document included).
class value {
public:
  json::type type() const noexcept;
  bool is_object() const noexcept { return type() == json::type::object; }
  bool is_array() const noexcept { return type() == json::type::array; }
  bool is_string() const noexcept { return type() == json::type::string; }

  // The text as it was received, from the value's first character to its last: numbers keep every digit.
  std::string_view raw() const noexcept;

  // A string's text with its escapes resolved (UTF-8, may hold NUL); nothing for other types.
  std::optional<std::string_view> string() const noexcept;
  std::optional<bool> boolean() const noexcept;
  // A number written without fraction and exponent that fits; nothing for all else.
  std::optional<std::int64_t> integer() const noexcept;
  // A number as the nearest double; nothing when its magnitude is beyond what a double can hold, large or small.
  std::optional<double> number() const noexcept;

  // The member of that name; nothing when there is none or this is no object.
  std::optional<value> find(std::string_view name) const noexcept;
  // The string member of that name; nothing when absent or of another type.
  std::optional<std::string_view> find_string(std::string_view name) const noexcept;

  // Elements of an array, members of an object; 0 for other types.
  std::size_t size() const noexcept;

  // Walks an array's elements or an object's members in the order received:
  //   for (auto i = v.first(); i; i = i->next()) … i->name() … i->get()
  class item;
  std::optional<item> first() const noexcept;

private:
  friend class document;
  value(tape const* from, std::size_t at) noexcept : tape_(from), at_(at) {}
  tape const* tape_;
  std::size_t at_;
};

// One element or member on a walk.
class value::item {
public:
  // A member's name; empty for an element.
  std::string_view name() const noexcept;
  value get() const noexcept;
  std::optional<item> next() const noexcept;

private:
  friend class value;
  item(tape const* from, std::size_t at, std::size_t end, bool member) noexcept
      : tape_(from), at_(at), end_(end), member_(member) {}
  tape const* tape_;
  std::size_t at_;
  std::size_t end_;
  bool member_;
};

// A parsed text and its source. Move-only; immutable once made, so any number of threads may read it.
class document {
public:
  document(document&&) noexcept;
  document& operator=(document&&) noexcept;
  ~document();

  // Refuses, with request_malformed and a detail that names the offset and the rule: anything that is not one JSON
  // text, a name twice in one object (at any depth, compared after unescaping), text that is not UTF-8, unpaired
  // surrogates, a byte order mark, a number with digits or an exponent for 1e309 and more (a limit that RFC 8259
  // section 6 allows), anything over `bounds`. The detail quotes nothing of the text.
  static result<document> parse(std::string source, limits const& bounds);

  value root() const noexcept;

private:
  explicit document(std::unique_ptr<tape> parsed) noexcept;
  std::unique_ptr<tape> tape_;
};

// One text for equal values: members sorted by the bytes of their names, no white space, the shortest escapes, numbers
// as they were written. Two texts that differ in layout and order only have one canonical form.
std::string canonical(value const& from);

} // namespace consentd::json

#endif
