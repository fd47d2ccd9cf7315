#include "store/sqlite/settling.hpp"

#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/encoding.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace consentd::store::sqlite {
namespace {

// A `jti` is remembered this long after the event's own end. The rows that name its delivery outlive it: replay is
// about what could still be accepted, and an expired event cannot.
constexpr std::chrono::hours memory_beyond_expiry{24};

} // namespace

ending ending_of(opened_delivery const& of) {
  ending made;
  made.issuer = of.token.issuer;
  made.consent_id = of.consent_id;
  made.jwe_kid = of.token.jwe_kid;
  made.jws_kid = of.token.jws_kid;
  return made;
}

outcome put_aside(ledger& in, opened_delivery const& of, failure why) {
  auto how = ending_of(of);
  how.why = &why;
  quarantine(in, of.delivery, how, 1);
  return set_aside{std::move(why)};
}

outcome hold(ledger& in, opened_delivery const& of) {
  if (in.count.waiting_for_consent >= in.how.held_rows) {
    return put_aside(
        in, of,
        {reason::unknown_consent, std::to_string(in.how.held_rows) + " events wait for their consents already"});
  }
  let_wait(in, of.delivery, waits_for_consent(of.consent_id));
  in.after.decided.emplace_back("held");
  return held{};
}

result<jti_standing> look_up_jti(ledger& in, event_token const& token) {
  jti_standing at;
  if (!token.jti) {
    return at;
  }
  at.identity = token_identity(token.issuer, *token.jti);
  if (auto const before = find_spent(in, token_kind::event, at.identity, token.message_digest)) {
    if (!before->same) {
      return failure{reason::replay, "its jti came before with another message"};
    }
    at.redelivered = true;
  }
  return at;
}

void spend_jti(ledger& in, opened_delivery const& of, jti_standing const& at) {
  if (at.identity.empty() || at.redelivered) {
    return;
  }
  auto const until = std::max(of.token.expires, in.now) + memory_beyond_expiry;
  spend(in, token_kind::event, at.identity, of.token.message_digest, until, of.delivery.id);
}

std::optional<recorded_event> find_recorded(ledger& in, std::string_view consent_id, std::string_view print) {
  query row(in.db, "SELECT document FROM journal WHERE consent_id = ? AND fingerprint = ? LIMIT 1", consent_id,
            blob{print});
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
  if (earlier && earlier->document) {
    return earlier->document;
  }
  if (kept && kept->number && kept->of == of) {
    return kept->number;
  }
  return add_document(in, resource);
}

} // namespace consentd::store::sqlite
