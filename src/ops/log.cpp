#include "ops/log.hpp"

#include "ops/descriptor_sink.hpp"
#include "ops/log_line.hpp"

#include <atomic>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

namespace consentd::ops {
namespace {

// Signals are for the threads that wait for them; and with SIGPIPE blocked a reader that went away is an error, not the
// end.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

} // namespace

bool leads_to_journal(int fd) noexcept {
  char const* const named = std::getenv("JOURNAL_STREAM"); // NOLINT(concurrency-mt-unsafe): set before main, by systemd
  struct stat about {};
  if (named == nullptr || ::fstat(fd, &about) != 0) {
    return false;
  }
  try {
    return named == std::to_string(about.st_dev) + ':' + std::to_string(about.st_ino);
  } catch (...) {
    return false;
  }
}

struct log::state {
  state(log_options const& how, clock const& clock)
      : now(clock), format(how.format), patience(how.patience), least(how.least),
        pool(std::make_shared<spdlog::details::thread_pool>(how.queue, 1, &block_signals)),
        sink(std::make_shared<descriptor_sink>(how.fd, [this] { return notice_of_drops(); })),
        logger(std::make_shared<spdlog::async_logger>("consentd", sink, pool,
                                                      spdlog::async_overflow_policy::overrun_oldest)) {
    logger->set_level(spdlog::level::trace);
    // spdlog's own handler would write to standard error from the caller's thread.
    logger->set_error_handler(
        [this](std::string const& /*why*/) { unwritten.fetch_add(1, std::memory_order_relaxed); });
  }

  std::uint64_t dropped() const {
    return queue->overrun_counter() + sink->lost() + unwritten.load(std::memory_order_relaxed);
  }

  // On the logger's thread.
  std::string notice_of_drops() {
    auto const all = dropped();
    if (all == reported) {
      return {};
    }
    log_field const count{"count", std::to_string(all - std::exchange(reported, all))};
    return log_line(format, now.now(), severity::warning, "log lines dropped", {&count, 1});
  }

  clock const& now;
  log_format format;
  std::chrono::milliseconds patience;
  std::atomic<severity> least;
  std::atomic<std::uint64_t> unwritten{0};
  std::uint64_t reported = 0; // by notice_of_drops() alone
  std::shared_ptr<spdlog::details::thread_pool> pool;
  // `pool` is null already while its thread is joined, and that thread still asks for the drops.
  spdlog::details::thread_pool* queue = pool.get();
  std::shared_ptr<descriptor_sink> sink;
  std::shared_ptr<spdlog::async_logger> logger;
};

log::log(log_options const& how, clock const& now) : state_(std::make_unique<state>(how, now)) {
}

log::~log() {
  state_->sink->hurry(std::chrono::steady_clock::now() + state_->patience);
  state_->pool.reset(); // joins its thread once the queue is empty; all that the thread uses is still there
}

void log::write(severity level, std::string_view event, std::initializer_list<log_field> fields) noexcept {
  if (level < state_->least.load(std::memory_order_relaxed)) {
    return;
  }
  try {
    auto const line = log_line(state_->format, state_->now.now(), level, event, {fields.begin(), fields.size()});
    state_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {
    state_->unwritten.fetch_add(1, std::memory_order_relaxed);
  }
}

void log::set_level(severity least) noexcept {
  state_->least.store(least, std::memory_order_relaxed);
}

std::uint64_t log::dropped() const noexcept {
  return state_->dropped();
}

} // namespace consentd::ops
