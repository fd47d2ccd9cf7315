#include "store/sqlite/doubt.hpp"

#include <optional>

namespace consentd::store::sqlite {
namespace {

void warn(ledger& in, kept_consent const& known, consent::state const& after, consent::report const& event,
          inbox_row const& delivery) {
  auto const& before = known.record.state;
  if (after.flags == before.flags && after.claimant == before.claimant) {
    return;
  }
  auto entry = entry_of(after);
  entry.type = entry_type::status;
  entry.previous = before.status;
  entry.reported = event.status;
  entry.told = true;
  entry.alert = true;
  entry.delivery = delivery.id;
  entry.interaction_id = delivery.interaction_id;
  auto const sequence = add_entry(in, entry, known.document);
  save_consent(in, {known, after, known.document, sequence});
}

} // namespace

void cast_doubt(ledger& in, kept_consent const& known, consent::report const& event, inbox_row const& delivery) {
  if (auto const after = consent::doubt(known.record.state, event)) {
    warn(in, known, *after, event, delivery);
  }
}

void contest(ledger& in, kept_consent const& known, consent::report const& event, inbox_row const& delivery) {
  warn(in, known, consent::contest(known.record.state, event), event, delivery);
}

} // namespace consentd::store::sqlite
