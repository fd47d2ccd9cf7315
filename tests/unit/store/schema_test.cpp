// What is stored, and the document that describes it.
#include "store/sqlite/encoding.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <sstream>

using namespace consentd;
using namespace consentd::test;
using namespace consentd::store::sqlite;

namespace {

// Table → columns in order, each "name TYPE", with " or NULL" and " key" where they apply.
using tables = std::map<std::string, std::vector<std::string>>;

std::string between(std::string const& text, char const* left, char const* right) {
  auto const from = text.find(left);
  if (from == std::string::npos) {
    return {};
  }
  auto const start = from + std::string_view(left).size();
  auto const to = text.find(right, start);
  return to == std::string::npos ? std::string() : text.substr(start, to - start);
}

tables documented() {
  tables found;
  std::istringstream page(tests::read_text(CONSENTD_SOURCE_DIR "/docs/schema.md"));
  std::string table;
  bool columns = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) {
      table = between(line, "## `", "`");
    } else if (line.starts_with("| column |")) {
      columns = true;
    } else if (!line.starts_with("|")) {
      columns = false;
    } else if (columns && line.starts_with("| `")) {
      found[table].push_back(between(line, "| `", "`") + " " + between(line, "` | ", " |"));
    }
  }
  return found;
}

tables live(raw_database& db) {
  tables found;
  for (auto const& table :
       db.texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")) {
    found[table] =
        db.texts("SELECT name || ' ' || type || CASE WHEN pk > 0 THEN ', key' WHEN \"notnull\" = 0 THEN ' or NULL' "
                 "ELSE '' END FROM pragma_table_info('" +
                 table + "') ORDER BY cid");
  }
  return found;
}

