#include "client/blocking.hpp"
#include "tests/unit/client/canned.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <future>
#include <vector>

using namespace consentd;
using namespace consentd::client::testing;
using client::errc;
namespace asio = boost::asio;

namespace {

client::request get(std::string target) {
  return {.target = std::move(target)};
}

errc code_of(client::result<client::answer> const& told) {
  BOOST_TEST_REQUIRE(told.has_error());
  return told.error().code;
}

} // namespace

BOOST_AUTO_TEST_SUITE(connections)

BOOST_AUTO_TEST_CASE(get_and_put_say_and_take_json) {
  scripted_server server({{json_answer("{}")}, {answer_of("201 Created", "application/json", "[]")}});
  client::daemon daemon(at(server));
  auto const got = daemon.ask(get("/v1/status"));
  BOOST_TEST_REQUIRE(got.has_value());
  BOOST_TEST(got->status == 200U);
  BOOST_TEST(got->content_type == "application/json");
  BOOST_TEST(got->body == "{}");
  client::request const put{.method = "PUT", .target = "/v1/consents/a", .json = R"({"kind":"payment"})"};
  BOOST_TEST(daemon.ask(put)->status == 201U);
  auto const asked = server.requests();
  BOOST_TEST(asked[0].starts_with("GET /v1/status HTTP/1.1\r\n"));
  BOOST_TEST(asked[1].find("Content-Type: application/json\r\n") != std::string::npos);
  BOOST_TEST(asked[1].ends_with("\r\n\r\n{\"kind\":\"payment\"}"));
}

