// Telling an inspection what holds, at no cost to the daemon, which passes no listener.
#ifndef CONSENTD_JOSE_STEPS_HPP
#define CONSENTD_JOSE_STEPS_HPP

#include "jose/open.hpp"

#include <string_view>

namespace consentd::jose {

class steps_told {
public:
  // `listener` may be null; it outlives this.
  explicit steps_told(step_listener* listener) noexcept : listener_(listener) {}

  // `detail` is a function that makes the text: called only when somebody listens.
  template <class Detail>
  void holds(std::string_view step, Detail const& detail) const {
    if (listener_ != nullptr) {
      listener_->holds(step, detail());
    }
  }

private:
  step_listener* listener_;
};

} // namespace consentd::jose

#endif
