// The signed originals of events, accepted and refused: who said what can be proved for as long as they are kept.
#ifndef CONSENTD_STORE_SQLITE_EVIDENCE_HPP
#define CONSENTD_STORE_SQLITE_EVIDENCE_HPP

#include "store/records.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/inbox_writes.hpp"
#include "store/sqlite/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace consentd::store::sqlite {

// Keeps the original of a delivery that comes to its outcome now; of an earlier attempt of the same delivery it takes
// the place. Nothing when `of.jws` is empty, or when the settings keep no evidence. `claimed_consent`: of a refused
// event, for the erasure of that consent's data; otherwise empty.
void keep_evidence(ledger& in, inbox_row const& delivery, signed_original const& of, std::string_view claimed_consent);

// Destroys what is older than the settings keep and what is beyond their bytes, oldest first, at most `rows`.
void destroy_old_evidence(ledger& in, std::size_t rows);

// Takes the payload out of the originals of one delivery: header, signature and the digest of the signing input stay.
// True when there was one.
bool erase_evidence(ledger& in, std::int64_t delivery);

std::optional<evidence> find_evidence(connection& on, std::int64_t delivery);

} // namespace consentd::store::sqlite

#endif
