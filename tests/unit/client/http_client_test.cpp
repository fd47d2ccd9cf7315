#include "client/http_client.hpp"
#include "tests/unit/client/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using client::event;
using client::event_reader;
using client::http_client;
using client::testing::scripted_server;

namespace {

client::settings at(scripted_server const& server) {
  client::settings how;
  how.socket_path = server.path();
  return how;
}

std::string answer(std::string const& status, std::string const& type, std::string const& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string const stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(std::string const& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string size;
  for (auto left = bytes.size(); left > 0; left /= 16) {
    size.insert(size.begin(), digits[left % 16]);
  }
  return size + "\r\n" + bytes + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(calls)

BOOST_AUTO_TEST_CASE(get_and_put_say_and_take_json) {
  scripted_server server(
      {{answer("200 OK", "application/json", "{}")}, {answer("201 Created", "application/json", "[]")}});
  http_client const client(at(server));
  auto const got = client.get("/v1/status");
  BOOST_TEST_REQUIRE(got.has_value());
  BOOST_TEST(got->status == 200U);
  BOOST_TEST(got->content_type == "application/json");
  BOOST_TEST(got->body == "{}");
  BOOST_TEST(client.put("/v1/consents/a", R"({"kind":"payment"})")->status == 201U);
  auto const asked = server.requests();
  BOOST_TEST(asked[0].starts_with("GET /v1/status HTTP/1.1\r\n"));
  BOOST_TEST(asked[1].find("Content-Type: application/json\r\n") != std::string::npos);
  BOOST_TEST(asked[1].ends_with("\r\n\r\n{\"kind\":\"payment\"}"));
}

BOOST_AUTO_TEST_CASE(an_answer_of_any_status_is_no_failure) {
  scripted_server server(
      {{answer("409 Conflict", "application/problem+json", R"({"title":"t","detail":"d","field":"f"})")}});
  auto const got = http_client(at(server)).get("/");
  BOOST_TEST_REQUIRE(got.has_value());
  BOOST_TEST(client::describe_problem(*got) == "t (f): d");
  BOOST_TEST(client::describe_problem({502, "text/html", "<html>"}) == "status 502");
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_not_there_is_disconnected) {
  client::settings how;
  how.socket_path = "/nonexistent/api.sock";
  auto const away = http_client(how).get("/");
  BOOST_TEST((away.error().code == reason::disconnected));
  BOOST_TEST(away.error().detail.starts_with("cannot reach the daemon at /nonexistent/api.sock: "));
  how.socket_path = std::string(200, 'x'); // no socket has so long a name
  BOOST_TEST((http_client(how).get("/").error().code == reason::disconnected));
}

BOOST_AUTO_TEST_CASE(an_answer_that_breaks_off_is_disconnected) {
  scripted_server server({{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}, {""}});
  http_client const client(at(server));
  BOOST_TEST((client.get("/").error().code == reason::disconnected));
  BOOST_TEST((client.get("/").error().code == reason::disconnected));
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_malformed) {
  scripted_server server({{"SSH-2.0-OpenSSH\r\n\r\n"}});
  BOOST_TEST((http_client(at(server)).get("/").error().code == reason::request_malformed));
}

BOOST_AUTO_TEST_CASE(silence_has_an_end) {
  scripted_server server({{"", true}, {stream_head + chunk("id: 1\ndata: a\n\n"), true}});
  auto how = at(server);
  how.timeout = std::chrono::milliseconds(50);
  how.stream_idle = std::chrono::milliseconds(50);
  BOOST_TEST((http_client(how).get("/").error().code == reason::request_timeout));
  event_reader reader(how, "/v1/events");
  BOOST_TEST((reader.read([](event const&) { return true; }).error().code == reason::request_timeout));
  BOOST_TEST(reader.place() == "1");
}

BOOST_AUTO_TEST_CASE(an_answer_is_bounded) {
  auto const body = std::string(1000, 'x');
  scripted_server server({{answer("200 OK", "text/plain", body)}, {answer("200 OK", "text/plain", body + "x")}});
  auto how = at(server);
  how.max_body_bytes = 1000;
  BOOST_TEST(http_client(how).get("/").has_value());
  BOOST_TEST((http_client(how).get("/").error().code == reason::body_too_large));
}

BOOST_AUTO_TEST_CASE(what_a_target_may_not_hold_is_encoded) {
  BOOST_TEST(client::percent_encode("aZ0-._~") == "aZ0-._~");
  BOOST_TEST(client::percent_encode("https://a?x=1&y#z +\xc3\xa9%") ==
             "https%3A%2F%2Fa%3Fx%3D1%26y%23z%20%2B%C3%A9%25");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(streams)

BOOST_AUTO_TEST_CASE(a_broken_stream_is_resumed_after_the_last_whole_event) {
  scripted_server server(
      {{stream_head + chunk("id: e-1\ndata: a\n\n") + chunk("id: e-2\nda")},
       {stream_head + chunk("id: e-2\ndata: b\n\n") + chunk(": heartbeat\nid: e-5\n\n") + "0\r\n\r\n"},
       {stream_head + chunk("id: e-6\ndata: c\n\n"), true}});
  std::string seen;
  auto const collect = [&](event const& one) {
    seen += one.id + "=" + one.data + " ";
    return one.data != "c";
  };
  event_reader reader(at(server), "/v1/events?kind=payment", "e-0");
  BOOST_TEST((reader.read(collect).error().code == reason::disconnected));
  BOOST_TEST(reader.place() == "e-1");
  BOOST_TEST(reader.reached());
  BOOST_TEST((reader.read(collect).error().code == reason::disconnected));
  BOOST_TEST(reader.read(collect).has_value());
  BOOST_TEST(seen == "e-1=a e-2=b e-6=c ");
  auto const asked = server.requests();
  BOOST_TEST(asked[0].find("Last-Event-ID: e-0\r\n") != std::string::npos);
  BOOST_TEST(asked[1].find("Last-Event-ID: e-1\r\n") != std::string::npos);
  BOOST_TEST(asked[2].find("Last-Event-ID: e-5\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_problem_instead_of_a_stream_is_a_failure_with_its_words) {
  scripted_server server({{answer("503 Service Unavailable", "application/problem+json", R"({"title":"Too many"})")},
                          {answer("200 OK", "text/html", "hello")}});
  event_reader reader(at(server), "/v1/events");
  auto const refused = reader.read([](event const&) { return true; });
  BOOST_TEST((refused.error().code == reason::storage));
  BOOST_TEST(refused.error().detail == "Too many");
  BOOST_TEST(!reader.reached());
  BOOST_TEST((reader.read([](event const&) { return true; }).error().code == reason::invalid_argument));
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_not_there_was_never_reached) {
  client::settings how;
  how.socket_path = "/nonexistent/api.sock";
  event_reader reader(how, "/v1/events", "e-1");
  BOOST_TEST((reader.read([](event const&) { return true; }).error().code == reason::disconnected));
  BOOST_TEST(!reader.reached());
  BOOST_TEST(reader.place() == "e-1");
}

BOOST_AUTO_TEST_SUITE_END()
