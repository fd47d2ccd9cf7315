#include "base/secret.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

namespace {

using consentd::secret;

// The one allocation whose end is watched: what it held when it was given back.
struct watch {
  void const* place = nullptr;
  std::size_t size = 0;
  bool freed = false;
  bool wiped = false;
};
watch watched;

void look(void const* place) noexcept {
  if (place != nullptr && place == watched.place) {
    auto const* const bytes = static_cast<unsigned char const*>(place);
    watched.freed = true;
    watched.wiped = std::all_of(bytes, bytes + watched.size, [](unsigned char byte) { return byte == 0; });
    watched.place = nullptr;
  }
}

secret filled(std::size_t size) {
  secret made(size);
  std::fill(made.bytes().begin(), made.bytes().end(), static_cast<unsigned char>(0xa5));
  return made;
}

void watch_memory_of(secret const& one) {
  watched = {one.bytes().data(), one.size(), false, false};
}

} // namespace

// Arrays of this program go through here, so that a test can see memory at the moment it is given back.
void* operator new[](std::size_t size) {
  if (void* const place = std::malloc(size == 0 ? 1 : size)) {
    return place;
  }
  throw std::bad_alloc();
}
void operator delete[](void* place) noexcept {
  look(place);
  std::free(place);
}
void operator delete[](void* place, std::size_t /*size*/) noexcept {
  look(place);
  std::free(place);
}

BOOST_AUTO_TEST_SUITE(secret_)

BOOST_AUTO_TEST_CASE(cannot_be_copied) {
  BOOST_TEST(!std::is_copy_constructible_v<secret>);
  BOOST_TEST(!std::is_copy_assignable_v<secret>);
}

BOOST_AUTO_TEST_CASE(starts_as_zero) {
  secret const fresh(32);
  BOOST_TEST(fresh.size() == 32U);
  BOOST_TEST(std::count(fresh.bytes().begin(), fresh.bytes().end(), 0) == 32);
}

BOOST_AUTO_TEST_CASE(is_wiped_when_it_ends) {
  {
    auto const key = filled(48);
    watch_memory_of(key);
  }
  BOOST_TEST(watched.freed);
  BOOST_TEST(watched.wiped);
}

BOOST_AUTO_TEST_CASE(is_wiped_when_another_takes_its_place) {
  auto key = filled(48);
  watch_memory_of(key);
  key = filled(16);
  BOOST_TEST(watched.freed);
  BOOST_TEST(watched.wiped);
  BOOST_TEST(key.size() == 16U);
}

BOOST_AUTO_TEST_CASE(is_wiped_whole_after_it_was_shrunk) {
  {
    auto key = filled(48);
    watch_memory_of(key);
    key.shrink(4);
  }
  BOOST_TEST(watched.freed);
  BOOST_TEST(watched.wiped);
}

BOOST_AUTO_TEST_CASE(moving_hands_over_the_memory_and_leaves_nothing) {
  auto from = filled(8);
  auto const* const place = from.bytes().data();
  secret const to(std::move(from));
  BOOST_TEST(to.bytes().data() == place);
  BOOST_TEST(to.size() == 8U);
  BOOST_TEST(from.size() == 0U); // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move): the promise
  BOOST_TEST(from.bytes().empty());
}

BOOST_AUTO_TEST_CASE(shrinking_wipes_what_it_forgets) {
  auto key = filled(8);
  auto const all = key.bytes();
  key.shrink(3);
  BOOST_TEST(key.size() == 3U);
  BOOST_TEST(std::count(all.begin(), all.begin() + 3, 0xa5) == 3);
  BOOST_TEST(std::count(all.begin() + 3, all.end(), 0) == 5);
}

BOOST_AUTO_TEST_SUITE_END()
