#include "store/sqlite/schema.hpp"

#include "base/interaction_id.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace consentd::store::sqlite {
namespace {

// Why these shapes: bodies and documents are large and seldom read, so they stand apart from the small rows that are
// scanned; rows found by a random key are clustered by it (WITHOUT ROWID), rows that only arrive have ascending
// numbers, which AUTOINCREMENT never gives twice.
constexpr char const* version_1 = R"sql(
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE bodies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE inbox (
  id INTEGER PRIMARY KEY REFERENCES bodies (id),
  interaction_id TEXT NOT NULL,
  received INTEGER NOT NULL,
  peer TEXT NOT NULL,
  bearer_issuer TEXT,
  bearer_identity TEXT,
  bytes INTEGER NOT NULL,
  waits_for TEXT,
  deaths INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inbox_interaction ON inbox (interaction_id);
CREATE INDEX inbox_waiting ON inbox (waits_for) WHERE waits_for IS NOT NULL;

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  interaction_id TEXT NOT NULL,
  received INTEGER NOT NULL,
  peer TEXT NOT NULL,
  bearer_issuer TEXT,
  bearer_identity TEXT,
  finished INTEGER NOT NULL,
  sequence INTEGER,
  disposition INTEGER,
  reason TEXT,
  detail TEXT NOT NULL DEFAULT '',
  issuer TEXT NOT NULL,
  consent_id TEXT NOT NULL,
  jwe_kid TEXT NOT NULL DEFAULT '',
  jws_kid TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX deliveries_interaction ON deliveries (interaction_id);

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY REFERENCES bodies (id) REFERENCES deliveries (id),
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX quarantine_reason ON quarantine (reason);

CREATE TABLE spent (
  kind INTEGER NOT NULL,
  identity BLOB NOT NULL,
  digest BLOB NOT NULL,
  until INTEGER NOT NULL,
  delivery INTEGER NOT NULL,
  PRIMARY KEY (kind, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  json TEXT NOT NULL
) STRICT;

CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  type INTEGER NOT NULL,
  recorded INTEGER NOT NULL,
  consent_id TEXT NOT NULL,
  issuer TEXT NOT NULL,
  kind INTEGER NOT NULL,
  disposition INTEGER,
  status INTEGER,
  previous INTEGER,
  reported INTEGER,
  status_time INTEGER,
  event_time INTEGER,
  expiry INTEGER,
  revoked_by TEXT,
  flags INTEGER NOT NULL,
  document INTEGER,
  told INTEGER NOT NULL,
  alert INTEGER NOT NULL,
  delivery INTEGER,
  interaction_id TEXT NOT NULL,
  uid INTEGER,
  fingerprint BLOB
) STRICT;
CREATE INDEX journal_consent ON journal (consent_id, fingerprint);

CREATE TABLE consents (
  id TEXT PRIMARY KEY,
  issuer TEXT NOT NULL,
  kind INTEGER NOT NULL,
  bound INTEGER NOT NULL,
  status INTEGER,
  status_time INTEGER,
  event_time INTEGER,
  expiry INTEGER,
  base_consent_id TEXT,
  revoked_by TEXT,
  flags INTEGER NOT NULL,
  document INTEGER,
  resource_digest BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  lapses INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_status ON consents (status);
CREATE INDEX consents_issuer ON consents (issuer);
CREATE INDEX consents_base ON consents (base_consent_id) WHERE base_consent_id IS NOT NULL;
CREATE INDEX consents_expiry ON consents (expiry) WHERE expiry IS NOT NULL;
CREATE INDEX consents_lapses ON consents (lapses) WHERE lapses IS NOT NULL;

INSERT INTO meta VALUES ('run', 0), ('pruned', 0), ('consents', 0);
)sql";

constexpr char const* version_2 = R"sql(
CREATE TABLE key_sets (
  role INTEGER NOT NULL,
  issuer TEXT NOT NULL,
  since INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (role, issuer, since)
) STRICT, WITHOUT ROWID;
)sql";

constexpr char const* version_3 = R"sql(
ALTER TABLE consents ADD COLUMN permissions TEXT;
)sql";

constexpr char const* version_4 = R"sql(
CREATE TABLE resources (
  issuer TEXT NOT NULL,
  family TEXT NOT NULL,
  id TEXT NOT NULL,
  consent_id TEXT,
  status TEXT,
  status_time INTEGER,
  event_time INTEGER,
  reject_reason_codes TEXT NOT NULL,
  flags INTEGER NOT NULL,
  document INTEGER,
  resource_digest BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  PRIMARY KEY (issuer, family, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE resource_entries (
  sequence INTEGER PRIMARY KEY REFERENCES journal (sequence),
  id TEXT NOT NULL,
  id_name TEXT NOT NULL,
  change INTEGER NOT NULL,
  consent_id TEXT,
  status TEXT,
  previous TEXT,
  reported TEXT,
  reject_reason_codes TEXT NOT NULL
) STRICT;
)sql";

// Contests, retries from quarantine, and redeliveries of what is held. What is in quarantine already has its count.
constexpr char const* version_5 = R"sql(
ALTER TABLE consents ADD COLUMN claimant TEXT;

ALTER TABLE inbox ADD COLUMN opened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN event BLOB;
ALTER TABLE inbox ADD COLUMN held BLOB;
CREATE INDEX inbox_event ON inbox (event) WHERE event IS NOT NULL;
CREATE INDEX inbox_held ON inbox (held) WHERE held IS NOT NULL;

ALTER TABLE quarantine ADD COLUMN event BLOB;
CREATE INDEX quarantine_event ON quarantine (event) WHERE event IS NOT NULL;

ALTER TABLE deliveries ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1;
ALTER TABLE deliveries ADD COLUMN repeats INTEGER;
CREATE INDEX deliveries_repeats ON deliveries (repeats) WHERE repeats IS NOT NULL;
UPDATE deliveries SET attempts = (SELECT q.attempts FROM quarantine AS q WHERE q.id = deliveries.id)
  WHERE id IN (SELECT id FROM quarantine);
)sql";

