#include "client/blocking.hpp"
#include "tests/unit/client/canned.hpp"

#include <consentd/client/stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace consentd;
using namespace consentd::client::testing;
using client::errc;
using client::event;
using client::event_kind;
using client::event_stream;
namespace asio = boost::asio;

namespace {

// The place and subject of each of the next `count`.
std::string read_some(event_stream& from, int count) {
  std::string seen;
  for (int i = 0; i < count; ++i) {
    auto const one = from.next();
    BOOST_TEST_REQUIRE(one.has_value());
    seen += one->place + "=" + one->subject + " ";
  }
  return seen;
}

std::string kinds_of(event_stream& from, int count) {
  std::string seen;
  for (int i = 0; i < count; ++i) {
    auto const one = from.next();
    BOOST_TEST_REQUIRE(one.has_value());
    switch (one->kind) {
    case event_kind::entry:
      seen += "entry:" + one->subject + " ";
      break;
    case event_kind::reset:
      seen += "reset:" + one->reason + " ";
      break;
    case event_kind::rows_begin:
      seen += "begin ";
      break;
    case event_kind::row:
      seen += "row:" + one->subject + "@" + one->place + " ";
      break;
    case event_kind::rows_end:
      seen += "rows-end@" + one->place + " ";
      break;
    case event_kind::end:
      seen += "end:" + one->reason + " ";
      break;
    }
  }
  return seen;
}

std::string row(std::string const& id) {
  return R"(event: snapshot-row
data: {"consentId":")" +
         id + R"(","issuer":"https://a","status":"Authorized","place":"e-2"})" + "\n\n";
}

std::string rows_end(std::string const& place) {
  return "id: " + place + "\nevent: snapshot-end\ndata: {\"place\":\"" + place + "\"}\n\n";
}

std::string reset(std::string const& id) {
  return "id:" + id + "\nevent: reset\ndata: {\"reason\":\"pruned\",\"requested\":\"e-1\"}\n\n";
}

// The value of Last-Event-ID, or "none".
std::string resumed_from(std::string const& request) {
  std::string const name = "Last-Event-ID: ";
  auto const at = request.find(name);
  return at == std::string::npos ? "none" : request.substr(at + name.size(), request.find('\r', at) - at - name.size());
}

} // namespace

BOOST_AUTO_TEST_SUITE(streams)

BOOST_AUTO_TEST_CASE(entries_are_read_with_what_they_say) {
  scripted_server server({{stream_head + chunk("retry: 1000\nid: e-0\n\n" + entry("e-1", "c-1")), true}});
  event_stream stream(client::journal({.kind = "payment"}, "latest"), at(server));
  auto const one = stream.next();
  BOOST_TEST_REQUIRE(one.has_value());
  BOOST_TEST((one->kind == event_kind::entry));
  BOOST_TEST(one->place == "e-1");
  BOOST_TEST(one->type == "ae.openfinance.consent.status");
  BOOST_TEST(one->subject == "c-1");
  BOOST_TEST(one->issuer == "https://a");
  BOOST_TEST(one->status == "Revoked");
  BOOST_TEST(one->previous_status.empty());
  BOOST_TEST(one->json.starts_with("{\"id\":\"e-1\""));
  BOOST_TEST(server.requests()[0].starts_with("GET /v1/events?after=latest&kind=payment HTTP/1.1\r\n"));
  BOOST_TEST(resumed_from(server.requests()[0]) == "none");
}

BOOST_AUTO_TEST_CASE(broken_stream_goes_on_after_the_last_event_that_was_given) {
  scripted_server server({{stream_head + chunk(entry("e-1", "a")) + chunk("id: e-2\nda")},
                          {stream_head + chunk(entry("e-2", "b")) + chunk(": heartbeat\nid: e-5\n\n") + "0\r\n\r\n"},
                          {stream_head + chunk(entry("e-6", "c")), true}});
  event_stream stream(client::journal({}, "e-0"), at(server));
  BOOST_TEST(read_some(stream, 3) == "e-1=a e-2=b e-6=c ");
  BOOST_TEST(stream.place() == "e-6");
  auto const asked = server.requests();
  BOOST_TEST(resumed_from(asked[0]) == "e-0");
  BOOST_TEST(resumed_from(asked[1]) == "e-1");
  BOOST_TEST(resumed_from(asked[2]) == "e-5");
}

