#include "tests/unit/store/store_fixture.hpp"

#include "base/interaction_id.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <sqlite3.h>
#include <stdexcept>
#include <unistd.h>

namespace consentd::test {

timestamp noon() noexcept {
  return *parse_date_time("2026-03-01T12:00:00Z");
}

scratch_folder::scratch_folder() {
  // In memory where there is such a place: thousands of syncs cost nothing there, and no test depends on what they
  // cost.
  std::filesystem::path const memory = "/dev/shm";
  auto const root = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
  auto pattern = (root / "consentd-store-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void counting_telemetry::count(std::string const& name) {
  std::lock_guard const lock(mutex_);
  ++counts_[name];
}

void counting_telemetry::timed(stage what, std::chrono::nanoseconds took) noexcept {
  std::lock_guard const lock(mutex_);
  if (what == stage::apply) {
    apply_ = took;
    ++counts_["apply"];
  } else if (what == stage::commit) {
    ++counts_["commit"];
  }
}

void counting_telemetry::inbox(std::uint64_t pending, std::uint64_t waiting) noexcept {
  std::lock_guard const lock(mutex_);
  inbox_ = {pending, waiting};
}

std::size_t counting_telemetry::of(std::string const& name) const {
  std::lock_guard const lock(mutex_);
  auto const found = counts_.find(name);
  return found == counts_.end() ? 0 : found->second;
}

std::pair<std::uint64_t, std::uint64_t> counting_telemetry::last_inbox() const {
  std::lock_guard const lock(mutex_);
  return inbox_;
}

std::chrono::nanoseconds counting_telemetry::last_apply() const {
  std::lock_guard const lock(mutex_);
  return apply_;
}

void recording_log::write(severity, std::string_view event, std::initializer_list<log_field>) noexcept {
  std::lock_guard const lock(mutex_);
  ++events_[std::string(event)];
}

std::size_t recording_log::of(std::string const& event) const {
  std::lock_guard const lock(mutex_);
  auto const found = events_.find(event);
  return found == events_.end() ? 0 : found->second;
}

std::int64_t store_fixture::append(std::string const& body) {
  return append(delivery_of(body));
}

std::int64_t store_fixture::append(store::new_delivery delivery) {
  auto const kept = await(store->append(std::move(delivery)));
  BOOST_REQUIRE_MESSAGE(kept, "append: " << describe(kept.error()));
  return kept->delivery;
}

std::vector<store::pending_delivery> store_fixture::take(std::size_t at_most) {
  auto taken = await(store->take(at_most));
  BOOST_REQUIRE_MESSAGE(taken, "take: " << describe(taken.error()));
  return std::move(*taken);
}

std::vector<std::int64_t> store_fixture::take_ids(std::size_t at_most) {
  std::vector<std::int64_t> ids;
  for (auto const& one : take(at_most)) {
    ids.push_back(one.delivery);
  }
  return ids;
}

store::outcome store_fixture::settle(consent::report const& event, std::optional<std::string> jti) {
  auto const id = append("a body");
  BOOST_REQUIRE(take_ids(1) == std::vector{id});
  auto settlement = settlement_of(id, event);
  settlement.token.jti = std::move(jti);
  return settle(std::move(settlement));
}

store::outcome store_fixture::settle(store::settlement event) {
  auto became = await(store->settle(std::move(event)));
  BOOST_REQUIRE_MESSAGE(became, "settle: " << describe(became.error()));
  return std::move(*became);
}

store::announced store_fixture::announce(std::string const& id, std::string_view issuer, consent::kind kind,
                                         std::optional<timestamp> expiry) {
  store::announcement asked;
  asked.consent_id = id;
  asked.issuer = issuer;
  asked.kind = kind;
  asked.expiry = expiry;
  asked.uid = 1000;
  auto made = await(store->announce(std::move(asked)));
  BOOST_REQUIRE_MESSAGE(made, "announce: " << describe(made.error()));
  return std::move(*made);
}

std::optional<store::consent_record> store_fixture::find(std::string const& id) {
  auto found = await(store->find(id));
  BOOST_REQUIRE(found);
  return std::move(*found);
}

store::statistics store_fixture::count() {
  auto counted = await(store->count());
  BOOST_REQUIRE(counted);
  return *counted;
}

std::vector<store::journal_entry> store_fixture::told() {
  auto page = await(store->read(0, 1000));
  BOOST_REQUIRE(page);
  return std::move(page->entries);
}

std::string word(store::outcome const& of) {
  if (auto const* decided = std::get_if<store::decided>(&of)) {
    return std::string(consent::to_string(decided->disposition));
  }
  if (auto const* aside = std::get_if<store::set_aside>(&of)) {
    return std::string(to_string(aside->why.code));
  }
  if (auto const* decided = std::get_if<store::resource_decided>(&of)) {
    return std::string(consent::to_string(decided->disposition));
  }
  if (std::holds_alternative<store::passed_on>(of)) {
    return "passed on";
  }
  return std::holds_alternative<store::repeated>(of) ? "repeated" : "held";
}

store::new_delivery delivery_of(std::string body) {
  store::new_delivery made;
  made.interaction_id = new_uuid();
  made.received = noon();
  made.body = std::move(body);
  made.peer = "192.0.2.1";
  return made;
}

store::new_delivery delivery_of(std::string body, std::string const& token) {
  auto made = delivery_of(std::move(body));
  made.token = store::bearer_token{"https://hub.example", "jti:" + token, noon() + std::chrono::seconds(60)};
  return made;
}

consent::report report_of(std::string const& id, consent::status status, int at) {
  consent::report made;
  made.consent_id = id;
  made.issuer = bank;
  made.kind = consent::kind::account_access;
  made.status = status;
  made.status_time = noon() + std::chrono::seconds(at);
  made.event_time = *made.status_time;
  made.expiry = noon() + std::chrono::hours(24);
  made.resource = R"({"ConsentId":")" + id + R"(","Status":")" + std::string(consent::to_string(status)) +
                  R"(","StatusUpdateDateTime":)" + std::to_string(at) + "}";
  made.resource_digest = sha256(made.resource);
  return made;
}

