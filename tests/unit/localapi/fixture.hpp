// The local API as it runs in the daemon: the embedded store, a listener on a Unix socket, its own threads.
#ifndef CONSENTD_TESTS_UNIT_LOCALAPI_FIXTURE_HPP
#define CONSENTD_TESTS_UNIT_LOCALAPI_FIXTURE_HPP

#include "base/time.hpp"
#include "localapi/api.hpp"
#include "net/listener.hpp"
#include "store/sqlite/open.hpp"
#include "store/store.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"
#include "json/document.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace consentd::localapi::testing {

// A clock that stands still until it is told.
class set_clock : public clock {
public:
  explicit set_clock(timestamp start) : now_(start.time_since_epoch().count()) {}
  timestamp now() const noexcept override { return timestamp(std::chrono::microseconds(now_.load())); }
  void advance(std::chrono::microseconds by) { now_ += by.count(); }

private:
  std::atomic<std::int64_t> now_;
};

inline timestamp at(std::string_view text) {
  return parse_date_time(text).value();
}

inline std::string const issuer_a = "https://bank-a.example";
inline std::string const issuer_b = "https://bank-b.example";

class fixture {
public:
  // Whoever runs the tests may do everything, unless `who` or `at_most` says otherwise.
  explicit fixture(settings const& how = {}, std::optional<access_rules> who = std::nullopt,
                   right at_most = right::operate);
  ~fixture();
  fixture(fixture const&) = delete;
  fixture& operator=(fixture const&) = delete;

  std::string database() const { return folder_ / "consentd.db"; }
  std::string socket() const { return folder_ / "api.sock"; }

  tests::http_answer call(std::string const& method, std::string const& target,
                          std::vector<std::string> const& fields = {}, std::string const& body = {});
  tests::http_answer get(std::string const& target, std::vector<std::string> const& fields = {}) {
    return call("GET", target, fields);
  }
  tests::http_answer put(std::string const& target, std::string const& body) {
    return call("PUT", target, {"Content-Type: application/json"}, body);
  }
  // The JSON of an answer that must be of that status and media type.
  json::document json_of(tests::http_answer const& from, long status = 200);
  // Of problem details: checked for status, media type and the type's name; the value is the field.
  std::string field_of_problem(tests::http_answer const& from, long status, std::string const& name);

  void announce(std::string const& id, consent::kind kind = consent::kind::account_access,
                std::string const& issuer = issuer_a);
  // So many consents of issuer_a for account access, k-000000 and so on, of which the journal says nothing.
  void crowd(int count) const;
  // A verified event of a consent of issuer_a, through inbox and decision. The value is the delivery's number.
  std::int64_t event(std::string const& id, consent::status status, timestamp when,
                     std::string const& resource = R"({"Status":"x"})");
  // A delivery that is kept and taken in hand.
  std::int64_t deliver(std::string const& interaction_id, std::string const& body = "a.b.c.d.e");
  void quarantine(std::int64_t delivery, failure why, std::string const& issuer, std::string const& consent_id);

  template <class T>
  T run(store::async_result<T> operation) {
    auto done = boost::asio::co_spawn(context_, std::move(operation), boost::asio::use_future).get();
    return std::move(done.value());
  }

  set_clock& time() { return clock_; }
  std::size_t sessions() const { return listener_->sessions(); } // the fixture's own among them once it has called
  api& calls() { return *api_; }
  store::event_store& store() { return *store_; }
  // A new id for each delivery.
  std::string new_interaction_id();

private:
  tests::temporary_folder folder_;
  set_clock clock_{at("2026-03-27T12:00:00Z")};
  boost::asio::io_context context_; // outlives the store, whose threads complete into it
  std::unique_ptr<store::event_store> store_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  std::unique_ptr<api> api_;
  std::unique_ptr<door> door_;
  std::unique_ptr<net::listener> listener_;
  std::vector<std::thread> threads_;
  std::unique_ptr<tests::http_client> client_;
  unsigned deliveries_ = 0;
};

} // namespace consentd::localapi::testing

#endif
