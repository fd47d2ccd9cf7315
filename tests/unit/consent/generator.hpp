// Made-up lives for the tests of properties: the same ones in every run, on every machine.
#ifndef CONSENTD_TESTS_UNIT_CONSENT_GENERATOR_HPP
#define CONSENTD_TESTS_UNIT_CONSENT_GENERATOR_HPP

#include "base/time.hpp"
#include "tests/unit/consent/sample.hpp"

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <numeric>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace consentd::consent::sample {

// Change it to look elsewhere; a failure names it.
inline constexpr unsigned seed = 20260327;

class generator {
public:
  explicit generator(std::string_view property) : random_(seed) { std::cout << property << ": seed " << seed << '\n'; }

  // 0 to bound - 1. Not std::uniform_int_distribution, which differs from library to library.
  std::size_t draw(std::size_t bound) { return random_() % bound; }
  template <class T>
  T const& one_of(std::vector<T> const& from) {
    return from.at(draw(from.size()));
  }

  // Each later than the one before, by a microsecond or by days; all long before later().
  timestamp next_time() {
    constexpr std::chrono::microseconds steps[]{std::chrono::microseconds(1), std::chrono::seconds(1),
                                                std::chrono::minutes(7), std::chrono::hours(50)};
    time_ += steps[draw(4)];
    return time_;
  }
  void begin_life() { time_ = minute(0); }

  // Every order of so few things, or so many drawn ones.
  template <class Check>
  void for_orders(std::size_t count, Check check) {
    constexpr std::size_t few = 6;
    constexpr int drawn = 300;
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (count <= few) {
      do {
        check(order);
      } while (std::next_permutation(order.begin(), order.end()));
      return;
    }
    for (int i = 0; i < drawn; ++i) {
      for (std::size_t last = count; last > 1; --last) {
        std::swap(order[last - 1], order[draw(last)]);
      }
      check(order);
    }
  }

private:
  std::mt19937 random_; // NOLINT(cert-msc32-c,cert-msc51-cpp): on purpose
  timestamp time_ = minute(0);
};

} // namespace consentd::consent::sample

#endif
