// What an offline inspection found, step by step.
#ifndef CONSENTD_TOOLS_CONSENTCTL_INSPECTION_HPP
#define CONSENTD_TOOLS_CONSENTCTL_INSPECTION_HPP

#include "base/result.hpp"
#include "jose/open.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace consentd::consentctl {

class inspection : public jose::step_listener {
public:
  void holds(std::string_view name, std::string_view detail) override;
  void fails(failure const& why);
  // Something that could not be looked at offline, or that helps: no verdict.
  void note(std::string text);
  // What was read from the token, for the end of the report. `value` must be fit to be seen.
  void fact(std::string name, std::string value);
  void payload(std::string text) { payload_ = std::move(text); }

  bool all_hold() const noexcept { return !failed_; }
  // For people: a line for each step. Printable.
  std::string as_text() const;
  // One JSON object. Printable.
  std::string as_json() const;

private:
  struct step {
    bool held = false;
    std::string name; // of a failure: its reason
    std::string detail;
  };
  std::vector<step> steps_;
  std::vector<std::string> notes_;
  std::vector<std::pair<std::string, std::string>> facts_;
  std::string payload_;
  bool failed_ = false;
};

} // namespace consentd::consentctl

#endif
