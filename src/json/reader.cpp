#include "json/tape.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <utility>

namespace consentd::json {
namespace {

// Bytes of zero behind the text. A zero ends every token, and at most three bytes are taken after a byte before they
// are looked at (a UTF-8 sequence that is cut off), so reading needs no check against the end.
constexpr std::size_t padding = 4;

// RapidJSON's stream concept over a padded buffer that strings are resolved in. RapidJSON reads through a reference to
// it, not a local copy, so that its place is known while the handler is called.
class padded_stream {
public:
  using Ch = char;

  explicit padded_stream(char* begin) noexcept : begin_(begin), from_(begin), to_(begin) {}

  char Peek() const noexcept { return *from_; }
  char Take() noexcept { return *from_++; }
  std::size_t Tell() const noexcept { return static_cast<std::size_t>(from_ - begin_); }

  char* PutBegin() noexcept { return to_ = from_; }
  void Put(char c) noexcept { *to_++ = c; }
  std::size_t PutEnd(char const* begin) const noexcept { return static_cast<std::size_t>(to_ - begin); }
  void Flush() const noexcept {}

  std::size_t offset_of(char const* at) const noexcept { return static_cast<std::size_t>(at - begin_); }

private:
  char* begin_;
  char* from_;
  char* to_;
};

constexpr std::uint32_t narrow(std::size_t offset) noexcept {
  return static_cast<std::uint32_t>(offset);
}

// Two members of one object have one name.
struct duplicate {
  std::size_t offset;
};

class duplicate_finder {
public:
  std::optional<duplicate> find(tape const& from, std::uint32_t object);

private:
  struct name {
    std::string_view text;
    std::uint32_t begin;
  };
  std::vector<name> names_; // kept between objects, for its memory
};

// Sorting keeps the cost of a hostile object at n log n, whatever its names are; a hash table would need a secret.
std::optional<duplicate> duplicate_finder::find(tape const& from, std::uint32_t object) {
  names_.clear();
  auto const end = narrow(from.nodes.size());
  for (std::uint32_t at = object + 1; at < end; at = from.nodes[at + 1].next) {
    names_.push_back({from.text(from.nodes[at]), from.nodes[at].begin});
  }
  std::sort(names_.begin(), names_.end(), [](name const& a, name const& b) {
    return a.text.size() != b.text.size() ? a.text.size() < b.text.size() : a.text < b.text;
  });
  auto const twice =
      std::adjacent_find(names_.begin(), names_.end(), [](name const& a, name const& b) { return a.text == b.text; });
  if (twice == names_.end()) {
    return std::nullopt;
  }
  return duplicate{std::max(twice->begin, std::next(twice)->begin)};
}

// True when escapes made an unpaired surrogate. RapidJSON lets a low one through; nothing else in checked UTF-8 looks
// like one.
bool has_surrogate(std::string_view text) noexcept {
  for (auto at = text.find('\xed'); at != std::string_view::npos && at + 1 < text.size();
       at = text.find('\xed', at + 1)) {
    if (static_cast<unsigned char>(text[at + 1]) >= 0xa0) {
      return true;
    }
  }
  return false;
}

// Takes RapidJSON's events, and lays the tape. A call that returns false ends the reading; rule() and offset() say why.
class tape_layer {
public:
  tape_layer(tape& into, padded_stream const& from, limits const& bounds) : tape_(into), from_(from), bounds_(bounds) {}

