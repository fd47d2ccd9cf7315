// Bytes received and not yet used.
#ifndef CONSENTD_NET_READ_BUFFER_HPP
#define CONSENTD_NET_READ_BUFFER_HPP

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace consentd::net {

// A buffer that never holds more than `limit` bytes, keeps them in one piece, and owns no memory while it is empty and
// released: an idle connection costs none.
class read_buffer {
public:
  explicit read_buffer(std::size_t limit) noexcept;

  std::string_view bytes() const noexcept { return {memory_.get() + begin_, end_ - begin_}; }
  bool empty() const noexcept { return begin_ == end_; }
  bool full() const noexcept { return end_ - begin_ == limit_; }

  // Room for more, empty only when full(). Views from bytes() end here. Throws std::bad_alloc.
  std::span<char> prepare();
  // `size` bytes of the room are now filled.
  void commit(std::size_t size) noexcept;
  // When bytes last came in.
  std::chrono::steady_clock::time_point filled() const noexcept { return filled_; }
  // The first `size` bytes are used; at most bytes().size().
  void consume(std::size_t size) noexcept;
  // Gives the memory back when nothing is in it.
  void release() noexcept;

private:
  void grow();

  std::size_t limit_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::chrono::steady_clock::time_point filled_;
};

} // namespace consentd::net

#endif
