#include "ops/descriptor_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace consentd::ops {
namespace {

// How soon hurry() is noticed by a thread that waits for a reader.
constexpr std::chrono::milliseconds tick{50};

bool is_socket(int fd) noexcept {
  struct stat about {};
  return ::fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode);
}

} // namespace

descriptor_sink::descriptor_sink(int fd, std::function<std::string()> after_line)
    : fd_(fd), socket_(is_socket(fd)), after_line_(std::move(after_line)) {
}

void descriptor_sink::log(spdlog::details::log_msg const& message) {
  if (!write({message.payload.data(), message.payload.size()})) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (auto const more = after_line_(); !more.empty()) {
    write(more);
  }
}

void descriptor_sink::hurry(std::chrono::steady_clock::time_point deadline) noexcept {
  deadline_.store(deadline);
}

bool descriptor_sink::write(std::string_view line) {
  while (!line.empty()) {
    if (!wait_until_writable()) {
      return false;
    }
    auto const written = write_some(line);
    if (written > 0) {
      line.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0 || (errno != EINTR && errno != EAGAIN)) {
      return false;
    }
  }
  return true;
}

// At most PIPE_BUF bytes: so many a writable pipe takes at once (pipe(7)). The descriptor is shared with other
// processes and must not be switched to non-blocking.
ssize_t descriptor_sink::write_some(std::string_view bytes) const noexcept {
  auto const piece = bytes.substr(0, PIPE_BUF);
  return socket_ ? ::send(fd_, piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                 : ::write(fd_, piece.data(), piece.size());
}

bool descriptor_sink::wait_until_writable() const {
  for (;;) {
    auto const left =
        std::chrono::floor<std::chrono::milliseconds>(deadline_.load() - std::chrono::steady_clock::now());
    pollfd about{fd_, POLLOUT, 0};
    int const ready =
        ::poll(&about, 1, static_cast<int>(std::clamp(left, std::chrono::milliseconds::zero(), tick).count()));
    if (ready > 0) {
      return (about.revents & POLLOUT) != 0;
    }
    if (ready < 0 && errno != EINTR) {
      return false;
    }
    if (std::chrono::steady_clock::now() >= deadline_.load()) {
      return false;
    }
  }
}

} // namespace consentd::ops