BOOST_AUTO_TEST_CASE(calls_share_one_connection) {
  scripted_server server({{json_answer("1"), false, true}, {json_answer("2"), false, true}, {json_answer("3")}});
  client::daemon daemon(at(server));
  for (auto const* const body : {"1", "2", "3"}) {
    BOOST_TEST(daemon.ask(get("/"))->body == body);
  }
  BOOST_TEST(server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(connection_that_was_hung_up_meanwhile_is_replaced) {
  scripted_server server({{json_answer("1")}, {json_answer("2")}});
  client::daemon daemon(at(server));
  BOOST_TEST(daemon.ask(get("/"))->body == "1");
  BOOST_TEST(daemon.ask({.method = "POST", .target = "/"})->body == "2");
}

// The answer's connection ends only once the next request has come: the client cannot know beforehand.
BOOST_AUTO_TEST_CASE(what_may_be_sent_twice_is_sent_again_when_the_daemon_hung_up_at_once) {
  scripted_server server({{json_answer("1"), false, true}, {""}, {json_answer("2")}});
  client::daemon daemon(at(server));
  BOOST_TEST(daemon.ask(get("/"))->body == "1");
  BOOST_TEST(daemon.ask(get("/"))->body == "2");
  BOOST_TEST(server.requests().size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_may_not_be_sent_twice_is_not) {
  for (auto const& what :
       {client::request{.method = "POST", .target = "/v1/reload"}, client::remove_consumer("a").asks}) {
    scripted_server server({{json_answer("1"), false, true}, {""}, {json_answer("2")}});
    client::daemon daemon(at(server));
    BOOST_TEST(daemon.ask(get("/"))->body == "1");
    BOOST_TEST((code_of(daemon.ask(what)) == errc::unreachable));
    BOOST_TEST(daemon.ask(get("/"))->body == "2");
  }
}

BOOST_AUTO_TEST_CASE(half_an_answer_is_not_asked_for_again) {
  scripted_server server(
      {{json_answer("1"), false, true}, {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}, {json_answer("2")}});
  client::daemon daemon(at(server));
  BOOST_TEST(daemon.ask(get("/"))->body == "1");
  BOOST_TEST((code_of(daemon.ask(get("/"))) == errc::unreachable));
}

BOOST_AUTO_TEST_CASE(problem_is_a_refusal_with_its_words) {
  auto const problem = std::string(R"({"type":"urn:consentd:problem:conflict","title":"t","detail":"d","field":"f"})");
  scripted_server server({{answer_of("409 Conflict", "application/problem+json", problem, "Retry-After: 7\r\n")},
                          {answer_of("502 Bad Gateway", "text/html", "<html>")}});
  client::daemon daemon(at(server));
  auto const refused = daemon.ask(get("/")).error();
  BOOST_TEST((refused.code == errc::refused));
  BOOST_TEST(refused.status == 409U);
  BOOST_TEST(refused.problem == "conflict");
  BOOST_TEST(refused.field == "f");
  BOOST_TEST(refused.detail == "t (f): d");
  BOOST_TEST((refused.retry_after == std::chrono::seconds(7)));
  BOOST_TEST(refused.is_temporary()); // since the daemon says when
  BOOST_TEST(!(client::error{.code = errc::refused, .status = 409}.is_temporary()));
  BOOST_TEST((client::error{.code = errc::refused, .status = 503}.is_temporary()));
  auto const other = daemon.ask(get("/")).error();
  BOOST_TEST(other.status == 502U);
  BOOST_TEST(other.detail == "status 502");
  BOOST_TEST(other.problem.empty());
}

BOOST_AUTO_TEST_CASE(interim_answers_are_read_past_within_a_bound) {
  auto const interim = [](int count) {
    std::string made;
    while (count-- > 0) {
      made += "HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n";
    }
    return made;
  };
  scripted_server server({{"HTTP/1.1 100 Continue\r\n\r\n" + json_answer("1"), false, true},
                          {interim(16) + json_answer("2"), false, true},
                          {interim(17) + json_answer("3")},
                          {json_answer("4")}});
  client::daemon daemon(at(server));
  BOOST_TEST(daemon.ask(get("/")).value().body == "1");
  BOOST_TEST(daemon.ask(get("/")).value().body == "2");
  BOOST_TEST((code_of(daemon.ask(get("/"))) == errc::not_understood));
  BOOST_TEST(daemon.ask(get("/")).value().body == "4"); // never the rest of what was not understood
}

BOOST_AUTO_TEST_CASE(only_2xx_is_an_answer) {
  scripted_server server({{answer_of("302 Found", "text/html", "", "Location: /\r\n")},
                          {"HTTP/1.1 304 Not Modified\r\n\r\n"},
                          {"HTTP/1.1 101 Switching Protocols\r\n\r\n"},
                          {"HTTP/1.1 204 No Content\r\n\r\n"}});
  client::daemon daemon(at(server));
  for (unsigned const status : {302U, 304U, 101U}) {
    auto const told = daemon.ask(get("/"));
    BOOST_TEST((code_of(told) == errc::not_understood));
    BOOST_TEST(told.error().status == status);
    BOOST_TEST(!told.error().is_temporary());
  }
  BOOST_TEST(daemon.ask(get("/")).value().status == 204U);
}

BOOST_AUTO_TEST_CASE(value_of_a_failure_is_thrown_with_its_reason) {
  client::daemon daemon({.socket_path = "/nonexistent/api.sock"});
  auto const told = daemon.ask(get("/"));
  BOOST_CHECK_EXCEPTION(told.value(), client::failed, [](client::failed const& why) {
    return why.why().code == errc::unreachable &&
           std::string_view(why.what()).starts_with("cannot reach the daemon at /nonexistent/api.sock: ");
  });
}

BOOST_AUTO_TEST_CASE(daemon_that_is_not_there_is_unreachable) {
  client::daemon away({.socket_path = "/nonexistent/api.sock"});
  auto const told = away.ask(get("/"));
  BOOST_TEST((code_of(told) == errc::unreachable));
  BOOST_TEST(told.error().detail.starts_with("cannot reach the daemon at /nonexistent/api.sock: "));
  client::daemon nowhere({.socket_path = std::string(200, 'x')}); // no socket has so long a name
  BOOST_TEST((code_of(nowhere.ask(get("/"))) == errc::malformed));
  client::daemon unset({.socket_path = ""}); // a variable of the environment that was not there
  BOOST_TEST((code_of(unset.ask(get("/"))) == errc::malformed));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sent_is_told_and_not_sent) {
  scripted_server server({{json_answer("1")}});
  client::daemon daemon(at(server));
  for (client::request const& what : std::vector<client::request>{{.method = "get", .target = "/"},
                                                                  {.method = "HEAD", .target = "/"},
                                                                  {.method = "GET", .target = ""},
                                                                  {.method = "GET", .target = "/ HTTP/1.1\r\nX: y"}}) {
    BOOST_TEST((code_of(daemon.ask(what)) == errc::malformed));
  }
  // As the place of an event is that has none: "everything up to nowhere".
  BOOST_TEST(daemon.ask(client::acknowledge("a", "")).error().detail == "no place was given");
  BOOST_TEST(daemon.ask(client::seek("a", "")).error().detail == "no place was given");
  auto const nothing = daemon.ask(client::wait_for("c", {}, std::chrono::seconds(1)));
  BOOST_TEST((nothing.error().code == errc::malformed));
  BOOST_TEST(server.requests().empty());
}

BOOST_AUTO_TEST_CASE(answer_that_breaks_off_is_unreachable) {
  scripted_server server({{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}, {""}});
  client::daemon daemon(at(server));
  BOOST_TEST((code_of(daemon.ask(get("/"))) == errc::unreachable));
  BOOST_TEST((code_of(daemon.ask(get("/"))) == errc::unreachable));
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_not_understood) {
  scripted_server server({{"SSH-2.0-OpenSSH\r\n\r\n"}});
  client::daemon daemon(at(server));
  BOOST_TEST((code_of(daemon.ask(get("/"))) == errc::not_understood));
}

BOOST_AUTO_TEST_CASE(silence_has_an_end) {
  scripted_server server({{"", true}});
  auto how = at(server);
  how.timeout = std::chrono::milliseconds(50);
  client::daemon daemon(how);
  BOOST_TEST((code_of(daemon.ask(get("/"))) == errc::timed_out));
}

BOOST_AUTO_TEST_CASE(largest_time_is_for_ever) {
  scripted_server server({{json_answer("1")}, {json_answer("2")}});
  auto how = at(server);
  how.timeout = std::chrono::milliseconds::max();
  client::daemon daemon(how);
  BOOST_TEST(daemon.ask(get("/")).has_value());
  auto what = get("/");
  what.patience = std::chrono::milliseconds::max();
  BOOST_TEST(daemon.ask(what).has_value());
}

BOOST_AUTO_TEST_CASE(answer_is_bounded) {
  auto const body = std::string(1000, 'x');
  scripted_server server({{answer_of("200 OK", "text/plain", body)}, {answer_of("200 OK", "text/plain", body + "x")}});
  auto how = at(server);
  how.max_answer_bytes = 1000;
  client::daemon daemon(how);
  BOOST_TEST(daemon.ask(get("/")).has_value());
  BOOST_TEST((code_of(daemon.ask(get("/"))) == errc::too_large));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(coroutines)

// Each connection is answered once the one before has ended: with two at once the second would have to wait for ever.
BOOST_AUTO_TEST_CASE(no_more_connections_than_may_be_and_the_others_wait) {
  std::vector<scripted_answer> answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back({json_answer(std::to_string(i)), false, i != 9});
  }
  scripted_server server(answers);
  auto how = at(server);
  how.connections = 1;
  asio::thread_pool threads(3);
  client::async_daemon const daemon(threads.get_executor(), how);
  std::vector<std::future<client::result<client::answer>>> calls;
  for (int i = 0; i < 20; ++i) {
    calls.push_back(asio::co_spawn(threads, daemon.ask(get("/")), asio::use_future));
  }
  for (auto& call : calls) {
    BOOST_TEST(call.get().has_value());
  }
  BOOST_TEST(server.connections() == 2U);
}

BOOST_AUTO_TEST_CASE(calls_that_the_daemon_holds_are_bounded_and_one_more_ends_in_its_time) {
  scripted_server holding({{json_answer("held"), false, false, true}});
  auto how = at(holding);
  how.held_connections = 1;
  how.timeout = std::chrono::milliseconds(50);
  asio::thread_pool threads(1);
  client::async_daemon const daemon(threads.get_executor(), how);
  auto patient = get("/");
  patient.patience = std::chrono::seconds(10);
  auto first = asio::co_spawn(threads, daemon.ask(patient), asio::use_future);
  auto second = asio::co_spawn(threads, daemon.ask(patient), asio::use_future).get();
  BOOST_TEST((code_of(second) == errc::timed_out));
  BOOST_TEST(second.error().detail == "all connections were busy");
  holding.let_go();
  BOOST_TEST(first.get().value().body == "held");
}

BOOST_AUTO_TEST_CASE(call_that_gets_no_connection_ends_in_its_time) {
  scripted_server server({{"", true}});
  auto how = at(server);
  how.connections = 1;
  how.timeout = std::chrono::milliseconds(100);
  asio::thread_pool threads(1);
  client::async_daemon const daemon(threads.get_executor(), how);
  auto first = asio::co_spawn(threads, daemon.ask(get("/")), asio::use_future);
  auto second = asio::co_spawn(threads, daemon.ask(get("/")), asio::use_future);
  BOOST_TEST((code_of(first.get()) == errc::timed_out));
  BOOST_TEST((code_of(second.get()) == errc::timed_out));
}

BOOST_AUTO_TEST_CASE(calls_may_be_cancelled_while_they_wait_for_an_answer_or_a_connection) {
  scripted_server server({{"", true}, {json_answer("1")}});
  auto how = at(server);
  how.connections = 1;
  asio::io_context context;
  client::async_daemon const daemon(context.get_executor(), how);
  asio::cancellation_signal stop_first;
  asio::cancellation_signal stop_second;
  std::vector<errc> ends;
  auto const note = [&](std::exception_ptr const& bug, client::result<client::answer> const& told) {
    BOOST_TEST(!bug);
    ends.push_back(code_of(told));
  };
  asio::co_spawn(context, daemon.ask(get("/")), asio::bind_cancellation_slot(stop_first.slot(), note));
  asio::co_spawn(context, daemon.ask(get("/")), asio::bind_cancellation_slot(stop_second.slot(), note));
  while (server.requests().empty()) {
    context.run_for(std::chrono::milliseconds(1));
  }
  asio::post(context, [&] { stop_second.emit(asio::cancellation_type::terminal); });
  asio::post(context, [&] { stop_first.emit(asio::cancellation_type::terminal); });
  context.run();
  BOOST_TEST((ends == std::vector{errc::cancelled, errc::cancelled}));
  client::running<client::result<client::answer>> third;
  third.start(context, daemon.ask(get("/")));
  context.restart();
  context.run();
  BOOST_TEST(third.take()->body == "1");
}

BOOST_AUTO_TEST_CASE(daemon_may_go_while_it_is_asked) {
  scripted_server server({{json_answer("1")}});
  asio::io_context context;
  client::running<client::result<client::answer>> call;
  {
    client::async_daemon const daemon(context.get_executor(), at(server));
    call.start(context, daemon.ask(get("/")));
  }
  context.run();
  BOOST_TEST(call.take()->body == "1");
}

BOOST_AUTO_TEST_CASE(context_may_end_while_calls_wait) {
  scripted_server server({{"", true}});
  auto how = at(server);
  how.connections = 1;
  asio::io_context context;
  client::async_daemon const daemon(context.get_executor(), how);
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(context, daemon.ask(get("/")), asio::detached);
  }
  while (server.requests().empty()) {
    context.run_for(std::chrono::milliseconds(1));
  }
}

BOOST_AUTO_TEST_SUITE_END()
