// The queries behind the reading operations of store.hpp, each on a reader's connection.
#ifndef CONSENTD_STORE_SQLITE_READS_HPP
#define CONSENTD_STORE_SQLITE_READS_HPP

#include "store/records.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/worklist.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace consentd::store::sqlite {

// The bodies of deliveries that were picked; one that is not there is left out.
std::vector<pending_delivery> read_pending(connection& on, std::vector<std::int64_t> const& picked);

std::optional<consent_record> find_consent(connection& on, std::string const& id);
standing find_standing(connection& on, worklist const& inbox, std::string const& id);
// The first entry of the journal recorded after `when`, or the number behind the newest; entries are recorded in the
// order of their times.
std::int64_t first_entry_after(connection& on, timestamp when);
// Looks at no more than a few thousand rows.
consent_page list_consents(connection& on, consent_filter const& filter, std::string const& after, std::size_t limit);

std::optional<resource_record> find_resource(connection& on, resource_key const& key);

std::vector<journal_entry> history(connection& on, std::string const& consent_id, std::uint64_t after,
                                   std::size_t limit);
journal_page read_journal(connection& on, std::uint64_t after, std::size_t limit);

std::vector<quarantine_entry> list_quarantined(connection& on, std::optional<reason> why, std::int64_t before,
                                               std::size_t limit);
std::optional<quarantine_entry> find_quarantined(connection& on, std::int64_t id);

std::vector<delivery_record> find_deliveries(connection& on, std::string const& interaction_id, std::size_t limit);
std::optional<delivery_record> find_delivery(connection& on, std::int64_t id);

} // namespace consentd::store::sqlite

#endif
