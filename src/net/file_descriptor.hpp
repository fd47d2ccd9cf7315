// A descriptor with one owner.
#ifndef CONSENTD_NET_FILE_DESCRIPTOR_HPP
#define CONSENTD_NET_FILE_DESCRIPTOR_HPP

#include <unistd.h>
#include <utility>

namespace consentd::net {

class file_descriptor {
public:
  file_descriptor() noexcept = default;
  // Takes over `fd`; negative for none.
  explicit file_descriptor(int fd) noexcept : fd_{fd} {}
  file_descriptor(file_descriptor&& other) noexcept : fd_{other.release()} {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    file_descriptor old{std::exchange(fd_, other.release())};
    return *this;
  }
  file_descriptor(file_descriptor const&) = delete;
  file_descriptor& operator=(file_descriptor const&) = delete;
  ~file_descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  explicit operator bool() const noexcept { return fd_ >= 0; }
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }

private:
  int fd_ = -1;
};

} // namespace consentd::net

#endif
