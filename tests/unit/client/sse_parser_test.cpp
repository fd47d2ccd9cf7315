#include "client/sse_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace consentd;
using client::sse_event;
using client::sse_parser;

namespace {

struct reading {
  explicit reading(std::size_t bound = 1024) : parser(bound) {}
  client::result<bool> feed(std::string_view bytes) {
    return parser.feed(bytes, [this](sse_event const& one) {
      events.push_back(one);
      return true;
    });
  }
  sse_parser parser;
  std::vector<sse_event> events;
};

std::string const two =
    "retry: 1000\nid: e-0\n\nid: e-1\nevent: status\ndata: {\"a\":1}\n\n: note\nid: e-2\ndata: x\n\n";

} // namespace

BOOST_AUTO_TEST_SUITE(sse)

BOOST_AUTO_TEST_CASE(events_come_whole_however_the_bytes_are_cut) {
  for (std::size_t size = 1; size <= two.size(); ++size) {
    reading in;
    for (std::size_t at = 0; at < two.size(); at += size) {
      BOOST_TEST_REQUIRE(in.feed(std::string_view(two).substr(at, size)).has_value());
    }
    BOOST_TEST_REQUIRE(in.events.size() == 2U);
    BOOST_TEST(in.events[0].id == "e-1");
    BOOST_TEST(in.events[0].type == "status");
    BOOST_TEST(in.events[0].data == "{\"a\":1}");
    BOOST_TEST(in.events[1].id == "e-2");
    BOOST_TEST(in.events[1].type == "message");
  }
}

BOOST_AUTO_TEST_CASE(all_line_ends_count) {
  reading in;
  in.feed("id: 1\r\ndata: a\r\n\r\nid: 2\rdata: b\r\rid: 3\ndata: c\n\n");
  BOOST_TEST_REQUIRE(in.events.size() == 3U);
  BOOST_TEST(in.events[1].data == "b");
  BOOST_TEST(in.events[2].id == "3");
}

BOOST_AUTO_TEST_CASE(an_id_without_data_moves_the_place_and_calls_nobody) {
  reading in;
  in.feed("id: e-7\n\n");
  BOOST_TEST(in.events.empty());
  BOOST_TEST(in.parser.place() == "e-7");
  in.feed(": heartbeat\nid: e-9\n");
  BOOST_TEST(in.parser.place() == "e-7"); // not complete yet
  in.feed("\n");
  BOOST_TEST(in.parser.place() == "e-9");
}

BOOST_AUTO_TEST_CASE(half_an_event_moves_nothing) {
  reading in;
  in.feed("id: e-1\ndata: a\n\nid: e-2\ndata: b\n");
  BOOST_TEST(in.events.size() == 1U);
  BOOST_TEST(in.parser.place() == "e-1");
}

BOOST_AUTO_TEST_CASE(data_lines_are_joined_and_one_space_is_dropped) {
  reading in;
  in.feed("data:a\ndata:  b\ndata\n\n");
  BOOST_TEST(in.events.front().data == "a\n b\n");
}

BOOST_AUTO_TEST_CASE(a_callback_can_end_it) {
  sse_parser parser;
  int calls = 0;
  auto const more = parser.feed("id: 1\ndata: a\n\nid: 2\ndata: b\n\n", [&](sse_event const&) {
    ++calls;
    return false;
  });
  BOOST_TEST(more.value() == false);
  BOOST_TEST(calls == 1);
  BOOST_TEST(parser.place() == "1");
}

BOOST_AUTO_TEST_CASE(lines_and_events_are_bounded) {
  reading line(64);
  BOOST_TEST(line.feed(std::string(64, 'x')).has_value());
  BOOST_TEST((line.feed("x").error().code == client::errc::too_large));
  reading data(64);
  BOOST_TEST(data.feed("data: " + std::string(50, 'x') + "\n").has_value());
  BOOST_TEST((data.feed("data: " + std::string(50, 'x') + "\n").error().code == client::errc::too_large));
}

BOOST_AUTO_TEST_SUITE_END()
