// The writer's operations on deliveries: each runs in a savepoint of its own, and what it returns as a failure leaves
// nothing behind.
#ifndef CONSENTD_STORE_SQLITE_INBOX_WRITES_HPP
#define CONSENTD_STORE_SQLITE_INBOX_WRITES_HPP

#include "base/digest.hpp"
#include "base/result.hpp"
#include "store/records.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/ledger.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace consentd::store::sqlite {

// inbox_full when `body_bytes` more are too many, or one more row is.
result<void> check_room(ledger const& in, std::size_t body_bytes);
// store::inbox::append. `body_digest`: of the delivery's body, made beforehand so that the writer need not.
result<appended> append(ledger& in, new_delivery const& delivery, digest const& body_digest);
// store::inbox::wait_for_keys and keys_arrived.
result<void> wait_for_keys(ledger& in, std::int64_t delivery, std::string const& issuer,
                           std::optional<std::string> const& jti);
std::size_t keys_arrived(ledger& in, std::string const& issuer);
// store::inbox::set_aside.
result<void> set_aside_refused(ledger& in, refusal const& refused);

// A row of the inbox, without its body.
struct inbox_row {
  std::int64_t id = 0;
  std::string interaction_id;
  timestamp received;
  std::uint64_t bytes = 0;
  std::uint32_t deaths = 0;
  std::uint32_t opened = 0; // before, deaths not counted
  std::string event;        // identity of its event's token, as far as it is known
};
// This time included: a death is an attempt as well.
std::uint32_t attempts_of(inbox_row const& delivery) noexcept;
// How often the daemon may die with one delivery in hand before that is kept unopened.
inline constexpr std::uint32_t deaths_of_poison = 2;
std::optional<inbox_row> find_in_inbox(ledger& in, std::int64_t delivery);

// What became of a delivery, for its record.
struct ending {
  std::optional<std::uint64_t> sequence;
  std::optional<consent::disposition> disposition;
  failure const* why = nullptr; // of one that goes to quarantine
  std::string_view issuer;
  std::string_view consent_id;
  std::string_view jwe_kid;
  std::string_view jws_kid;
  std::string_view event;              // identity of its event's token (encoding.hpp), or empty
  std::optional<std::int64_t> repeats; // the delivery that it has joined
  signed_original const* original = nullptr;
};
// The delivery leaves the inbox with its body.
void finish(ledger& in, inbox_row const& delivery, ending const& how);
// The delivery leaves the inbox for the quarantine; beyond the bound the oldest go, last those that keys would help.
void quarantine(ledger& in, inbox_row const& delivery, ending const& how);
// It has left the quarantine, where it was for `why` with that issuer claimed.
void note_left_quarantine(ledger& in, reason why, std::string_view issuer);
// Deliveries in quarantine for want of keys, by the issuer that they claim. Nothing verified says that they are of that
// issuer; but it is a configured one, and what is wrong leaves as soon as its keys are there.
by_issuer count_kept_for_keys(connection& on);
// What a delivery waits for, and what it is known by meanwhile (encoding.hpp): its event's token and, of one that is
// held, the event itself; or empty.
struct pause {
  std::string_view waits_for;
  std::string_view event;
  std::string_view held;
};
// The delivery stays, and waits.
void let_wait(ledger& in, inbox_row const& delivery, pause const& how);
// Everything that waits for `what` is ready again. How many.
std::size_t release(ledger& in, std::string_view what);

// Tokens that were seen before.
struct spent_token {
  bool same = false; // with the same body, or the same message
  std::int64_t delivery = 0;
};
std::optional<spent_token> find_spent(ledger& in, token_kind kind, std::string_view identity, digest const& content);
void spend(ledger& in, token_kind kind, std::string_view identity, digest const& content, timestamp until,
           std::int64_t delivery);

} // namespace consentd::store::sqlite

#endif
