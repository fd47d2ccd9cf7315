// Who had what done.
#ifndef CONSENTD_STORE_SQLITE_OPERATION_ROWS_HPP
#define CONSENTD_STORE_SQLITE_OPERATION_ROWS_HPP

#include "store/operation.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace consentd::store::sqlite {

// In the transaction of what it tells of. Beyond settings::operation_rows the user's oldest goes.
void note(ledger& in, operation what, std::uint32_t uid, std::string_view subject, std::string_view detail);
// Of something that goes on in steps: one row for all those of a user that come one after the other.
void note_step(ledger& in, operation what, std::uint32_t uid, std::string_view subject, std::uint64_t from,
               std::uint64_t to);

// store::records::list_operations.
std::vector<operation_record> list_operations(connection& on, operation_filter const& filter, std::int64_t before,
                                              std::size_t limit);

} // namespace consentd::store::sqlite

#endif
