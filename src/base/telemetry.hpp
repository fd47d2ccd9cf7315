// What the daemon's parts count and time; `ops` implements it as Prometheus metrics.
#ifndef CONSENTD_BASE_TELEMETRY_HPP
#define CONSENTD_BASE_TELEMETRY_HPP

#include <chrono>
#include <cstdint>
#include <string_view>

namespace consentd {

// The steps whose duration is kept as a histogram.
enum class stage : std::uint8_t {
  acknowledge, // first byte of a request read until its answer is written
  commit,      // a group waits for and gets its fsync
  open,        // decrypt, verify and read one event
  apply        // receipt until the outcome is on disk
};

// Implementations are safe to call from any thread, never block and never throw.
class telemetry {
public:
  virtual ~telemetry() = default;
  // A delivery was answered; `why` is a reason's name, or "stored" or "redelivered".
  virtual void answered(unsigned status, std::string_view why) noexcept = 0;
  // A verified event was decided; the disposition's name, "held", or "unknown" of a family that is passed on.
  virtual void decided(std::string_view disposition) noexcept = 0;
  // A delivery went to quarantine; the reason's name.
  virtual void quarantined(std::string_view why) noexcept = 0;
  virtual void timed(stage what, std::chrono::nanoseconds took) noexcept = 0;
  // Deliveries acknowledged and not yet settled: to be opened, and waiting for a consent or for keys.
  virtual void inbox(std::uint64_t pending, std::uint64_t waiting) noexcept = 0;
};

// Drops everything; for tests and offline tools. Lives as long as the program.
telemetry& silent_telemetry() noexcept;

} // namespace consentd

#endif
