#include "ops/labelled_counters.hpp"

#include <algorithm>

namespace consentd::ops {
namespace {

constexpr std::string_view other = "other";

} // namespace

label_names::label_names(std::vector<std::string_view> names) : sorted_(std::move(names)) {
  sorted_.push_back(other);
  std::ranges::sort(sorted_);
  auto const twice = std::ranges::unique(sorted_);
  sorted_.erase(twice.begin(), twice.end());
  other_ = find(other);
}

std::size_t label_names::find(std::string_view name) const noexcept {
  auto const found = std::ranges::lower_bound(sorted_, name);
  bool const known = found != sorted_.end() && *found == name;
  return known ? static_cast<std::size_t>(found - sorted_.begin()) : other_;
}

labelled_counters::labelled_counters(prometheus::Family<prometheus::Counter>& family, prometheus::Labels fixed,
                                     std::string label, label_names const& names)
    : family_(family), fixed_(std::move(fixed)), label_(std::move(label)), names_(names), counters_(names.size()) {
}

void labelled_counters::create(std::string_view name) {
  make(names_.find(name));
}

void labelled_counters::increment(std::string_view name) noexcept {
  auto const index = names_.find(name);
  if (auto* const counter = counters_[index].load(std::memory_order_acquire)) {
    counter->Increment();
    return;
  }
  try {
    make(index).Increment();
  } catch (...) { // NOLINT(bugprone-empty-catch): a lost count is all that can be done
  }
}

prometheus::Counter& labelled_counters::make(std::size_t index) {
  std::lock_guard const alone(making_);
  auto* counter = counters_[index].load(std::memory_order_relaxed);
  if (counter == nullptr) {
    auto labels = fixed_;
    labels.emplace(label_, names_.at(index));
    counter = &family_.Add(labels);
    counters_[index].store(counter, std::memory_order_release);
  }
  return *counter;
}

} // namespace consentd::ops