// Evidence. What is erased is found by the consent that a payment was made under.
constexpr char const* version_6 = R"sql(
CREATE TABLE evidence_keys (
  id INTEGER PRIMARY KEY,
  jwk TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE evidence (
  id INTEGER PRIMARY KEY,
  received INTEGER NOT NULL,
  jws TEXT NOT NULL,
  key INTEGER REFERENCES evidence_keys (id),
  claimed_consent TEXT,
  signing_input_digest BLOB,
  erased INTEGER
) STRICT;
CREATE INDEX evidence_claimed ON evidence (claimed_consent) WHERE claimed_consent IS NOT NULL;

CREATE INDEX resources_consent ON resources (consent_id) WHERE consent_id IS NOT NULL;
CREATE INDEX resource_entries_consent ON resource_entries (consent_id) WHERE consent_id IS NOT NULL;

INSERT INTO meta VALUES ('evidence_bytes', 0);
)sql";

// Retention. The condition of consents_ended is repeated word for word by whoever wants the index used (retention.cpp):
// statuses from 4 are terminal, 4 of the flags is deleted, 2 contested. Documents of consents are found by their id.
constexpr char const* version_7 = R"sql(
CREATE TABLE tombstones (
  id BLOB PRIMARY KEY,
  issuer TEXT NOT NULL,
  kind INTEGER NOT NULL,
  status INTEGER,
  status_time INTEGER,
  deleted INTEGER NOT NULL,
  removed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX consents_ended ON consents (updated) WHERE (status >= 4 OR flags & 4) AND NOT flags & 2;
CREATE INDEX journal_document ON journal (document) WHERE document IS NOT NULL AND consent_id = '';
)sql";

constexpr char const* version_8 = R"sql(
CREATE TABLE consumers (
  name TEXT PRIMARY KEY,
  uid INTEGER NOT NULL,
  type INTEGER,
  subject TEXT,
  status TEXT,
  kind INTEGER,
  issuer TEXT,
  epoch TEXT NOT NULL,
  place INTEGER NOT NULL,
  paused INTEGER NOT NULL,
  created INTEGER NOT NULL,
  seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// What people did, other than to a consent.
constexpr char const* version_9 = R"sql(
CREATE TABLE operations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  recorded INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  operation TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX operations_uid ON operations (uid);
)sql";

// What may be acknowledged of a consumer whose place was set. Those that are there go on as they did.
constexpr char const* version_10 = R"sql(
ALTER TABLE consumers ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE consumers ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE consumers ADD COLUMN set_at INTEGER NOT NULL DEFAULT 0;
INSERT INTO meta VALUES ('consumer_changes', 0);
)sql";

// The step at index N leads from version N to N + 1.
constexpr std::array<char const*, schema_version> steps{version_1, version_2, version_3, version_4, version_5,
                                                        version_6, version_7, version_8, version_9, version_10};

std::int64_t pragma(connection& on, sql text) {
  query asked(on, text);
  return asked.step() ? asked.integer(0) : 0;
}

bool is_empty(connection& on) {
  query any(on, "SELECT 1 FROM sqlite_schema LIMIT 1");
  return !any.step();
}

// Without the hyphens of a UUID: a place is written `epoch-sequence`.
std::string new_epoch() {
  auto text = new_uuid();
  std::erase(text, '-');
  return text;
}

std::string_view name(mark which) noexcept {
  switch (which) {
  case mark::run:
    return "run";
  case mark::pruned:
    return "pruned";
  case mark::consents:
    return "consents";
  case mark::evidence_bytes:
    return "evidence_bytes";
  case mark::consumer_changes:
    return "consumer_changes";
  }
  return {};
}

} // namespace

void migrate(connection& on) {
  run(on, "BEGIN IMMEDIATE");
  auto const version = pragma(on, "PRAGMA user_version");
  bool const fresh = version == 0 && is_empty(on);
  if (!fresh && pragma(on, "PRAGMA application_id") != application_id) {
    throw std::runtime_error("is a database of another program: choose another file");
  }
  if (version > schema_version) {
    throw std::runtime_error("was written by a newer consentd (schema " + std::to_string(version) +
                             ", this one knows " + std::to_string(schema_version) + "): install that version");
  }
  for (auto step = static_cast<std::size_t>(version); step < steps.size(); ++step) {
    on.execute(steps[step]);
  }
  if (fresh) {
    on.execute("PRAGMA application_id = " + std::to_string(application_id));
    auto const epoch = new_epoch();
    run(on, "INSERT INTO meta VALUES ('epoch', ?)", std::string_view(epoch));
  }
  if (version != schema_version) {
    on.execute("PRAGMA user_version = " + std::to_string(schema_version));
  }
  run(on, "COMMIT");
}

std::int64_t read_mark(connection& on, mark which) {
  query asked(on, "SELECT value FROM meta WHERE name = ?", name(which));
  return asked.step() ? asked.integer(0) : 0;
}

void write_mark(connection& on, mark which, std::int64_t value) {
  run(on, "UPDATE meta SET value = ? WHERE name = ?", value, name(which));
}

std::string read_epoch(connection& on) {
  query asked(on, "SELECT value FROM meta WHERE name = 'epoch'");
  return asked.step() ? std::string(asked.text(0)) : std::string();
}

} // namespace consentd::store::sqlite
