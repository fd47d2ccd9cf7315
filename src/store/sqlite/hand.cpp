#include "store/sqlite/hand.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace consentd::store::sqlite {
namespace {

constexpr std::uint64_t magic = 0x31646e6168646363; // "ccdhand1"
constexpr std::uint64_t running = 1;
constexpr std::uint64_t stopped = 2;

using header = std::array<std::uint64_t, 3>; // magic, run, state

// Room for these is taken at the start, so that a full disk does not come into it later.
constexpr std::size_t ready_slots = 509; // with the header one page

::off_t place_of(std::size_t slot) noexcept {
  return static_cast<::off_t>(sizeof(header) + slot * sizeof(std::int64_t));
}

template <class Whole>
bool write_at(int file, Whole const& data, ::off_t at) noexcept {
  return ::pwrite(file, &data, sizeof data, at) == static_cast<::ssize_t>(sizeof data);
}

} // namespace

hand_file::hand_file(std::string path) : path_(std::move(path)), file_(open_private(path_)) {
}

left_in_hand hand_file::read(bool existed) const {
  left_in_hand found;
  header head{};
  if (::pread(file_.get(), head.data(), sizeof head, 0) != static_cast<::ssize_t>(sizeof head) || head[0] != magic) {
    found.clean = !existed;
    return found;
  }
  found.run = head[1];
  found.clean = head[2] == stopped;
  std::int64_t delivery = 0;
  for (std::size_t slot = 0;
       ::pread(file_.get(), &delivery, sizeof delivery, place_of(slot)) == static_cast<::ssize_t>(sizeof delivery);
       ++slot) {
    if (delivery != 0) {
      found.deliveries.push_back(delivery);
    }
  }
  return found;
}

void hand_file::begin(std::uint64_t run) {
  run_ = run;
  std::array<std::int64_t, ready_slots> const empty{};
  bool const written = ::ftruncate(file_.get(), 0) == 0 && write_at(file_.get(), empty, place_of(0)) &&
                       write_at(file_.get(), header{magic, run, running}, 0) && ::fsync(file_.get()) == 0;
  if (!written) {
    throw std::runtime_error(path_ + ": cannot be written: " + std::generic_category().message(errno));
  }
}

bool hand_file::put(std::size_t slot, std::int64_t delivery) noexcept {
  return write_at(file_.get(), delivery, place_of(slot));
}

void hand_file::end() noexcept {
  // When this fails the next start takes the stop for an unclean one, which costs time alone.
  static_cast<void>(write_at(file_.get(), header{magic, run_, stopped}, 0) && ::fsync(file_.get()) == 0);
}

} // namespace consentd::store::sqlite
