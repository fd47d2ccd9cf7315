#include "store/sqlite/tombstones.hpp"

#include "base/digest.hpp"
#include "store/sqlite/encoding.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>
#include <string>

namespace consentd::store::sqlite {
namespace {

constexpr std::size_t key_bytes = 32;
// Short keys keep the table small; 2^64 consents would have to be removed before two are likely to meet.
constexpr std::size_t id_bytes = 16;

// Nothing until the first consent was removed.
std::optional<std::string> read_key(connection& on) {
  query row(on, "SELECT value FROM meta WHERE name = 'tombstone_key'");
  return row.step() ? std::optional(std::string(row.bytes(0))) : std::nullopt;
}

std::string make_key(connection& on) {
  std::array<unsigned char, key_bytes> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    throw std::runtime_error("OpenSSL has no random bytes");
  }
  std::string key(random.begin(), random.end());
  run(on, "INSERT INTO meta VALUES ('tombstone_key', ?)", blob{key});
  return key;
}

std::string hidden(std::string_view key, std::string_view consent_id) {
  return std::string(as_bytes(hmac_sha256(key, consent_id)).substr(0, id_bytes));
}

} // namespace

void bury(ledger& in, consent::state const& ended) {
  auto const known = read_key(in.db);
  auto const key = known ? *known : make_key(in.db);
  auto const id = hidden(key, ended.consent_id);
  run(in.db,
      "INSERT OR REPLACE INTO tombstones (id, issuer, kind, status, status_time, deleted, removed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      blob{id}, std::string_view(ended.issuer), to_stored(ended.kind), to_stored(ended.status), ended.status_time,
      ended.flags.deleted, in.now);
}

std::optional<consent::state> find_tombstone(connection& on, std::string_view consent_id) {
  auto const key = read_key(on);
  if (!key) {
    return std::nullopt;
  }
  auto const id = hidden(*key, consent_id);
  query row(on, "SELECT issuer, kind, status, status_time, deleted FROM tombstones WHERE id = ?", blob{id});
  if (!row.step()) {
    return std::nullopt;
  }
  consent::state end;
  end.consent_id = consent_id;
  end.issuer = row.text(0);
  end.kind = stored_kind(row.integer(1));
  if (auto const number = row.maybe_integer(2)) {
    end.status = stored_status(*number);
  }
  end.status_time = row.maybe_time(3);
  end.flags.deleted = row.integer(4) != 0;
  return end;
}

} // namespace consentd::store::sqlite
