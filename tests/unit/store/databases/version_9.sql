-- A database of schema version 9: the tables as commit 3d6a1c9 makes them, with rows as it writes them.
PRAGMA application_id = 1668182884;
PRAGMA user_version = 9;
BEGIN TRANSACTION;
CREATE TABLE bodies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  body BLOB NOT NULL
) STRICT;
INSERT INTO "bodies" VALUES(2,X'626F64792032');
INSERT INTO "bodies" VALUES(3,X'626F64792033');
INSERT INTO "bodies" VALUES(4,X'626F64792034');
INSERT INTO "bodies" VALUES(5,X'626F64792035');
INSERT INTO "bodies" VALUES(6,X'626F64792036');
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
, permissions TEXT, claimant TEXT) STRICT, WITHOUT ROWID;
INSERT INTO "consents" VALUES('c-1','https://bank-a.example',1,1,2,1772366400000000,1772366400000000,NULL,NULL,NULL,0,1,X'F85C7FB1201BEF83D311EC320C1EE02392DFE876D36CA5E1AA7D1B4D23F777C9',2,1772366401000000,1772366402000000,NULL,'ReadAccountsBasic',NULL);
INSERT INTO "consents" VALUES('c-2','https://bank-b.example',2,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,X'0000000000000000000000000000000000000000000000000000000000000000',3,1772366401000000,1772366403000000,NULL,NULL,NULL);
INSERT INTO "consents" VALUES('c-3','https://bank-a.example',1,2,2,1772366400000000,1772366400000000,NULL,NULL,NULL,2,NULL,X'0000000000000000000000000000000000000000000000000000000000000000',5,1772366401000000,1772366405000000,NULL,NULL,'https://bank-b.example');
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
INSERT INTO "consumers" VALUES('billing',1000,NULL,NULL,'Revoked',NULL,NULL,'0123456789abcdef0123456789abcdef',2,1,1772366400000000,1772366400000000);
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
, attempts INTEGER NOT NULL DEFAULT 1, repeats INTEGER) STRICT;
INSERT INTO "deliveries" VALUES(1,'interaction-1',1772366401000000,'192.0.2.1','hub','jti:t-1',1772366401000500,2,6,NULL,'','https://bank-a.example','c-1','enc-1','sig-1',1,NULL);
INSERT INTO "deliveries" VALUES(2,'interaction-2',1772366402000000,'192.0.2.1','hub','jti:t-2',1772366402000500,NULL,NULL,'signature','the signature does not hold','https://bank-a.example','c-1','enc-1','sig-1',2,NULL);
INSERT INTO "deliveries" VALUES(3,'interaction-3',1772366403000000,'192.0.2.1','hub','jti:t-3',1772366403000500,NULL,NULL,'keys-unavailable','10000 events wait for keys of this issuer already','https://bank-b.example','','','',1,NULL);
CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  json TEXT NOT NULL
) STRICT;
INSERT INTO "documents" VALUES(1,'{"ConsentId":"c-1","Status":"Authorized","Permissions":["ReadAccountsBasic"]}');
INSERT INTO "documents" VALUES(2,'{"PaymentId":"p-1","Status":"Pending"}');
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY,
  received INTEGER NOT NULL,
  jws TEXT NOT NULL,
  key INTEGER REFERENCES evidence_keys (id),
  claimed_consent TEXT,
  signing_input_digest BLOB,
  erased INTEGER
) STRICT;
INSERT INTO "evidence" VALUES(1,1772366401000000,'aGVhZGVy.cGF5bG9hZA.c2ln',1,NULL,NULL,NULL);
CREATE TABLE evidence_keys (
  id INTEGER PRIMARY KEY,
  jwk TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO "evidence_keys" VALUES(1,'{"kid":"sig-1"}');
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
, opened INTEGER NOT NULL DEFAULT 0, event BLOB, held BLOB) STRICT;
INSERT INTO "inbox" VALUES(4,'interaction-4',1772366404000000,'192.0.2.1','hub','jti:t-4',6,'issuer:https://bank-b.example',0,0,NULL,NULL);
INSERT INTO "inbox" VALUES(5,'interaction-5',1772366405000000,'192.0.2.1','hub','jti:t-5',6,NULL,1,0,NULL,NULL);
INSERT INTO "inbox" VALUES(6,'interaction-6',1772366406000000,'192.0.2.1','hub','jti:t-6',6,'consent:c-held',0,1,X'6B9F03551931FCD83F49179E5A6F040C',X'FD44E74F1E2DCD15F90D6470F0D54B10');
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
INSERT INTO "journal" VALUES(1,2,1772366401000000,'c-1','https://bank-a.example',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,1,0,NULL,'',1000,NULL);
INSERT INTO "journal" VALUES(2,1,1772366402000000,'c-1','https://bank-a.example',1,6,2,NULL,2,1772366400000000,1772366400000000,NULL,NULL,0,1,1,0,1,'interaction-1',NULL,X'A6F7EF47EE8DC84AF9056A3051DDC302');
INSERT INTO "journal" VALUES(3,2,1772366403000000,'c-2','https://bank-b.example',2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,1,0,NULL,'',1000,NULL);
INSERT INTO "journal" VALUES(4,4,1772366404000000,'','https://bank-b.example',0,6,NULL,NULL,NULL,1772366400000000,1772366400000000,NULL,NULL,0,2,1,0,NULL,'',NULL,X'1DEE6E3EC67DC8033B3363D93F46F1AF');
INSERT INTO "journal" VALUES(5,1,1772366405000000,'c-3','https://bank-a.example',1,6,2,NULL,NULL,NULL,NULL,NULL,NULL,2,NULL,1,1,NULL,'',NULL,NULL);
CREATE TABLE key_sets (
  role INTEGER NOT NULL,
  issuer TEXT NOT NULL,
  since INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (role, issuer, since)
) STRICT, WITHOUT ROWID;
INSERT INTO "key_sets" VALUES(2,'https://bank-a.example',1772366400000000,1772366401000000,'{"keys":[]}');
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('consents',3);
INSERT INTO "meta" VALUES('epoch','0123456789abcdef0123456789abcdef');
INSERT INTO "meta" VALUES('evidence_bytes',24);
INSERT INTO "meta" VALUES('pruned',0);
INSERT INTO "meta" VALUES('run',3);
INSERT INTO "meta" VALUES('tombstone_key',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
CREATE TABLE operations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  recorded INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  operation TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
INSERT INTO "operations" VALUES(1,1772366400000000,1000,'pause-consumer','billing','');
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY REFERENCES bodies (id) REFERENCES deliveries (id),
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  bytes INTEGER NOT NULL
, event BLOB) STRICT;
INSERT INTO "quarantine" VALUES(2,'signature',2,6,X'7BDB17804602392D12BC95E4340B36C4');
INSERT INTO "quarantine" VALUES(3,'keys-unavailable',1,6,NULL);
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
INSERT INTO "resource_entries" VALUES(4,'p-1','',1,'c-2','Pending',NULL,'Pending','');
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
INSERT INTO "resources" VALUES('https://bank-b.example','payment','p-1','c-2','Pending',1772366400000000,1772366400000000,'',0,2,X'400724D12DA70DEA9FD4DE82532EE0AEBF40427B0B86C488FCBEA07D6DB6F818',4,1772366400000000,1772366400000000);
CREATE TABLE spent (
  kind INTEGER NOT NULL,
  identity BLOB NOT NULL,
  digest BLOB NOT NULL,
  until INTEGER NOT NULL,
  delivery INTEGER NOT NULL,
  PRIMARY KEY (kind, identity)
) STRICT, WITHOUT ROWID;
INSERT INTO "spent" VALUES(1,X'1DC4A1E71A05D260384DFB6BDFF48CF2',X'48333FE318127E2D0B7B6606D54AA006832EAD656FF9BCC4DC6075AFCAE198DE',1772452800000000,4);
INSERT INTO "spent" VALUES(1,X'306EA9E2807CDB810FA89449579D44C5',X'FC6AC673EDD9009439A62BD002B3A5085AA3D275EFC2D15EBD61C354C88CBE06',1772452800000000,3);
INSERT INTO "spent" VALUES(1,X'3373C92D7086850F142AC7EA728DF701',X'FC48CDBB3775DFCF989C6C9CC425C1D392CDFABE9A37DEF558ACFB82F9B65F30',1772452800000000,6);
INSERT INTO "spent" VALUES(1,X'4391D445D00E1E73596BDFBF8F26BF8E',X'1997EBE7EE9800E9FE8E16532432E53CAF64130B3017BD4DD8BC4698E8B3ED1F',1772452800000000,2);
INSERT INTO "spent" VALUES(1,X'6A037796D4D2AD9882E880B0C85DD855',X'C0A3970A493D140C81493092E79BEFA5FBED3D2201BE5C51AFBE3DFB12FC1EA2',1772452800000000,5);
INSERT INTO "spent" VALUES(1,X'F19673B38C2A0691EF0A9C4B7F834962',X'E92B667EB438D66F429E37C1AAB76513C1953666B7CB7997F739BFA786723CFD',1772452800000000,1);
INSERT INTO "spent" VALUES(2,X'496E41E7BED1EDAE37299349796CF0CC',X'B526AEF1A341CFE6E5C377ED4C222888EEB81F913A107110A867E009C1758F24',1772452800000000,1);
CREATE TABLE tombstones (
  id BLOB PRIMARY KEY,
  issuer TEXT NOT NULL,
  kind INTEGER NOT NULL,
  status INTEGER,
  status_time INTEGER,
  deleted INTEGER NOT NULL,
  removed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "tombstones" VALUES(X'E549B3345FDA048519538631C9A156BE','https://bank-a.example',1,7,1772366400000000,0,1772366400000000);
CREATE INDEX inbox_interaction ON inbox (interaction_id);
CREATE INDEX inbox_waiting ON inbox (waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX deliveries_interaction ON deliveries (interaction_id);
CREATE INDEX quarantine_reason ON quarantine (reason);
CREATE INDEX journal_consent ON journal (consent_id, fingerprint);
CREATE INDEX consents_status ON consents (status);
CREATE INDEX consents_issuer ON consents (issuer);
CREATE INDEX consents_base ON consents (base_consent_id) WHERE base_consent_id IS NOT NULL;
CREATE INDEX consents_expiry ON consents (expiry) WHERE expiry IS NOT NULL;
CREATE INDEX consents_lapses ON consents (lapses) WHERE lapses IS NOT NULL;
CREATE INDEX inbox_event ON inbox (event) WHERE event IS NOT NULL;
CREATE INDEX inbox_held ON inbox (held) WHERE held IS NOT NULL;
CREATE INDEX quarantine_event ON quarantine (event) WHERE event IS NOT NULL;
CREATE INDEX deliveries_repeats ON deliveries (repeats) WHERE repeats IS NOT NULL;
CREATE INDEX evidence_claimed ON evidence (claimed_consent) WHERE claimed_consent IS NOT NULL;
CREATE INDEX resources_consent ON resources (consent_id) WHERE consent_id IS NOT NULL;
CREATE INDEX resource_entries_consent ON resource_entries (consent_id) WHERE consent_id IS NOT NULL;
CREATE INDEX consents_ended ON consents (updated) WHERE (status >= 4 OR flags & 4) AND NOT flags & 2;
CREATE INDEX journal_document ON journal (document) WHERE document IS NOT NULL AND consent_id = '';
CREATE INDEX operations_uid ON operations (uid);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('bodies',6);
INSERT INTO "sqlite_sequence" VALUES('journal',5);
INSERT INTO "sqlite_sequence" VALUES('operations',1);
COMMIT;