store::settlement settlement_of(std::int64_t delivery, consent::report event) {
  store::settlement made;
  made.delivery = delivery;
  made.token.issuer = event.issuer;
  made.token.expires = noon() + std::chrono::minutes(5);
  made.token.message_digest = sha256(event.resource + event.consent_id);
  made.token.jwe_kid = "our-key";
  made.token.jws_kid = "their-key";
  made.report = std::move(event);
  return made;
}

raw_database::raw_database(std::string const& path) {
  if (sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(handle_));
  }
}

raw_database::~raw_database() {
  sqlite3_close_v2(handle_);
}

void raw_database::execute(std::string const& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(handle_));
  }
}

std::int64_t raw_database::integer(std::string const& sql) {
  return std::stoll(texts(sql).at(0));
}

std::vector<std::string> raw_database::texts(std::string const& sql) {
  return column(sql, 0);
}

std::vector<std::string> raw_database::plan_of(std::string const& sql) {
  return column("EXPLAIN QUERY PLAN " + sql, 3);
}

std::vector<std::string> raw_database::column(std::string const& sql, int number) {
  struct kept {
    int number;
    std::vector<std::string> found;
  } all{number, {}};
  auto const add = [](void* to, int, char** values, char**) {
    auto& into = *static_cast<kept*>(to);
    auto const* const value = values[into.number];
    into.found.emplace_back(value != nullptr ? value : "");
    return 0;
  };
  if (sqlite3_exec(handle_, sql.c_str(), add, &all, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(handle_));
  }
  return std::move(all.found);
}

} // namespace consentd::test
