#include "store/sqlite/hand.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace consentd::store::sqlite {
namespace {

constexpr std::uint64_t magic = 0x32646e6168646363; // "ccdhand2"
constexpr std::uint64_t running = 1;
constexpr std::uint64_t stopped = 2;

constexpr std::size_t epoch_bytes = 32;

struct header {
  std::uint64_t magic = 0;
  std::uint64_t run = 0;
  std::uint64_t state = 0;
  std::uint64_t last = 0;
  std::array<char, epoch_bytes> epoch{};
};

// Room for these is taken at the start, so that a full disk does not come into it later.
constexpr std::size_t ready_slots = 504;

// Written at once, so that a process that dies at its start leaves the header of before or its own, never none.
struct first_page {
  header head;
  std::array<std::int64_t, ready_slots> slots{};
};
static_assert(sizeof(first_page) == 4096);

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
  header head;
  auto const got = ::pread(file_.get(), &head, sizeof head, 0);
  if (got < 0) {
    // What cannot be read is not "none": that would be taken for a restore.
    throw std::runtime_error(path_ + ": cannot be read: " + std::generic_category().message(errno));
  }
  if (got != static_cast<::ssize_t>(sizeof head) || head.magic != magic) {
    found.clean = !existed;
    return found;
  }
  found.known = true;
  found.run = head.run;
  found.clean = head.state == stopped;
  found.epoch.assign(head.epoch.data(), head.epoch.size());
  found.last = head.last;
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

void hand_file::begin(std::uint64_t run, std::string const& epoch, std::uint64_t last) {
  first_page page{{magic, run, running, last, {}}, {}};
  epoch.copy(page.head.epoch.data(), page.head.epoch.size());
  bool const written =
      ::ftruncate(file_.get(), sizeof page) == 0 && write_at(file_.get(), page, 0) && ::fsync(file_.get()) == 0;
  if (!written) {
    throw std::runtime_error(path_ + ": cannot be written: " + std::generic_category().message(errno));
  }
}

bool hand_file::put(std::size_t slot, std::int64_t delivery) noexcept {
  return write_at(file_.get(), delivery, place_of(slot));
}

void hand_file::put_last(std::uint64_t sequence) noexcept {
  // When this fails a backup that is put here may go unnoticed, if nothing else tells of it.
  static_cast<void>(write_at(file_.get(), sequence, offsetof(header, last)));
}

void hand_file::end() noexcept {
  // When this fails the next start takes the stop for an unclean one, which costs time alone.
  static_cast<void>(write_at(file_.get(), stopped, offsetof(header, state)) && ::fsync(file_.get()) == 0);
}

} // namespace consentd::store::sqlite
