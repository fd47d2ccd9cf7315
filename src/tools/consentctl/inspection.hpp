// What an offline inspection found, step by step.
#ifndef CONSENTD_TOOLS_CONSENTCTL_INSPECTION_HPP
#define CONSENTD_TOOLS_CONSENTCTL_INSPECTION_HPP

#include "base/result.hpp"
#include "jose/open.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace consentd::consentctl {

enum class inspection_verdict { valid, invalid, not_checked };

class inspection : public jose::step_listener {
public:
  void holds(std::string_view name, std::string_view detail) override;
  // Of the token. Keys that cannot be had are no failure of it: that is cannot_check().
  void fails(failure const& why);
  // Settings, keys or files that are lacking: what depends on them remains unknown.
  void cannot_check(failure const& why);
  // Something that could not be looked at offline, or that helps: no verdict.
  void note(std::string text);
  // What was read from the token, for the end of the report. `value` must be fit to be seen.
  void fact(std::string name, std::string value);
  void payload(std::string text) { payload_ = std::move(text); }

  inspection_verdict verdict() const noexcept;
  // For people: a line for each step. Printable.
  std::string as_text() const;
  // One JSON object. Printable.
  std::string as_json() const;

private:
  enum class outcome { held, failed, unknown };
  struct step {
    outcome how = outcome::unknown;
    std::string name; // of what did not hold: the reason
    std::string detail;
  };
  std::vector<step> steps_;
  std::vector<std::string> notes_;
  std::vector<std::pair<std::string, std::string>> facts_;
  std::string payload_;

  void add(outcome how, failure const& why);
  bool has(outcome how) const noexcept;
};

} // namespace consentd::consentctl

#endif
