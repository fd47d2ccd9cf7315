// Lists of columns that several queries select, each kept once beside its reader, which goes by their order.
#ifndef CONSENTD_STORE_SQLITE_COLUMNS_HPP
#define CONSENTD_STORE_SQLITE_COLUMNS_HPP

#include "store/sqlite/connection.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace consentd::store::sqlite {

// A piece of SQL that is known when the program is compiled.
template <std::size_t Size>
struct sql_part {
  // NOLINTNEXTLINE(google-explicit-constructor, modernize-avoid-c-arrays): what a literal is
  consteval sql_part(char const (&text)[Size]) { std::copy_n(text, Size, bytes.begin()); }
  constexpr std::string_view view() const noexcept { return {bytes.data(), Size - 1}; }

  std::array<char, Size> bytes{};
};

template <sql_part... Parts>
struct joined_sql {
  static constexpr auto make() {
    std::array<char, (Parts.view().size() + ... + 1)> all{};
    auto at = all.begin();
    ((at = std::copy(Parts.view().begin(), Parts.view().end(), at)), ...);
    return all;
  }
  static constexpr auto text = make();
};

// The parts one after the other, as one statement.
template <sql_part... Parts>
consteval sql join_sql() noexcept {
  return {joined_sql<Parts...>::text.data()};
}

} // namespace consentd::store::sqlite

#endif
