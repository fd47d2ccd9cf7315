// Pruning under a reader's feet, which the embedded store cannot be made to do at a chosen moment: a journal of the
// test's own.
#include "localapi/follower.hpp"
#include "localapi/stream_writer.hpp"
#include "store/sqlite/open.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/localapi/fixture.hpp"
#include "json/document.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>

using namespace consentd;
using namespace consentd::localapi;
namespace asio = boost::asio;

namespace {

store::journal_entry entry(std::uint64_t sequence) {
  store::journal_entry made;
  made.sequence = sequence;
  made.consent_id = "c-" + std::to_string(sequence);
  made.issuer = "i";
  return made;
}

// Ten entries, of which seven, or so many, go after the first page was read.
class shrinking_journal : public store::journal {
public:
  explicit shrinking_journal(std::uint64_t go = 7) : go_(go) {}
  store::async_result<store::journal_page> read(std::uint64_t after, std::size_t /*limit*/) override {
    store::journal_page page;
    auto const first = std::max(after, extent_.pruned) + 1;
    for (auto sequence = first; sequence <= extent_.last && page.entries.size() < 2; ++sequence) {
      page.entries.push_back(entry(sequence));
    }
    page.examined = page.entries.empty() ? extent_.last : page.entries.back().sequence;
    if (++reads_ == 2) {
      extent_.pruned = go_;
    }
    co_return page;
  }
  store::journal_extent extent() const override { return extent_; }
  void on_growth(std::function<void()> /*grew*/) override {}

private:
  std::uint64_t const go_;
  store::journal_extent extent_{"e", 0, 10};
  int reads_ = 0;
};

// Keeps what is written, and is gone once the stream waits.
class kept_exchange : public net::exchange {
public:
  net::request_head const& head() const noexcept override { return head_; }
  asio::awaitable<result<std::string>> read_body(std::size_t /*limit*/) override { co_return std::string(); }
  asio::awaitable<result<void>> send(net::response answer) override {
    text += answer.body;
    co_return result<void>{};
  }
  asio::awaitable<result<void>> start(net::response /*head*/) override { co_return result<void>{}; }
  asio::awaitable<result<void>> write(std::string_view bytes) override {
    text += bytes;
    co_return result<void>{};
  }
  asio::awaitable<void> closed() override { co_return; }

  std::string text;

private:
  net::request_head head_;
};

struct permitted {
  current<access_rules> rules{access_rules({{.user = 1000, .group = {}, .allows = localapi::right::read}})};
  net::peer who = [] {
    net::peer made;
    made.uid = 1000;
    return made;
  }();
  standing_right standing{rules, who, localapi::right::operate, localapi::right::read};
};

// Of a stream whose peer is there until it is dismissed.
struct listener {
  explicit listener(asio::io_context& on)
      : bell(std::make_shared<journal_bell>(on.get_executor())), sleeper(*bell, on.get_executor()) {}
  std::shared_ptr<journal_bell> bell;
  journal_bell::sleeper sleeper;
};

// A million entries, and something that happens while one page of them is read.
class long_journal : public store::journal {
public:
  explicit long_journal(std::function<void()> meanwhile) : meanwhile_(std::move(meanwhile)) {}
  store::async_result<store::journal_page> read(std::uint64_t after, std::size_t /*limit*/) override {
    if (++reads == 3) {
      meanwhile_();
    }
    store::journal_page page;
    page.entries.push_back(entry(after + 1));
    page.examined = after + 1;
    co_return page;
  }
  store::journal_extent extent() const override { return {"e", 0, 1'000'000}; }
  void on_growth(std::function<void()> /*grew*/) override {}

