// What the settling of a verified event has in common, whatever the event is about.
#ifndef CONSENTD_STORE_SQLITE_SETTLING_HPP
#define CONSENTD_STORE_SQLITE_SETTLING_HPP

#include "base/result.hpp"
#include "store/records.hpp"
#include "store/sqlite/inbox_writes.hpp"
#include "store/sqlite/ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::store::sqlite {

// A delivery in hand and the token of its event. `consent_id` is empty where the event is under no consent.
struct opened_delivery {
  inbox_row const& delivery;
  event_token const& token;
  std::string_view consent_id;
};

// Its record, but for the disposition or the reason.
ending ending_of(opened_delivery const& of);

outcome put_aside(ledger& in, opened_delivery const& of, failure why);
// Until its consent is announced or bound; to quarantine when as many as may wait do already.
outcome hold(ledger& in, opened_delivery const& of);

// What its `jti` says (contract section 4).
struct jti_standing {
  std::string identity;     // empty without one
  bool redelivered = false; // spent on an equal message
};
// replay: spent on another message.
result<jti_standing> look_up_jti(ledger& in, event_token const& token);
// Nothing for an event without one, or one that is spent.
void spend_jti(ledger& in, opened_delivery const& of, jti_standing const& at);

// An entry that records an event equal to this one, and where its resource stands. Entries about resources stand under
// no consent: an empty `consent_id`.
struct recorded_event {
  std::optional<std::int64_t> document;
};
std::optional<recorded_event> find_recorded(ledger& in, std::string_view consent_id, std::string_view print);

// Where the state before has its resource.
struct kept_document {
  std::optional<std::int64_t> number;
  digest const& of;
};
// The number of a resource; one that stands in the database already is not written again. Nothing for an empty one.
std::optional<std::int64_t> document_of(ledger& in, std::string_view resource, digest const& of,
                                        std::optional<recorded_event> const& earlier,
                                        std::optional<kept_document> const& kept);

} // namespace consentd::store::sqlite

#endif
