#include "store/sqlite/settling.hpp"

#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/documents.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/resource_rows.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace consentd::store::sqlite {
namespace {

// A `jti` is remembered this long after the event's own end, and for as long as what could still be accepted names it
// (sweep.hpp).
constexpr std::chrono::hours memory_beyond_expiry{24};

// A delivery of the same event that waits already.
std::optional<std::int64_t> find_held(ledger& in, std::string_view waits_for, std::string_view identity) {
  query row(in.db, "SELECT id FROM inbox WHERE held = ? AND waits_for = ? ORDER BY id LIMIT 1", blob{identity},
            waits_for);
  return row.step() ? std::optional(row.integer(0)) : std::nullopt;
}

} // namespace

opened_delivery opened(inbox_row const& delivery, event_token const& token, std::string_view consent_id, bool expired) {
  return {delivery, token, consent_id, expired, token.jti ? token_identity(token.issuer, *token.jti) : std::string()};
}

ending ending_of(opened_delivery const& of) {
  ending made;
  made.issuer = of.token.issuer;
  made.consent_id = of.consent_id;
  made.jwe_kid = of.token.jwe_kid;
  made.jws_kid = of.token.jws_kid;
  made.original = &of.token.original;
  return made;
}

outcome put_aside(ledger& in, opened_delivery const& of, failure why) {
  auto how = ending_of(of);
  how.why = &why;
  how.event = of.identity;
  quarantine(in, of.delivery, how);
  return set_aside{std::move(why)};
}

outcome hold(ledger& in, opened_delivery const& of) {
  auto const waits_for = waits_for_consent(of.consent_id);
  auto const identity = held_identity(of.token, of.expired);
  if (auto const first = find_held(in, waits_for, identity)) {
    auto how = ending_of(of);
    how.disposition = consent::disposition::duplicate;
    how.repeats = first;
    finish(in, of.delivery, how);
    return held{first};
  }
  if (in.count.waiting_for_consent >= in.how.held_rows) {
    return put_aside(
        in, of,
        {reason::unknown_consent, std::to_string(in.how.held_rows) + " events wait for their consents already"});
  }
  let_wait(in, of.delivery, {waits_for, of.identity, identity});
  in.after.decided.emplace_back("held");
  return held{};
}

result<jti_standing> look_up_jti(ledger& in, opened_delivery const& of) {
  if (of.identity.empty()) {
    return jti_standing{};
  }
  auto const before = find_spent(in, token_kind::event, of.identity, of.token.message_digest);
  if (before && !before->same) {
    return failure{reason::replay, "its jti came before with another message"};
  }
  return jti_standing{before.has_value()};
}

void spend_jti(ledger& in, opened_delivery const& of, jti_standing const& at) {
  if (of.identity.empty() || at.redelivered) {
    return;
  }
  auto const until = std::max(of.token.expires, in.now) + memory_beyond_expiry;
  spend(in, token_kind::event, of.identity, of.token.message_digest, until, of.delivery.id);
}

void record_joined(ledger& in, inbox_row const& delivery, journal_entry entry, std::optional<std::int64_t> document) {
  if (delivery.opened == 0) {
    return; // it was never held
  }
  struct joined {
    std::int64_t delivery = 0;
    std::string interaction_id;
  };
  std::vector<joined> found;
  {
    query rows(in.db, "SELECT id, interaction_id FROM deliveries WHERE repeats = ? AND sequence IS NULL ORDER BY id",
               delivery.id);
    while (rows.step()) {
      found.push_back({rows.integer(0), std::string(rows.text(1))});
    }
  }
  entry.disposition = consent::disposition::duplicate;
  entry.previous = entry.status;
  if (entry.of_resource) {
    entry.of_resource->previous = entry.of_resource->status;
  }
  entry.told = false;
  entry.alert = false;
  for (auto const& one : found) {
    entry.delivery = one.delivery;
    entry.interaction_id = one.interaction_id;
    auto const sequence =
        entry.of_resource ? add_resource_entry(in, entry, document, {}) : add_entry(in, entry, document);
    run(in.db, "UPDATE deliveries SET sequence = ? WHERE id = ?", sequence, one.delivery);
  }
}

std::optional<recorded_event> find_recorded(ledger& in, std::string_view consent_id, std::string_view issuer,
                                            std::string_view print) {
  query row(in.db, "SELECT document FROM journal WHERE consent_id = ? AND fingerprint = ? AND issuer = ? LIMIT 1",
            consent_id, blob{print}, issuer);
  if (!row.step()) {
    return std::nullopt;
  }
  return recorded_event{row.maybe_integer(0)};
}

std::optional<std::int64_t> document_of(ledger& in, std::string_view resource, digest const& of,
                                        std::optional<recorded_event> const& earlier,
                                        std::optional<kept_document> const& kept) {
  if (resource.empty()) {
    return std::nullopt;
  }
  // An equal event came before; if its resource is gone it was erased, and a redelivery must not bring it back.
  if (earlier) {
    return earlier->document;
  }
  if (kept && kept->number && kept->of == of) {
    return kept->number;
  }
  return add_document(in, resource);
}

} // namespace consentd::store::sqlite
