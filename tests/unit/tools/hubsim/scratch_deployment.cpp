#include "tests/unit/tools/hubsim/scratch_deployment.hpp"

#include "base/interaction_id.hpp"
#include "tools/hubsim/setup.hpp"

#include <system_error>

namespace consentd::hubsim {

scratch_folder::scratch_folder() : path_(std::filesystem::temp_directory_path() / ("hubsim-test-" + new_uuid())) {
  std::filesystem::create_directory(path_);
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

timestamp scratch_now() {
  return *parse_date_time("2026-03-27T13:27:13.250Z");
}

deployment const& scratch_deployment() {
  static scratch_folder const folder;
  static deployment const made = [] {
    setup_options how;
    how.encryption_keys = 2;
    make_setup(folder.path() / "set-up", how, scratch_now()).value();
    return load_deployment(folder.path() / "set-up").value();
  }();
  return made;
}

event_spec scratch_event(family of) {
  event_spec spec;
  spec.family = of;
  spec.consent_id = "consent-1";
  spec.created = scratch_now() - std::chrono::hours(1);
  spec.status_time = scratch_now();
  spec.event_time = scratch_now();
  spec.expiry = scratch_now() + std::chrono::days(365);
  spec.jti = "0f0e0d0c-0b0a-4909-8807-060504030201";
  return spec;
}

} // namespace consentd::hubsim