  int reads = 0;

private:
  std::function<void()> meanwhile_;
};

std::string ids(std::string const& text) {
  std::string out;
  for (auto at = text.find("id: "); at != std::string::npos; at = text.find("\nid: ", at)) {
    at = text.find("id: ", at) + 4;
    out += text.substr(at, text.find('\n', at) - at) + " ";
  }
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(entries_pruned_under_a_slow_reader_are_told_as_a_reset) {
  asio::io_context context;
  listener attention(context);
  shrinking_journal journal;
  kept_exchange exchange;
  stream_writer out(exchange, stream_form::sse, "e");
  shared_pages pages(journal);
  permitted may;
  follower reader(out, pages, {}, 0, may.standing);
  auto done = asio::co_spawn(context, reader.catch_up(attention.sleeper, std::chrono::seconds(15)), asio::use_future);
  context.run();
  BOOST_TEST(done.get().has_value());
  // One page, the reset to the oldest kept, and from there on to the end.
  BOOST_TEST(ids(exchange.text) == "e-1 e-2 e-7 e-8 e-9 e-10 ");
  BOOST_TEST(reader.after() == 10U);
  auto const reset = exchange.text.find("id: e-7\nevent: reset\ndata: ");
  BOOST_TEST_REQUIRE(reset != std::string::npos, exchange.text);
  BOOST_TEST(exchange.text.find(R"("reason":"pruned","requested":"e-2","continuesAfter":"e-7")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(reader_whose_filter_lets_nothing_pass_is_told_how_far_it_is_while_the_journal_is_looked_through) {
  asio::io_context context;
  listener attention(context);
  shrinking_journal journal;
  kept_exchange exchange;
  stream_writer out(exchange, stream_form::sse, "e");
  shared_pages pages(journal);
  permitted may;
  store::entry_filter nothing;
  nothing.issuer = "nobody";
  follower reader(out, pages, nothing, 0, may.standing, at_gap::stop);
  auto done =
      asio::co_spawn(context, reader.catch_up(attention.sleeper, std::chrono::milliseconds(0)), asio::use_future);
  context.run();
  BOOST_TEST(done.get().has_value());
  BOOST_TEST(exchange.text == ": heartbeat\nid: e-2\n\n");
}

// A break in the middle of a long journal must not take it back to the beginning.
BOOST_AUTO_TEST_CASE(place_of_a_consumer_moves_on_while_the_journal_is_looked_through) {
  localapi::testing::fixture daemon;
  daemon.announce("c-1");
  daemon.announce("c-2");
  store::entry_filter nothing;
  nothing.issuer = "nobody";
  auto const kept = daemon.run(daemon.store().keep("rare", nothing, 0, {1000, false})).consumer;
  asio::io_context context;
  listener attention(context);
  consumer_leases leases(*attention.bell, std::chrono::seconds(30));
  auto const lease = leases.take("rare", std::chrono::steady_clock::now());
  auto const epoch = daemon.store().extent().epoch;
  consumer_progress consumer(daemon.store(), **lease, kept, epoch);
  kept_exchange exchange;
  stream_writer out(exchange, stream_form::sse, epoch);
  shared_pages pages(daemon.store());
  permitted may;
  follower reader(out, pages, nothing, 0, may.standing, at_gap::tell, &consumer);
  auto const look_through = [&]() -> store::async_result<bool> {
    auto const done = co_await reader.catch_up(attention.sleeper, std::chrono::milliseconds(0));
    co_return done.has_value();
  };
  BOOST_TEST(daemon.run(look_through()));
  BOOST_TEST(daemon.run(daemon.store().find_consumer("rare"))->place == 2U);
}

BOOST_AUTO_TEST_CASE(reader_that_cannot_bridge_a_gap_stops_before_it) {
  asio::io_context context;
  listener attention(context);
  shrinking_journal journal;
  kept_exchange exchange;
  stream_writer out(exchange, stream_form::sse, "e");
  shared_pages pages(journal);
  permitted may;
  follower reader(out, pages, {}, 0, may.standing, at_gap::stop);
  auto done = asio::co_spawn(context, reader.catch_up(attention.sleeper, std::chrono::seconds(15)), asio::use_future);
  context.run();
  BOOST_TEST(done.get().has_value());
  BOOST_TEST(reader.stopped());
  BOOST_TEST(ids(exchange.text) == "e-1 e-2 ");
  BOOST_TEST(reader.after() == 2U);
}

BOOST_AUTO_TEST_CASE(reset_behind_which_nothing_comes_is_told_at_once) {
  asio::io_context context;
  listener attention(context);
  shrinking_journal journal(10);
  kept_exchange exchange;
  stream_writer out(exchange, stream_form::sse, "e");
  shared_pages pages(journal);
  permitted may;
  follower reader(out, pages, {}, 0, may.standing);
  auto done = asio::co_spawn(context, reader.catch_up(attention.sleeper, std::chrono::seconds(15)), asio::use_future);
  context.run();
  BOOST_TEST(done.get().has_value());
  BOOST_TEST(ids(exchange.text) == "e-1 e-2 e-10 ");
}

// Whoever dies with it unread hears of it from the next stream, which begins before it then.
BOOST_AUTO_TEST_CASE(gap_in_a_consumers_stream_is_not_passed_over_until_it_is_acknowledged) {
  tests::temporary_folder folder;
  localapi::testing::set_clock const now(localapi::testing::at("2026-03-27T12:00:00Z"));
  asio::io_context context;
  store::sqlite::settings where;
  where.path = folder / "consentd.db";
  auto const kept = store::sqlite::open(where, now, silent_log(), silent_telemetry());
  listener attention(context);
  consumer_leases leases(*attention.bell, std::chrono::seconds(30));
  auto taken = leases.take("a", std::chrono::steady_clock::now());
  BOOST_TEST_REQUIRE(taken.has_value());
  auto const held = std::move(*taken);
  shrinking_journal journal;
  kept_exchange exchange;
  stream_writer out(exchange, stream_form::sse, "e");
  shared_pages pages(journal);
  permitted may;
  store::consumer_record record;
  record.of.name = "a";
  record.epoch = "e";
  record.generation = 1;
  consumer_progress consumer(*kept, *held, record, "e");
  store::entry_filter nothing;
  nothing.issuer = "nobody";
  follower reader(out, pages, nothing, 0, may.standing, at_gap::tell, &consumer);
  auto done = asio::co_spawn(context, reader.catch_up(attention.sleeper, std::chrono::seconds(15)), asio::use_future);
  context.run();
  BOOST_TEST(done.get().has_value());
  BOOST_TEST(reader.after() == 10U);
  BOOST_TEST(!held->settled().has_value());
  leases.acknowledged("a", 1, 7, std::chrono::steady_clock::now());
  BOOST_TEST((held->settled() == 7U));
}

// With a rare filter nothing is written that would meet the end of the connection.
BOOST_AUTO_TEST_CASE(reader_whose_peer_has_gone_looks_through_no_more) {
  asio::io_context context;
  listener attention(context);
  long_journal journal([&] { attention.sleeper.dismiss(); });
  kept_exchange exchange;
  stream_writer out(exchange, stream_form::sse, "e");
  shared_pages pages(journal);
  store::entry_filter nothing;
  nothing.issuer = "nobody";
  permitted may;
  follower reader(out, pages, nothing, 0, may.standing);
  auto done = asio::co_spawn(context, reader.catch_up(attention.sleeper, std::chrono::seconds(15)), asio::use_future);
  context.run();
  BOOST_TEST(done.get().has_value());
  BOOST_TEST(journal.reads == 3);
}
