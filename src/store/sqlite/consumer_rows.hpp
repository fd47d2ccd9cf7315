// Named subscribers and their places.
#ifndef CONSENTD_STORE_SQLITE_CONSUMER_ROWS_HPP
#define CONSENTD_STORE_SQLITE_CONSUMER_ROWS_HPP

#include "base/result.hpp"
#include "store/records.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/ledger.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace consentd::store::sqlite {

// The operations of store::consumers, which names their failures.
result<kept_consumer> keep_consumer(ledger& in, std::string const& name, entry_filter const& filter,
                                    std::uint64_t after, consumer_caller const& by);
result<consumer_record> acknowledge_consumer(ledger& in, std::string const& name, std::uint64_t to,
                                             consumer_caller const& by);
result<consumer_record> seek_consumer(ledger& in, std::string const& name, std::uint64_t to, consumer_caller const& by);
bool advance_consumer(ledger& in, std::string const& name, std::uint64_t generation, std::uint64_t from,
                      std::uint64_t to);
result<void> note_sent(ledger& in, std::string const& name, std::uint64_t generation, std::uint64_t sequence);
result<consumer_record> pause_consumer(ledger& in, std::string const& name, bool paused, consumer_caller const& by);
void note_seen(ledger& in, std::string const& name);
result<consumer_record> remove_consumer(ledger& in, std::string const& name, consumer_caller const& by);

// Those that were not heard of for the configured time, and are not paused.
void forget_consumers(ledger& in);

std::optional<consumer_record> find_consumer(connection& on, std::string const& name);
std::vector<consumer_record> list_consumers(connection& on);
// By name, as far as they count in this journal.
std::map<std::string, std::uint64_t> consumer_places(connection& on);

} // namespace consentd::store::sqlite

#endif
