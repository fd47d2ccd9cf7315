#include "net/read_buffer.hpp"

#include <algorithm>

namespace consentd::net {
namespace {

// A request of the Hub, header and body, comes to about this.
constexpr std::size_t first_capacity = 8192;

} // namespace

read_buffer::read_buffer(std::size_t limit) noexcept : limit_{std::max<std::size_t>(limit, 1)} {
}

std::span<char> read_buffer::prepare() {
  if (end_ == capacity_) {
    grow();
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void read_buffer::commit(std::size_t size) noexcept {
  end_ += size;
  filled_ = std::chrono::steady_clock::now();
}

void read_buffer::consume(std::size_t size) noexcept {
  begin_ += size;
  if (begin_ == end_) {
    begin_ = end_ = 0;
  }
}

void read_buffer::release() noexcept {
  if (empty()) {
    memory_.reset();
    capacity_ = begin_ = end_ = 0;
  }
}

void read_buffer::grow() {
  auto const kept = bytes();
  if (begin_ == 0 && capacity_ < limit_) {
    auto const wanted = std::min(limit_, std::max(first_capacity, capacity_ * 2));
    std::unique_ptr<char[]> larger{new char[wanted]};
    std::copy(kept.begin(), kept.end(), larger.get());
    memory_ = std::move(larger);
    capacity_ = wanted;
    return;
  }
  std::copy(kept.begin(), kept.end(), memory_.get());
  end_ = kept.size();
  begin_ = 0;
}

} // namespace consentd::net
