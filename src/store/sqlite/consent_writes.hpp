// The writer's operations on consents and other resources.
#ifndef CONSENTD_STORE_SQLITE_CONSENT_WRITES_HPP
#define CONSENTD_STORE_SQLITE_CONSENT_WRITES_HPP

#include "base/result.hpp"
#include "store/records.hpp"
#include "store/sqlite/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace consentd::store::sqlite {

// store::inbox::settle, of which this is the transaction.
result<outcome> settle(ledger& in, settlement const& event);
result<outcome> settle(ledger& in, resource_settlement const& event);
result<outcome> settle(ledger& in, unknown_settlement const& event);
// store::consents::announce, bind and lapse.
result<announced> announce(ledger& in, announcement const& consent);
result<announced> bind(ledger& in, announcement const& consent);
// store::consents::settle_doubt.
result<consent_record> settle_doubt(ledger& in, finding const& found);
// store::consents::erase.
result<std::optional<erased>> erase(ledger& in, std::string const& consent_id, std::uint32_t uid);
std::size_t lapse(ledger& in, timestamp now, std::size_t at_most);

} // namespace consentd::store::sqlite

#endif
