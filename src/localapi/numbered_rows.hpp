// Lists whose rows have ascending or descending numbers, a page of which is asked for with one row more than it shows.
#ifndef CONSENTD_LOCALAPI_NUMBERED_ROWS_HPP
#define CONSENTD_LOCALAPI_NUMBERED_ROWS_HPP

#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::localapi {

// What a page shows.
template <class Row>
struct shown_rows {
  std::span<Row const> rows;
  bool more = false; // there is a next page
};

// Of rows that outlive it, which were asked for with a limit of `limit` + 1.
template <class Row>
shown_rows<Row> shown_of(std::vector<Row> const& rows, std::size_t limit) {
  return {std::span(rows).first(std::min(rows.size(), limit)), rows.size() > limit};
}

// The members `list`, with what `put` makes of each row, and `nextCursor` by the number of the last.
template <class Row, class Put, class Number>
void put_rows(json::writer& out, std::string_view list, shown_rows<Row> const& shown, Put put, Number number_of) {
  out.name(list).begin_array();
  for (auto const& row : shown.rows) {
    put(row);
  }
  out.end_array();
  auto const cursor = shown.more ? make_cursor(list, std::to_string(number_of(shown.rows.back()))) : std::string();
  put_text(out, "nextCursor", cursor);
}

} // namespace consentd::localapi

#endif
