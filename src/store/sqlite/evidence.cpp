#include "store/sqlite/evidence.hpp"

#include "store/sqlite/reads.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace consentd::store::sqlite {
namespace {

std::int64_t key_number(ledger& in, std::string_view jwk) {
  {
    query known(in.db, "SELECT id FROM evidence_keys WHERE jwk = ?", jwk);
    if (known.step()) {
      return known.integer(0);
    }
  }
  run(in.db, "INSERT INTO evidence_keys (jwk) VALUES (?)", jwk);
  return in.db.last_id();
}

struct kept_original {
  std::int64_t id = 0;
  std::uint64_t bytes = 0;
};

void destroy(ledger& in, kept_original const& one) {
  run(in.db, "DELETE FROM evidence WHERE id = ?", one.id);
  in.count.evidence_bytes -= std::min(in.count.evidence_bytes, one.bytes);
}

void destroy_earlier_attempt(ledger& in, std::int64_t delivery) {
  std::optional<kept_original> earlier;
  {
    query row(in.db, "SELECT length(jws) FROM evidence WHERE id = ?", delivery);
    if (row.step()) {
      earlier = kept_original{delivery, static_cast<std::uint64_t>(row.integer(0))};
    }
  }
  if (earlier) {
    destroy(in, *earlier);
  }
}

} // namespace

void keep_evidence(ledger& in, inbox_row const& delivery, signed_original const& of, std::string_view claimed_consent) {
  if (of.jws.empty() || in.how.evidence_bytes == 0) {
    return;
  }
  if (attempts_of(delivery) > 1) {
    destroy_earlier_attempt(in, delivery.id);
  }
  auto const key = of.jwk.empty() ? std::nullopt : std::optional(key_number(in, of.jwk));
  auto const claimed = claimed_consent.empty() ? std::nullopt : std::optional(claimed_consent);
  run(in.db, "INSERT INTO evidence (id, received, jws, key, claimed_consent) VALUES (?, ?, ?, ?, ?)", delivery.id,
      delivery.received, std::string_view(of.jws), key, claimed);
  in.count.evidence_bytes += of.jws.size();
}

void destroy_old_evidence(ledger& in, std::size_t rows) {
  auto const oldest_kept = in.now - in.how.evidence_for;
  auto bytes = in.count.evidence_bytes;
  std::vector<kept_original> over;
  {
    query oldest(in.db, "SELECT id, received, length(jws) FROM evidence ORDER BY id LIMIT ?", rows);
    while (oldest.step() && (oldest.time(1) < oldest_kept || bytes > in.how.evidence_bytes)) {
      over.push_back({oldest.integer(0), static_cast<std::uint64_t>(oldest.integer(2))});
      bytes -= std::min(bytes, over.back().bytes);
    }
  }
  for (auto const& one : over) {
    destroy(in, one);
  }
}

bool erase_evidence(ledger& in, std::int64_t delivery) {
  std::string jws;
  {
    query row(in.db, "SELECT jws FROM evidence WHERE id = ? AND erased IS NULL", delivery);
    if (!row.step()) {
      return false;
    }
    jws = row.text(0);
  }
  auto const payload = jws.find('.') + 1;
  auto const signature = jws.rfind('.');
  auto const input = sha256(std::string_view(jws).substr(0, signature));
  auto const bytes = jws.size();
  jws.erase(payload, signature - payload); // RFC 7515 appendix F: detached content
  run(in.db, "UPDATE evidence SET jws = ?, signing_input_digest = ?, erased = ? WHERE id = ?", std::string_view(jws),
      as_blob(input), in.now, delivery);
  in.count.evidence_bytes -= std::min<std::uint64_t>(in.count.evidence_bytes, bytes - jws.size());
  return true;
}

std::optional<evidence> find_evidence(connection& on, std::int64_t delivery) {
  // Both were written in one transaction.
  auto record = find_delivery(on, delivery);
  query row(on,
            "SELECT e.jws, e.signing_input_digest, e.erased, k.jwk FROM evidence AS e LEFT JOIN evidence_keys AS k "
            "ON k.id = e.key WHERE e.id = ?",
            delivery);
  if (!record || !row.step()) {
    return std::nullopt;
  }
  evidence made;
  made.of = std::move(*record);
  made.original.jws = row.text(0);
  made.original.jwk = row.text(3);
  if (!row.is_null(1)) {
    digest input{};
    auto const stored = row.bytes(1);
    std::copy_n(stored.begin(), std::min(stored.size(), input.size()), input.begin());
    made.signing_input_digest = input;
  }
  made.erased = row.maybe_time(2);
  return made;
}

} // namespace consentd::store::sqlite
