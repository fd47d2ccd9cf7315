#include "ops/log_line.hpp"

#include "json/document.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace consentd::ops {
namespace {

timestamp const when{std::chrono::seconds(1774617600)};

std::string text(std::string value, log_format format = log_format::text) {
  log_field const field{"f", std::move(value)};
  auto const line = log_line(format, when, severity::info, "e", {&field, 1});
  auto const at = line.find(" f=");
  return at == std::string::npos ? line : line.substr(at + 3, line.size() - at - 4);
}

// What a JSON line says of the field.
std::string through_json(std::string value) {
  auto const read = json::document::parse(text(std::move(value), log_format::json), {});
  BOOST_TEST_REQUIRE(read.has_value());
  return std::string(read->root().find_string("f").value());
}

} // namespace

BOOST_AUTO_TEST_SUITE(log_lines)

BOOST_AUTO_TEST_CASE(text_has_time_level_event_and_fields) {
  log_field const fields[] = {{"status", "401"}, {"detail", "exp is past"}};
  BOOST_TEST(log_line(log_format::text, when, severity::warning, "delivery refused", fields) ==
             "2026-03-27T13:20:00Z warning delivery refused status=401 detail=\"exp is past\"\n");
}

BOOST_AUTO_TEST_CASE(journal_lines_begin_with_the_priority) {
  auto const start = [](severity level) { return log_line(log_format::journal, when, level, "e", {}); };
  BOOST_TEST(start(severity::debug) == "<7>e\n");
  BOOST_TEST(start(severity::info) == "<6>e\n");
  BOOST_TEST(start(severity::warning) == "<4>e\n");
  BOOST_TEST(start(severity::error) == "<3>e\n");
}

BOOST_AUTO_TEST_CASE(json_line_is_one_object) {
  log_field const fields[] = {{"status", "401"}, {"detail", "a\"b\nc"}};
  auto const line = log_line(log_format::json, when, severity::error, "delivery refused", fields);
  BOOST_TEST(line ==
             "{\"time\":\"2026-03-27T13:20:00Z\",\"level\":\"error\",\"event\":\"delivery refused\",\"status\":\"401\","
             "\"detail\":\"a\\\"b\\nc\"}\n");
}

BOOST_AUTO_TEST_CASE(values_cannot_end_a_line_or_begin_a_field) {
  BOOST_TEST(text("a\nb") == "\"a\\nb\"");
  BOOST_TEST(text("a\" status=200 x=\"") == "\"a\\\" status=200 x=\\\"\"");
  BOOST_TEST(text("a status=200") == "\"a status=200\"");
  BOOST_TEST(text("a=b") == "\"a=b\"");
  BOOST_TEST(text("a\\") == "\"a\\\\\"");
  BOOST_TEST(text("") == "\"\"");
  BOOST_TEST(text("\r\t\x1b[2J\x7f") == "\"\\r\\t\\x1b[2J\\x7f\"");
  BOOST_TEST(text(std::string("a\0b", 3)) == "\"a\\x00b\"");
}

BOOST_AUTO_TEST_CASE(foreign_letters_stay_and_deceptive_ones_do_not) {
  BOOST_TEST(text("مصرف é €") == "\"مصرف é €\"");
  BOOST_TEST(text("\U0001F600") == "\"\U0001F600\"");
  BOOST_TEST(text("a\u202eb") == "\"a\\xe2\\x80\\xaeb\"");
  BOOST_TEST(text("a\u2028b") == "\"a\\xe2\\x80\\xa8b\"");
  BOOST_TEST(text("a\u0085b") == "\"a\\xc2\\x85b\"");
  BOOST_TEST(text("\ufeff") == "\"\\xef\\xbb\\xbf\"");
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_is_shown_as_bytes) {
  BOOST_TEST(text("a\xff\xc3") == "\"a\\xff\\xc3\"");
  BOOST_TEST(text("\xed\xa0\x80") == "\"\\xed\\xa0\\x80\"");
  BOOST_TEST(through_json("a\xff") == "a\ufffd");
}

BOOST_AUTO_TEST_CASE(values_are_cut_at_512_bytes) {
  BOOST_TEST(text(std::string(512, 'a')) == std::string(512, 'a'));
  BOOST_TEST(text(std::string(513, 'a')) == '"' + std::string(512, 'a') + "\u2026\"");
  BOOST_TEST(through_json(std::string(100000, 'a')) == std::string(512, 'a') + "\u2026");
}

BOOST_AUTO_TEST_CASE(cut_falls_between_characters) {
  BOOST_TEST(through_json(std::string(511, 'a') + "\u00e9b") == std::string(511, 'a') + "\u2026");
  BOOST_TEST(through_json(std::string(509, 'a') + "\U0001F600b") == std::string(509, 'a') + "\u2026");
  BOOST_TEST(through_json(std::string(510, 'a') + "\u00e9b") == std::string(510, 'a') + "\u00e9\u2026");
  // No character at all: as many continuation bytes as there can be, and more.
  BOOST_TEST(text(std::string(600, '\x80')).size() > 4U * 509U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::ops
