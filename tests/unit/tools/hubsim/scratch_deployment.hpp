// One set-up in a temporary folder, made at its first use and removed at the end: RSA keys are too dear to make for
// each test.
#ifndef CONSENTD_TESTS_SCRATCH_DEPLOYMENT_HPP
#define CONSENTD_TESTS_SCRATCH_DEPLOYMENT_HPP

#include "tools/hubsim/deployment.hpp"
#include "tools/hubsim/event_spec.hpp"

#include <filesystem>

namespace consentd::hubsim {

// An empty folder of its own, removed with all in it.
class scratch_folder {
public:
  scratch_folder();
  scratch_folder(scratch_folder const&) = delete;
  scratch_folder& operator=(scratch_folder const&) = delete;
  ~scratch_folder();
  std::filesystem::path const& path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
};

// The time at which it was made, and at which tests send.
timestamp scratch_now();
deployment const& scratch_deployment();

// A good event of that family at scratch_now().
event_spec scratch_event(family of);

} // namespace consentd::hubsim

#endif
