// A store on real files, a clock that stands still, and coroutines run to their end.
#ifndef CONSENTD_TESTS_UNIT_STORE_STORE_FIXTURE_HPP
#define CONSENTD_TESTS_UNIT_STORE_STORE_FIXTURE_HPP

#include "base/log.hpp"
#include "base/telemetry.hpp"
#include "store/sqlite/open.hpp"
#include "tests/support/manual_clock.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sqlite3;

namespace consentd::store {

// For BOOST_TEST's messages.
inline std::ostream& operator<<(std::ostream& to, delivery_state value) {
  return to << to_string(value);
}

} // namespace consentd::store

namespace consentd {

inline std::ostream& operator<<(std::ostream& to, reason value) {
  return to << to_string(value);
}

namespace consent {
inline std::ostream& operator<<(std::ostream& to, disposition value) {
  return to << to_string(value);
}
inline std::ostream& operator<<(std::ostream& to, status value) {
  return to << to_string(value);
}
} // namespace consent

} // namespace consentd

namespace consentd::test {

inline constexpr std::string_view bank = "https://bank-a.example";
inline constexpr std::string_view other_bank = "https://bank-b.example";

// 2026-03-01T12:00:00Z, when every test begins.
timestamp noon() noexcept;

// A temporary folder, gone at its end.
class scratch_folder {
public:
  scratch_folder();
  scratch_folder(scratch_folder const&) = delete;
  scratch_folder& operator=(scratch_folder const&) = delete;
  ~scratch_folder();
  std::string operator/(std::string const& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

// What was counted, by name.
class counting_telemetry final : public telemetry {
public:
  void answered(unsigned, std::string_view) noexcept override {}
  void decided(std::string_view disposition) noexcept override { count("decided " + std::string(disposition)); }
  void quarantined(std::string_view why) noexcept override { count("quarantined " + std::string(why)); }
  void timed(stage what, std::chrono::nanoseconds took) noexcept override;
  void inbox(std::uint64_t pending, std::uint64_t waiting) noexcept override;

  std::size_t of(std::string const& name) const;
  std::pair<std::uint64_t, std::uint64_t> last_inbox() const;
  std::chrono::nanoseconds last_apply() const;

private:
  void count(std::string const& name);
  mutable std::mutex mutex_;
  std::map<std::string, std::size_t> counts_;
  std::pair<std::uint64_t, std::uint64_t> inbox_;
  std::chrono::nanoseconds apply_{};
};

class recording_log final : public log_sink {
public:
  void write(severity level, std::string_view event, std::initializer_list<log_field> fields) noexcept override;
  std::size_t of(std::string const& event) const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::size_t> events_;
};

struct store_fixture {
  store_fixture() { settings.path = folder / "consentd.db"; }

  scratch_folder folder;
  manual_clock now{noon()};
  recording_log log;
  counting_telemetry counters;
  store::sqlite::settings settings;
  boost::asio::io_context io;
  std::unique_ptr<store::event_store> store;

  void open() { store = store::sqlite::open(settings, now, log, counters); }
  void close() { store.reset(); }
  void reopen() {
    close();
    open();
  }

  // Runs the operation, with whatever was spawned before, to its end.
  template <class T>
  T await(boost::asio::awaitable<T> operation) {
    std::optional<T> done;
    boost::asio::co_spawn(io, std::move(operation), keep_in(done));
    io.restart();
    io.run();
    return std::move(done.value());
  }
  // Several at once, so that they can meet in one group; what they came to, in their order.
  template <class T>
  std::vector<T> await_all(std::vector<boost::asio::awaitable<T>> operations) {
    std::vector<std::optional<T>> done(operations.size());
    for (std::size_t i = 0; i < operations.size(); ++i) {
      boost::asio::co_spawn(io, std::move(operations[i]), keep_in(done[i]));
    }
    io.restart();
    io.run();
    std::vector<T> all;
    all.reserve(done.size());
    for (auto& one : done) {
      all.push_back(std::move(one.value()));
    }
    return all;
  }

  // Steps that most tests need; each fails the test when the store refuses.
  std::int64_t append(std::string const& body);
  std::int64_t append(store::new_delivery delivery);
  std::vector<store::pending_delivery> take(std::size_t at_most = 100);
  std::vector<std::int64_t> take_ids(std::size_t at_most = 100);
  // Appends a delivery, takes it (it must be the next) and settles it with `event`.
  store::outcome settle(consent::report const& event, std::optional<std::string> jti = std::nullopt);
  store::outcome settle(store::settlement event);
  store::announced announce(std::string const& id, std::string_view issuer = bank,
                            consent::kind kind = consent::kind::account_access,
                            std::optional<timestamp> expiry = std::nullopt);
  std::optional<store::consent_record> find(std::string const& id);
  store::statistics count();
  std::vector<store::journal_entry> told();

private:
  template <class T>
  static auto keep_in(std::optional<T>& into) {
    return [&into](std::exception_ptr const& thrown, T became) {
      if (thrown) {
        std::rethrow_exception(thrown);
      }
      into.emplace(std::move(became));
    };
  }
};

// The outcome as a word: a disposition, "held", or the reason of a quarantine.
std::string word(store::outcome const& of);

store::new_delivery delivery_of(std::string body);
// With a token of its own that is spent until a minute after noon.
store::new_delivery delivery_of(std::string body, std::string const& token);

// An event of `bank` about an account-access consent; `at` seconds after noon.
consent::report report_of(std::string const& id, consent::status status, int at);
store::settlement settlement_of(std::int64_t delivery, consent::report event);

// The database as another program sees it, while no store is open. Throws std::runtime_error.
class raw_database {
public:
  explicit raw_database(std::string const& path);
  raw_database(raw_database const&) = delete;
  raw_database& operator=(raw_database const&) = delete;
  ~raw_database();
  void execute(std::string const& sql);
  std::int64_t integer(std::string const& sql);
  std::vector<std::string> texts(std::string const& sql);   // the first column
  std::vector<std::string> plan_of(std::string const& sql); // a line for each step

private:
  std::vector<std::string> column(std::string const& sql, int number);
  sqlite3* handle_ = nullptr;
};

} // namespace consentd::test

#endif
