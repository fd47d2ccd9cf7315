// Bytes that must not be copied, printed or left behind in memory.
#ifndef CONSENTD_BASE_SECRET_HPP
#define CONSENTD_BASE_SECRET_HPP

#include <cstddef>
#include <memory>
#include <span>

namespace consentd {

// A buffer of a fixed size, wiped when it ends or is moved from. No copy, no stream operator, no conversion to a
// string.
class secret {
public:
  secret() noexcept = default;
  // `size` bytes of zero.
  explicit secret(std::size_t size);
  secret(secret&& other) noexcept;
  secret& operator=(secret&& other) noexcept;
  secret(secret const&) = delete;
  secret& operator=(secret const&) = delete;
  ~secret();

  std::span<unsigned char> bytes() noexcept { return {bytes_.get(), size_}; }
  std::span<unsigned char const> bytes() const noexcept { return {bytes_.get(), size_}; }
  std::size_t size() const noexcept { return size_; }

  // Forgets (and wipes) all from `size` on; `size` must not be above size().
  void shrink(std::size_t size) noexcept;

private:
  std::unique_ptr<unsigned char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

} // namespace consentd

#endif