// What came in the same packet and was not given yet is no reason to skip it elsewhere.
BOOST_AUTO_TEST_CASE(place_is_that_of_the_last_event_given) {
  scripted_server server({{stream_head + chunk(entry("e-1", "a") + entry("e-2", "b") + "id: e-9\n\n"), true}});
  event_stream stream(client::journal(), at(server));
  BOOST_TEST(stream.place().empty());
  BOOST_TEST(read_some(stream, 1) == "e-1=a ");
  BOOST_TEST(stream.place() == "e-1");
  BOOST_TEST(read_some(stream, 1) == "e-2=b ");
  BOOST_TEST(stream.place() == "e-9");
}

BOOST_AUTO_TEST_CASE(daemon_that_is_busy_or_away_is_tried_again_as_long_as_the_caller_wants) {
  auto const busy = answer_of("503 Service Unavailable", "application/problem+json", R"({"title":"Too many"})");
  scripted_server server({{busy}, {busy}, {stream_head + chunk(entry("e-1", "a"))}, {busy}});
  std::string told;
  event_stream stream(client::journal(), at(server), [&](client::error const& why, std::size_t times_begun) {
    told += why.detail.substr(0, 10) + "/" + std::to_string(times_begun) + " ";
    return why.status != 503 || times_begun == 0;
  });
  BOOST_TEST(read_some(stream, 1) == "e-1=a ");
  BOOST_TEST(told == "Too many/0 Too many/0 ");
  auto const given_up = stream.next();
  BOOST_TEST_REQUIRE(given_up.has_error());
  BOOST_TEST(given_up.error().status == 503U);
  BOOST_TEST(told == "Too many/0 Too many/0 the stream/1 Too many/1 ");
}

BOOST_AUTO_TEST_CASE(refusal_that_no_attempt_mends_is_given_at_once) {
  scripted_server server({{answer_of("403 Forbidden", "application/problem+json", R"({"title":"No"})")},
                          {answer_of("200 OK", "text/html", "hello")},
                          {"SSH-2.0\r\n\r\n"}});
  event_stream stream(client::journal(), at(server));
  BOOST_TEST((stream.next().error().status == 403U));
  BOOST_TEST((stream.next().error().code == errc::not_understood));
  BOOST_TEST((stream.next().error().code == errc::not_understood));
}

BOOST_AUTO_TEST_CASE(event_that_is_none_is_told_and_never_skipped) {
  scripted_server server(
      {{stream_head + chunk(entry("e-1", "a") + "id: e-2\ndata: {\"type\":1}\n\n" + entry("e-3", "c")), true},
       {stream_head + chunk(entry("e-2", "b")), true}});
  event_stream stream(client::journal(), at(server));
  BOOST_TEST(read_some(stream, 1) == "e-1=a ");
  BOOST_TEST((stream.next().error().code == errc::not_understood));
  BOOST_TEST(read_some(stream, 1) == "e-2=b ");
  BOOST_TEST(resumed_from(server.requests().at(1)) == "e-1");
}

