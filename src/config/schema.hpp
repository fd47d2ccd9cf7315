// Every key of the settings file in one table: loading follows it, and a test holds config/consentd.toml to it.
#ifndef CONSENTD_CONFIG_SCHEMA_HPP
#define CONSENTD_CONFIG_SCHEMA_HPP

#include <cstdint>
#include <span>
#include <string_view>

namespace consentd::config {

enum class value_type : std::uint8_t { text, number, boolean, texts, time };

struct key_description {
  std::string_view name;
  value_type type;
  bool required;
  // As it would stand in the file; empty: none, the key may be absent.
  std::string_view fallback;
  // Bounds, both included: of a number's value, of a text's length in bytes, of how many texts a list holds.
  std::int64_t least;
  std::int64_t most;
  // The only values, separated by spaces; empty: any within the bounds.
  std::string_view choices;
  std::string_view meaning;
};

struct table_description {
  std::string_view name;
  // [[name]], once for each of several: at_least_one, or any_number.
  enum class times : std::uint8_t { once, at_least_one, any_number } occurs;
  std::span<key_description const> keys;

  key_description const* find(std::string_view key) const noexcept;
  bool repeated() const noexcept { return occurs != times::once; }
  // True when it cannot be left out, since a key of it cannot.
  bool required() const noexcept;
};

// In the order of config/consentd.toml. Literals: they never end.
std::span<table_description const> schema() noexcept;

} // namespace consentd::config

#endif
