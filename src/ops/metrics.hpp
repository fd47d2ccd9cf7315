// The daemon's counters and histograms, as Prometheus reads them.
#ifndef CONSENTD_OPS_METRICS_HPP
#define CONSENTD_OPS_METRICS_HPP

#include "base/telemetry.hpp"
#include "base/time.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace consentd::ops {

// Every series exists from the start with the value zero, so that a dashboard can tell "never" from "not there", and no
// name from outside ever becomes a label: what is not known counts under "other". Any thread.
//
//   consentd_deliveries_answered_total{status,reason}   reason: "stored", "redelivered", or that of a refusal
//   consentd_events_total{disposition}
//   consentd_quarantined_total{reason}
//   consentd_inbox_pending, consentd_inbox_waiting
//   consentd_stage_seconds{stage}                       histograms from 50 µs to 10 s
//   consentd_build_info{version}, process_start_time_seconds
class metrics final : public telemetry {
public:
  metrics(std::string_view version, timestamp started);
  ~metrics() override;
  metrics(metrics const&) = delete;
  metrics& operator=(metrics const&) = delete;

  void answered(unsigned status, std::string_view why) noexcept override;
  void decided(std::string_view disposition) noexcept override;
  void quarantined(std::string_view why) noexcept override;
  void timed(stage what, std::chrono::nanoseconds took) noexcept override;
  void inbox(std::uint64_t pending, std::uint64_t waiting) noexcept override;

  // A value that something else keeps, asked for at each exposition on the thread that calls text(). `name` is a whole
  // metric name ("consentd_log_lines_dropped_total"); `read` must not block and must outlive the last text(). Before
  // the first text().
  enum class reading : std::uint8_t { counter, gauge };
  void add(reading what, std::string name, std::string help, std::function<double()> read);
  // The same of several values that labels tell apart; they may come and go.
  struct labelled {
    std::vector<std::pair<std::string, std::string>> labels;
    double value = 0;
  };
  void add(reading what, std::string name, std::string help, std::function<std::vector<labelled>()> read);

  // All of it in Prometheus' text format, version 0.0.4. Some 100 µs: fine for a scrape, not for a request.
  std::string text() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace consentd::ops

#endif
