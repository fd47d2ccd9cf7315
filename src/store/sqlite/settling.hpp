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

// A delivery in hand and its event.
struct opened_delivery {
  inbox_row const& delivery;
  event_token const& token;
  std::string_view consent_id; // empty where the event is under no consent
  bool expired = false;
  std::string identity; // of the token (encoding.hpp); empty without `jti`
};
// The references and the text must outlive it.
opened_delivery opened(inbox_row const& delivery, event_token const& token, std::string_view consent_id, bool expired);

// Its record, but for the disposition or the reason.
ending ending_of(opened_delivery const& of);

outcome put_aside(ledger& in, opened_delivery const& of, failure why);
// Until its consent is announced or bound; to quarantine when as many as may wait do already. Nothing is decided, so
// nothing is spent. A redelivery takes no place of its own, however often it comes: the first one goes on for it.
outcome hold(ledger& in, opened_delivery const& of);

// What its `jti` says (contract section 4).
struct jti_standing {
  bool redelivered = false; // spent on an equal message
};
// replay: spent on another message.
result<jti_standing> look_up_jti(ledger& in, opened_delivery const& of);
// Nothing for an event without one, or one that is spent.
void spend_jti(ledger& in, opened_delivery const& of, jti_standing const& at);

// Redeliveries that joined this delivery while it was held: each has its line in the journal, after `entry`, as if it
// had come now.
void record_joined(ledger& in, inbox_row const& delivery, journal_entry entry, std::optional<std::int64_t> document);

// An entry that records an event equal to this one, and where its resource stands. Entries about resources stand under
// no consent: an empty `consent_id`. Of this issuer: what another one said before a contest was decided against it
// repeats nothing.
struct recorded_event {
  std::optional<std::int64_t> document;
};
std::optional<recorded_event> find_recorded(ledger& in, std::string_view consent_id, std::string_view issuer,
                                            std::string_view print);

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