template <class Enum>
void pin(std::initializer_list<std::pair<Enum, int>> numbers, Enum (*parse)(std::int64_t)) {
  for (auto const& [value, number] : numbers) {
    BOOST_TEST(to_stored(value) == number);
    BOOST_TEST((parse(number) == value));
  }
  BOOST_CHECK_THROW(parse(0), std::out_of_range);
  BOOST_CHECK_THROW(parse(static_cast<int>(numbers.size()) + 1), std::out_of_range);
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (auto const c : bytes) {
    auto const byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(schema)

BOOST_FIXTURE_TEST_CASE(document_and_database_have_the_same_tables_and_columns, store_fixture) {
  open();
  close();
  raw_database db(settings.path);
  auto const written = documented();
  auto const real = live(db);
  BOOST_TEST(written.size() == 17U);
  for (auto const& [table, columns] : real) {
    BOOST_TEST_CONTEXT(table) {
      BOOST_REQUIRE(written.contains(table));
      BOOST_TEST(written.at(table) == columns, boost::test_tools::per_element());
    }
  }
  BOOST_TEST(written.size() == real.size());
  BOOST_TEST(db.integer("PRAGMA user_version") == 10);
  BOOST_TEST(db.integer("PRAGMA application_id") == 0x636e7364);
  BOOST_TEST(db.texts("SELECT name FROM meta ORDER BY name") ==
             (std::vector<std::string>{"consents", "consumer_changes", "epoch", "evidence_bytes", "pruned", "run"}));
}

BOOST_AUTO_TEST_CASE(stored_numbers_are_pinned) {
  using consent::binding;
  using consent::disposition;
  using consent::kind;
  using consent::status;
  using store::entry_type;
  pin<status>({{status::awaiting_authorization, 1},
               {status::authorized, 2},
               {status::suspended, 3},
               {status::rejected, 4},
               {status::consumed, 5},
               {status::expired, 6},
               {status::revoked, 7}},
              stored_status);
  pin<kind>({{kind::account_access, 1}, {kind::payment, 2}, {kind::insurance, 3}}, stored_kind);
  pin<disposition>({{disposition::duplicate, 1},
                    {disposition::stale, 2},
                    {disposition::updated, 3},
                    {disposition::refused, 4},
                    {disposition::late, 5},
                    {disposition::applied, 6},
                    {disposition::gap, 7},
                    {disposition::deleted, 8}},
                   stored_disposition);
  pin<binding>({{binding::announced, 1}, {binding::by_event, 2}}, stored_binding);
  pin<entry_type>({{entry_type::status, 1},
                   {entry_type::announced, 2},
                   {entry_type::lapsed, 3},
                   {entry_type::payment_status, 4},
                   {entry_type::insurance_quote_status, 5},
                   {entry_type::fx_quote_status, 6},
                   {entry_type::account_opening_status, 7},
                   {entry_type::unknown, 8},
                   {entry_type::erased, 9},
                   {entry_type::doubt_settled, 10}},
                  stored_entry_type);
  pin<consent::change>({{consent::change::created, 1}, {consent::change::updated, 2}, {consent::change::deleted, 3}},
                       stored_change);
  BOOST_TEST(static_cast<int>(token_kind::bearer) == 1);
  BOOST_TEST(static_cast<int>(token_kind::event) == 2);
  BOOST_TEST(static_cast<int>(store::key_role::hub) == 1);
  BOOST_TEST(static_cast<int>(store::key_role::issuer) == 2);
}

BOOST_AUTO_TEST_CASE(flag_bits_are_pinned) {
  using consent::flags;
  std::initializer_list<std::pair<bool flags::*, int>> const bits = {
      {&flags::in_doubt, 1}, {&flags::contested, 2}, {&flags::deleted, 4},  {&flags::changed, 8},   {&flags::gap, 16},
      {&flags::late, 32},    {&flags::clock, 64},    {&flags::lapsed, 128}, {&flags::unlinked, 256}};
  for (auto const& [flag, bit] : bits) {
    flags one;
    one.*flag = true;
    BOOST_TEST(to_stored(one) == bit);
    BOOST_TEST((stored_flags(bit) == one));
  }
  BOOST_TEST(to_stored(flags{}) == 0);
  // Every flag has its bit: the structure has no other member.
  BOOST_TEST(sizeof(flags) == bits.size());
}

BOOST_AUTO_TEST_CASE(stored_texts_are_pinned) {
  BOOST_TEST(waits_for_consent("c-1") == "consent:c-1");
  BOOST_TEST(waits_for_keys("https://bank.example") == "issuer:https://bank.example");
  BOOST_TEST(stored_waiting("consent:issuer:x").what == "issuer:x");
  BOOST_TEST((stored_waiting("consent:issuer:x").why == store::delivery_state::waiting_for_consent));
  BOOST_TEST((stored_waiting("issuer:https://a").why == store::delivery_state::waiting_for_keys));
  // printf '3:abcjti:1' | sha256sum
  BOOST_TEST(hex(token_identity("abc", "jti:1")) == "d5b4e8cdd87150e191a4ac0cd860082f");
  BOOST_TEST(!to_stored(std::optional<consent::permission_set>()).has_value());
  BOOST_TEST(to_stored(std::optional(consent::permission_set())).value() == "");
  BOOST_TEST(to_stored(consent::permission_set::of({"ReadB", "ReadA"})).value() == "ReadA\nReadB\n");
  BOOST_TEST((stored_permissions("ReadA\nReadB\n") == consent::permission_set::of({"ReadA", "ReadB"})));
  BOOST_TEST((stored_permissions("") == consent::permission_set()));
  BOOST_CHECK_THROW(stored_permissions("\n"), std::out_of_range);
  auto event = report_of("c", consent::status::revoked, 0);
  event.resource_digest = sha256("x");
  // printf 'status\0c\0007\0001772366400000000\0' and the digest of x, through sha256sum
  BOOST_TEST(hex(fingerprint(event)) == "3d4f9e94d4b305c328ed08de24371133");
}

BOOST_AUTO_TEST_CASE(states_of_a_delivery_have_their_names) {
  using store::delivery_state;
  BOOST_TEST(to_string(delivery_state::pending) == "pending");
  BOOST_TEST(to_string(delivery_state::waiting_for_consent) == "waiting-for-consent");
  BOOST_TEST(to_string(delivery_state::waiting_for_keys) == "waiting-for-keys");
  BOOST_TEST(to_string(delivery_state::decided) == "decided");
  BOOST_TEST(to_string(delivery_state::quarantined) == "quarantined");
  BOOST_TEST(to_string(delivery_state::dropped) == "dropped");
}

BOOST_AUTO_TEST_SUITE_END()