  bool Null() { return scalar(type::null, from_.Tell() - 4, from_.Tell()); }
  bool Bool(bool truth) { return scalar(type::boolean, from_.Tell() - (truth ? 4 : 5), from_.Tell(), 0, truth); }
  bool RawNumber(char const* /*text*/, rapidjson::SizeType length, bool /*copy*/) {
    return scalar(type::number, from_.Tell() - length, from_.Tell());
  }
  bool String(char const* text, rapidjson::SizeType length, bool /*copy*/) {
    auto const begin = from_.offset_of(text) - 1;
    auto const end = from_.Tell();
    bool const escaped = end - begin != length + 2;
    if (escaped && has_surrogate({text, length})) {
      return refuse("an unpaired surrogate", begin);
    }
    return scalar(type::string, begin, end, length);
  }
  bool Key(char const* text, rapidjson::SizeType length, bool copy) { return String(text, length, copy); }
  bool StartObject() { return start(type::object); }
  bool StartArray() { return start(type::array); }
  bool EndObject(rapidjson::SizeType members) {
    if (members > 1) {
      if (auto const twice = duplicates_.find(tape_, open_.back())) {
        return refuse("a name twice in one object", twice->offset);
      }
    }
    return end(members);
  }
  bool EndArray(rapidjson::SizeType elements) { return end(elements); }

  // With numbers as text these are never called.
  bool Int(int /*number*/) { return false; }
  bool Uint(unsigned /*number*/) { return false; }
  bool Int64(std::int64_t /*number*/) { return false; }
  bool Uint64(std::uint64_t /*number*/) { return false; }
  bool Double(double /*number*/) { return false; }

  char const* rule() const noexcept { return rule_; }
  std::size_t offset() const noexcept { return offset_; }

private:
  bool refuse(char const* rule, std::size_t offset) noexcept {
    rule_ = rule;
    offset_ = offset;
    return false;
  }

  bool room(std::size_t begin) noexcept {
    return tape_.nodes.size() < bounds_.values || refuse("more values than are allowed", begin);
  }

  bool scalar(json::type type, std::size_t begin, std::size_t end, std::size_t size = 0, bool truth = false) {
    if (!room(begin)) {
      return false;
    }
    auto const next = narrow(tape_.nodes.size() + 1);
    tape_.nodes.push_back({narrow(begin), narrow(end), narrow(size), next, type, truth});
    return true;
  }

  // RapidJSON tells of a bracket before it takes it.
  bool start(json::type type) {
    auto const begin = from_.Tell();
    if (open_.size() >= std::min(bounds_.depth, most_depth)) {
      return refuse("nested deeper than is allowed", begin);
    }
    open_.push_back(narrow(tape_.nodes.size()));
    return scalar(type, begin, begin + 1);
  }

  bool end(std::size_t size) {
    auto& container = tape_.nodes[open_.back()];
    container.end = narrow(from_.Tell() + 1);
    container.size = narrow(size);
    container.next = narrow(tape_.nodes.size());
    open_.pop_back();
    return true;
  }

  tape& tape_;
  padded_stream const& from_;
  limits const& bounds_;
  std::vector<std::uint32_t> open_;
  duplicate_finder duplicates_;
  char const* rule_ = nullptr;
  std::size_t offset_ = 0;
};

failure refused(std::size_t offset, std::string_view rule) {
  return failure{reason::request_malformed, "JSON at offset " + std::to_string(offset) + ": " + std::string(rule)};
}

} // namespace

result<void> read(tape& into, limits const& bounds) {
  auto const size = into.source.size();
  if (size > std::min(bounds.bytes, most_bytes)) {
    return refused(0, "longer than is allowed");
  }
  if (into.source.starts_with("\xef\xbb\xbf")) {
    return refused(0, "a byte order mark");
  }
  into.resolved.reserve(size + padding);
  into.resolved = into.source;
  into.resolved.append(padding, '\0');
  // About what a text with short strings has; a longer tape grows.
  into.nodes.reserve(std::min(size / 16 + 4, bounds.values));

  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                             rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  padded_stream stream(into.resolved.data());
  tape_layer layer(into, stream, bounds);
  rapidjson::Reader reader;
  auto const outcome = reader.Parse<flags>(stream, layer);
  if (layer.rule() != nullptr) {
    return refused(layer.offset(), layer.rule());
  }
  if (outcome.IsError()) {
    return refused(outcome.Offset(), rapidjson::GetParseError_En(outcome.Code()));
  }
  // To RapidJSON a zero byte is the end, wherever it stands.
  if (stream.Tell() != size) {
    return refused(stream.Tell(), "text after the end");
  }
  return {};
}

} // namespace consentd::json
