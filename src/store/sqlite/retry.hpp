// The way back from quarantine.
#ifndef CONSENTD_STORE_SQLITE_RETRY_HPP
#define CONSENTD_STORE_SQLITE_RETRY_HPP

#include "base/result.hpp"
#include "store/records.hpp"
#include "store/sqlite/ledger.hpp"

#include <cstddef>
#include <cstdint>

namespace consentd::store::sqlite {

// store::records::retry and drop.
result<released_delivery> retry_for(ledger& in, std::int64_t delivery, std::uint32_t uid);
result<std::size_t> retry(ledger& in, remedy const& has_come, std::size_t at_most);
// Unrecorded: for an erasure, which is recorded as a whole.
result<released_delivery> drop(ledger& in, std::int64_t delivery);
result<released_delivery> drop_for(ledger& in, std::int64_t delivery, std::uint32_t uid);

} // namespace consentd::store::sqlite

#endif
