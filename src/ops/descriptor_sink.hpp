// spdlog's way to a descriptor whose reader may be slow, or gone.
#ifndef CONSENTD_OPS_DESCRIPTOR_SINK_HPP
#define CONSENTD_OPS_DESCRIPTOR_SINK_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>

#include <spdlog/sinks/sink.h>

namespace consentd::ops {

// Writes each message as it is. Called by one thread, the logger's; hurry() and lost() by any.
class descriptor_sink final : public spdlog::sinks::sink {
public:
  // `after_line` is called after each line that was written, and may return another one to write (nothing: empty).
  descriptor_sink(int fd, std::function<std::string()> after_line);

  void log(spdlog::details::log_msg const& message) override;
  void flush() override {}
  // Messages are whole lines already.
  void set_pattern(std::string const& /*pattern*/) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

  // From `deadline` on a line that cannot be written at once is given up.
  void hurry(std::chrono::steady_clock::time_point deadline) noexcept;
  // Lines that were given up, or that the descriptor refused.
  std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

private:
  bool write(std::string_view line);
  ssize_t write_some(std::string_view bytes) const noexcept;
  bool wait_until_writable() const;

  int fd_;
  bool socket_;
  std::function<std::string()> after_line_;
  std::atomic<std::chrono::steady_clock::time_point> deadline_{std::chrono::steady_clock::time_point::max()};
  std::atomic<std::uint64_t> lost_{0};
};

} // namespace consentd::ops

#endif
