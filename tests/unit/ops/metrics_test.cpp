#include "ops/metrics.hpp"

#include "base/reason.hpp"
#include "consent/status.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace consentd::ops {
namespace {

struct counting {
  metrics counters{"1.2.3", timestamp(std::chrono::seconds(1700000000))};

  // The value of a series as it stands in the text; empty when there is none.
  std::string value(std::string const& series) const {
    auto const text = '\n' + counters.text();
    auto const at = text.find('\n' + series + ' ');
    if (at == std::string::npos) {
      return "";
    }
    auto const start = at + series.size() + 2;
    return text.substr(start, text.find('\n', start) - start);
  }

  std::size_t series_of(std::string const& name) const {
    auto const text = '\n' + counters.text();
    std::size_t count = 0;
    for (auto at = text.find('\n' + name); at != std::string::npos; at = text.find('\n' + name, at + 1)) {
      ++count;
    }
    return count;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_text, counting)

BOOST_AUTO_TEST_CASE(series_are_there_before_anything_happened) {
  BOOST_TEST(value(R"(consentd_deliveries_answered_total{reason="stored",status="202"})") == "0");
  BOOST_TEST(value(R"(consentd_deliveries_answered_total{reason="bearer-expired",status="401"})") == "0");
  BOOST_TEST(value(R"(consentd_deliveries_answered_total{reason="storage",status="503"})") == "0");
  BOOST_TEST(value(R"(consentd_events_total{disposition="held"})") == "0");
  BOOST_TEST(value(R"(consentd_quarantined_total{reason="issuer-mismatch"})") == "0");
  BOOST_TEST(value("consentd_inbox_pending") == "0");
  BOOST_TEST(value("consentd_inbox_waiting") == "0");
  BOOST_TEST(value(R"(consentd_stage_seconds_count{stage="commit"})") == "0");
  BOOST_TEST(value(R"(consentd_build_info{version="1.2.3"})") == "1");
  BOOST_TEST(value("process_start_time_seconds") == "1700000000");
}

BOOST_AUTO_TEST_CASE(every_disposition_has_its_series) {
  using consent::disposition;
  for (auto const each : {disposition::duplicate, disposition::stale, disposition::updated, disposition::refused,
                          disposition::late, disposition::applied, disposition::gap, disposition::deleted}) {
    counters.decided(to_string(each));
    BOOST_TEST(value("consentd_events_total{disposition=\"" + std::string(to_string(each)) + "\"}") == "1");
  }
  BOOST_TEST(value(R"(consentd_events_total{disposition="other"})") == "");
}

BOOST_AUTO_TEST_CASE(counts_go_to_their_series) {
  counters.answered(202, "stored");
  counters.answered(202, "stored");
  counters.answered(401, to_string(reason::bearer_expired));
  counters.quarantined(to_string(reason::signature));
  counters.inbox(7, 3);
  BOOST_TEST(value(R"(consentd_deliveries_answered_total{reason="stored",status="202"})") == "2");
  BOOST_TEST(value(R"(consentd_deliveries_answered_total{reason="stored",status="204"})") == "0");
  BOOST_TEST(value(R"(consentd_deliveries_answered_total{reason="bearer-expired",status="401"})") == "1");
  BOOST_TEST(value(R"(consentd_quarantined_total{reason="signature"})") == "1");
  BOOST_TEST(value("consentd_inbox_pending") == "7");
  BOOST_TEST(value("consentd_inbox_waiting") == "3");
}

BOOST_AUTO_TEST_CASE(unusual_pairs_are_counted_as_they_are) {
  counters.answered(500, to_string(reason::decryption));
  BOOST_TEST(value(R"(consentd_deliveries_answered_total{reason="decryption",status="500"})") == "1");
}

BOOST_AUTO_TEST_CASE(names_from_outside_never_become_series) {
  auto const before = series_of("consentd_");
  for (int i = 0; i < 1000; ++i) {
    auto const name = "x\"} 1\n" + std::to_string(i);
    counters.answered(200 + static_cast<unsigned>(i), name);
    counters.decided(name);
    counters.quarantined(name);
  }
  // "other" once for each status that is known, once for all other statuses, and once for each of the two.
  BOOST_TEST(series_of("consentd_") <= before + 16 + 2);
  BOOST_TEST(value(R"(consentd_quarantined_total{reason="other"})") == "1000");
  BOOST_TEST(value(R"(consentd_deliveries_answered_total{reason="other",status="other"})") ==
             std::to_string(1000 - 15));
}

BOOST_AUTO_TEST_CASE(durations_fall_into_buckets) {
  counters.timed(stage::open, std::chrono::microseconds(50));
  counters.timed(stage::open, std::chrono::microseconds(51));
  counters.timed(stage::open, std::chrono::seconds(10));
  counters.timed(stage::open, std::chrono::seconds(11));
  counters.timed(stage::open, std::chrono::seconds(-1));
  BOOST_TEST(value(R"(consentd_stage_seconds_bucket{stage="open",le="5e-05"})") == "2");
  BOOST_TEST(value(R"(consentd_stage_seconds_bucket{stage="open",le="0.0001"})") == "3");
  BOOST_TEST(value(R"(consentd_stage_seconds_bucket{stage="open",le="10"})") == "4");
  BOOST_TEST(value(R"(consentd_stage_seconds_bucket{stage="open",le="+Inf"})") == "5");
  BOOST_TEST(value(R"(consentd_stage_seconds_count{stage="open"})") == "5");
  BOOST_TEST(value(R"(consentd_stage_seconds_count{stage="apply"})") == "0");
}

BOOST_AUTO_TEST_CASE(readings_are_asked_for_at_each_exposition) {
  double kept = 1;
  counters.add(metrics::reading::counter, "consentd_log_lines_dropped_total", "Lines.", [&] { return kept; });
  counters.add(metrics::reading::gauge, "consentd_sessions", "Sessions.", [&] { return kept * 2; });
  BOOST_TEST(value("consentd_log_lines_dropped_total") == "1");
  kept = 5;
  BOOST_TEST(value("consentd_log_lines_dropped_total") == "5");
  BOOST_TEST(value("consentd_sessions") == "10");
  BOOST_TEST(counters.text().find("# TYPE consentd_log_lines_dropped_total counter") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_count_is_lost_between_threads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        counters.answered(500, "poison"); // made at its first use, by one of them
        counters.timed(stage::apply, std::chrono::milliseconds(1));
        if (i % 500 == 0) {
          counters.text();
        }
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  BOOST_TEST(value(R"(consentd_deliveries_answered_total{reason="poison",status="500"})") == "8000");
  BOOST_TEST(value(R"(consentd_stage_seconds_count{stage="apply"})") == "8000");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::ops
