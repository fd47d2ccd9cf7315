#include "store/records.hpp"

namespace consentd::store {

std::string_view to_string(delivery_state value) noexcept {
  switch (value) {
  case delivery_state::pending:
    return "pending";
  case delivery_state::waiting_for_consent:
    return "waiting-for-consent";
  case delivery_state::waiting_for_keys:
    return "waiting-for-keys";
  case delivery_state::decided:
    return "decided";
  case delivery_state::quarantined:
    return "quarantined";
  case delivery_state::dropped:
    return "dropped";
  }
  return {};
}

} // namespace consentd::store
