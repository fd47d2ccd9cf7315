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

// In the transaction of what it tells of.
void note(ledger& in, operation what, std::uint32_t uid, std::string_view subject, std::string_view detail);

// store::records::list_operations.
std::vector<operation_record> list_operations(connection& on, operation_filter const& filter, std::int64_t before,
                                              std::size_t limit);

} // namespace consentd::store::sqlite

#endif
