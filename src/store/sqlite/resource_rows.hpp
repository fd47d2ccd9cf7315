// Rows of `resources` and `resource_entries`, read and written.
#ifndef CONSENTD_STORE_SQLITE_RESOURCE_ROWS_HPP
#define CONSENTD_STORE_SQLITE_RESOURCE_ROWS_HPP

#include "consent/resource.hpp"
#include "store/records.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/ledger.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace consentd::store::sqlite {

// A resource as the writer meets it. `record.state.resource` is empty: it stays in the database.
struct kept_resource {
  resource_record record;
  std::optional<std::int64_t> document;
};
std::optional<kept_resource> load_resource(connection& on, resource_key const& key);

// What to keep of a resource: made new when `before` is empty.
struct resource_to_keep {
  std::optional<kept_resource> const& before;
  consent::resource_state const& after;
  std::optional<std::int64_t> document;
  std::uint64_t sequence = 0;
};
void save_resource(ledger& in, resource_to_keep const& change);

// Adds an entry that is about a resource: `entry.of_resource` is there. As add_entry() of consent_rows.hpp.
std::uint64_t add_resource_entry(ledger& in, journal_entry const& entry, std::optional<std::int64_t> document,
                                 std::string_view print);
// What add_resource_entry() has kept beside the entry of that number. Throws std::out_of_range when there is nothing.
resource_change read_resource_change(connection& on, std::int64_t sequence);

} // namespace consentd::store::sqlite

#endif