BOOST_AUTO_TEST_CASE(silent_stream_is_left_for_another) {
  scripted_server server(
      {{stream_head + chunk(entry("e-1", "a")), true}, {stream_head + chunk(entry("e-2", "b")), true}});
  auto how = at(server);
  how.stream_idle = std::chrono::milliseconds(50);
  errc why{};
  event_stream stream(client::journal(), how, [&](client::error const& ended, std::size_t) {
    why = ended.code;
    return true;
  });
  BOOST_TEST(read_some(stream, 2) == "e-1=a e-2=b ");
  BOOST_TEST((why == errc::timed_out));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(snapshots)

BOOST_AUTO_TEST_CASE(rows_that_break_off_begin_anew_and_say_so) {
  scripted_server server({{stream_head + chunk(row("a"))},
                          {stream_head + chunk(row("a") + row("b") + rows_end("e-3") + entry("e-4", "a"))},
                          {stream_head + chunk(entry("e-5", "b")), true}});
  event_stream stream(client::snapshot({.status = "Authorized"}), at(server));
  BOOST_TEST(kinds_of(stream, 8) == "begin row:a@e-2 begin row:a@e-2 row:b@e-2 rows-end@e-3 entry:a entry:b ");
  auto const asked = server.requests();
  BOOST_TEST(asked[0].starts_with("GET /v1/snapshot?status=Authorized HTTP/1.1\r\n"));
  BOOST_TEST(resumed_from(asked[1]) == "none");
  BOOST_TEST(resumed_from(asked[2]) == "e-4");
}

BOOST_AUTO_TEST_CASE(place_that_is_gone_begins_the_rows_anew) {
  scripted_server server(
      {{stream_head + chunk(reset("") + row("a"))}, {stream_head + chunk(row("b") + rows_end("e-7")), true}});
  event_stream stream(client::snapshot({}, "e-1"), at(server));
  BOOST_TEST(kinds_of(stream, 6) == "reset:pruned begin row:a@e-2 begin row:b@e-2 rows-end@e-7 ");
  BOOST_TEST(resumed_from(server.requests().at(0)) == "e-1");
  BOOST_TEST(resumed_from(server.requests().at(1)) == "none");
}

BOOST_AUTO_TEST_CASE(newer_places_are_told_from_older_ones) {
  BOOST_TEST(client::is_newer("e-10", "e-9"));
  BOOST_TEST(client::is_newer("e-2", "e-1"));
  BOOST_TEST(!client::is_newer("e-9", "e-10"));
  BOOST_TEST(!client::is_newer("e-9", "e-9"));
  BOOST_TEST(client::is_newer("f-1", "e-10")); // another epoch
  BOOST_TEST(client::is_newer("e-1", ""));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(consumers)

BOOST_AUTO_TEST_CASE(stream_that_ends_for_want_of_a_right_is_not_asked_for_again) {
  scripted_server server(
      {{stream_head + chunk(entry("e-1", "a") + "event: end\ndata: {\"reason\":\"not-permitted\"}\n\n") +
        "0\r\n\r\n"}});
  event_stream stream(client::journal(), at(server));
  BOOST_TEST(kinds_of(stream, 2) == "entry:a end:not-permitted ");
  auto const then = stream.next();
  BOOST_TEST_REQUIRE(!then.has_value());
  BOOST_TEST((then.error().code == errc::refused));
  BOOST_TEST(then.error().status == 403U);
  BOOST_TEST(server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(consumer_goes_on_where_the_daemon_knows) {
  auto const held = answer_of("409 Conflict", "application/problem+json", R"({"title":"held"})", "Retry-After: 1\r\n");
  scripted_server server(
      {{stream_head + chunk(entry("e-1", "a") + "event: end\ndata: {\"reason\":\"seek\"}\n\n") + "0\r\n\r\n"},
       {held},
       {stream_head + chunk(reset(" e-6") + entry("e-7", "b")), true}});
  event_stream stream(client::consumed_by("a b"), at(server));
  BOOST_TEST(kinds_of(stream, 4) == "entry:a end:seek reset:pruned entry:b ");
  for (auto const& asked : server.requests()) {
    BOOST_TEST(asked.starts_with("GET /v1/consumers/a%20b/events HTTP/1.1\r\n"));
    BOOST_TEST(resumed_from(asked) == "none");
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(patience)

BOOST_AUTO_TEST_CASE(waiting_may_be_given_up_without_loss) {
  scripted_server server({{stream_head + chunk(entry("e-1", "a")) + chunk("id: e-2\nevent: x\n"), true}});
  event_stream stream(client::journal(), at(server));
  BOOST_TEST(read_some(stream, 1) == "e-1=a ");
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST((stream.next(std::chrono::milliseconds(1)).error().code == errc::timed_out));
  }
  BOOST_TEST(server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_there_is_given_without_patience) {
  scripted_server server({{stream_head + chunk(entry("e-1", "a") + entry("e-2", "b")), true}});
  event_stream stream(client::journal(), at(server));
  BOOST_TEST(read_some(stream, 1) == "e-1=a ");
  BOOST_TEST(stream.next(std::chrono::milliseconds(0))->subject == "b");
  BOOST_TEST((stream.next(std::chrono::milliseconds(0)).error().code == errc::timed_out));
}

// Both are there: whichever is taken, the other must be there still.
BOOST_AUTO_TEST_CASE(event_is_not_lost_to_what_else_was_waited_for) {
  using namespace asio::experimental::awaitable_operators;
  scripted_server server({{stream_head + chunk(entry("e-1", "a") + entry("e-2", "b") + entry("e-3", "c")), true}});
  asio::io_context context;
  client::async_event_stream stream(context.get_executor(), client::journal(), at(server));
  std::string seen;
  auto const follow = [&]() -> asio::awaitable<void> {
    seen += (co_await stream.next()).value().subject;
    for (int i = 0; i < 3 && seen != "abc"; ++i) {
      auto const first = co_await (asio::post(asio::use_awaitable) || stream.next());
      if (first.index() == 1) {
        seen += std::get<1>(first).value().subject;
        continue;
      }
      asio::steady_timer patience(context, std::chrono::seconds(10)); // an event that was lost never comes
      auto const second = co_await (stream.next() || patience.async_wait(asio::use_awaitable));
      if (second.index() == 0) {
        seen += std::get<0>(second).value().subject;
      }
    }
  };
  auto done = asio::co_spawn(context, follow(), asio::use_future);
  context.run();
  done.get();
  BOOST_TEST(seen == "abc");
}

BOOST_AUTO_TEST_CASE(waiting_may_be_cancelled_from_another_thread) {
  scripted_server server({{stream_head + chunk(entry("e-1", "a")), true}});
  event_stream stream(client::journal(), at(server));
  BOOST_TEST(read_some(stream, 1) == "e-1=a ");
  std::thread other([&] { stream.cancel(); });
  BOOST_TEST((stream.next().error().code == errc::cancelled));
  other.join();
  BOOST_TEST((stream.next(std::chrono::milliseconds(1)).error().code == errc::timed_out));
  stream.cancel();
  BOOST_TEST((stream.next().error().code == errc::cancelled));
}

BOOST_AUTO_TEST_CASE(coroutine_may_be_cancelled_without_loss) {
  scripted_server server({{stream_head + chunk(entry("e-1", "a")) + chunk("id: e-2\nevent: ae"), true}});
  asio::io_context context;
  client::async_event_stream stream(context.get_executor(), client::journal(), at(server));
  client::running<client::result<event>> first;
  first.start(context, stream.next());
  while (first.runs()) {
    context.run_one();
  }
  BOOST_TEST(first.take()->subject == "a");
  asio::cancellation_signal stop;
  errc ended{};
  for (int i = 0; i < 3; ++i) {
    bool over = false;
    asio::co_spawn(
        context, stream.next(),
        asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr const& bug, client::result<event> told) {
          ended = bug ? errc::cancelled
                      : told.error().code; // as everywhere in Asio, what is cancelled before it waits throws
          over = true;
        }));
    asio::post(context, [&] { stop.emit(asio::cancellation_type::terminal); });
    context.restart();
    while (!over) {
      context.run_one();
    }
    BOOST_TEST((ended == errc::cancelled));
  }
  BOOST_TEST(server.connections() == 1U);
  BOOST_TEST(stream.place() == "e-1");
}

BOOST_AUTO_TEST_SUITE_END()
