// Counters of one family that differ in one label, found without an allocation.
#ifndef CONSENTD_OPS_LABELLED_COUNTERS_HPP
#define CONSENTD_OPS_LABELLED_COUNTERS_HPP

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>

namespace consentd::ops {

// The values that a label may take; all else is "other". Immutable.
class label_names {
public:
  // The texts must be literals, or live as long as this.
  explicit label_names(std::vector<std::string_view> names);

  // The index of `name`, or of "other".
  std::size_t find(std::string_view name) const noexcept;
  std::string_view at(std::size_t index) const noexcept { return sorted_[index]; }
  std::size_t size() const noexcept { return sorted_.size(); }

private:
  std::vector<std::string_view> sorted_;
  std::size_t other_ = 0;
};

// Any thread. A counter is made at its first use, or ahead of it by create(): as many as there are names at most.
class labelled_counters {
public:
  // `fixed` labels stand on every counter. The family and the names must outlive this.
  labelled_counters(prometheus::Family<prometheus::Counter>& family, prometheus::Labels fixed, std::string label,
                    label_names const& names);

  void create(std::string_view name);
  // Loses the count when memory runs out at a first use: telemetry never fails its caller.
  void increment(std::string_view name) noexcept;

private:
  prometheus::Counter& make(std::size_t index);

  prometheus::Family<prometheus::Counter>& family_;
  prometheus::Labels fixed_;
  std::string label_;
  label_names const& names_;
  std::mutex making_;
  std::vector<std::atomic<prometheus::Counter*>> counters_;
};

} // namespace consentd::ops

#endif
