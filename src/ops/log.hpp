// The log on standard error: one line for each entry, written by a thread of its own.
#ifndef CONSENTD_OPS_LOG_HPP
#define CONSENTD_OPS_LOG_HPP

#include "base/log.hpp"
#include "base/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace consentd::ops {

enum class log_format : std::uint8_t {
  text,    // 2026-03-27T13:27:13.25Z warning delivery refused reason=bearer-expired
  journal, // <4>delivery refused reason=…: priorities as sd-daemon(3) writes them; the journal has the time
  json     // {"time":…,"level":…,"event":…, and the fields}
};

struct log_options {
  severity least = severity::info;
  log_format format = log_format::text;
  int fd = 2;               // not owned; must stay open as long as the log
  std::size_t queue = 2048; // lines that may wait for a slow reader; beyond, the oldest are dropped and counted
  std::chrono::milliseconds patience{2000}; // how long the end waits for a reader that reads nothing
};

// True when descriptor `fd` leads to the journal: systemd names it in JOURNAL_STREAM (systemd.exec(5)).
bool leads_to_journal(int fd) noexcept;

// A log_sink whose write() formats the line on the caller's thread and queues it: never blocks on the reader. Values
// are cut at 512 bytes; control characters, quotes, what is not UTF-8 and what could reorder a terminal's line are
// escaped.
class log final : public log_sink {
public:
  // `now` must outlive it. Starts the thread; throws std::system_error when there can be none.
  log(log_options const& how, clock const& now);
  // Writes what waits, for as long as `patience`.
  ~log() override;
  log(log const&) = delete;
  log& operator=(log const&) = delete;

  void write(severity level, std::string_view event, std::initializer_list<log_field> fields) noexcept override;

  // While running; any thread.
  void set_level(severity least) noexcept;
  // Lines that were never written. Any thread.
  std::uint64_t dropped() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace consentd::ops

#endif
