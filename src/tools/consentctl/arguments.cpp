#include "tools/consentctl/arguments.hpp"

#include "base/reason.hpp"
#include "consent/resource_status.hpp"
#include "consent/status.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace consentd::consentctl {

namespace {

template <class Enum>
CLI::Validator one_of(std::initializer_list<Enum> const& values) {
  std::vector<std::string> names;
  for (auto const one : values) {
    names.emplace_back(to_string(one));
  }
  return CLI::IsMember(names);
}

// Nothing of it stands in the help. `holds` judges a text, `wrong` is said of one that does not hold.
template <class Check>
CLI::Validator silent(std::string const& wrong, Check holds) {
  return {[wrong, holds](std::string const& text) { return holds(text) ? std::string() : wrong; }, std::string()};
}

} // namespace

CLI::Validator consent_status() {
  using enum consent::status;
  return one_of({awaiting_authorization, authorized, suspended, rejected, consumed, expired, revoked});
}

CLI::Validator terminal_status() {
  using enum consent::status;
  return one_of({revoked, expired, rejected, consumed});
}

CLI::Validator consent_kind() {
  using enum consent::kind;
  return one_of({account_access, payment, insurance});
}

CLI::Validator resource_family() {
  using enum consent::resource_family;
  return one_of({payment, insurance_quote, fx_quote, account_opening});
}

CLI::Validator any_status() {
  return silent("no status of a consent, payment, quote or account opening", [](std::string const& text) {
    return consent::parse_status(text) || consent::parse_resource_status(text);
  });
}

CLI::Validator reason_name() {
  return silent("no reason that docs/reasons.md has",
                [](std::string const& text) { return parse_reason(text).has_value(); });
}

CLI::Validator starting_place() {
  return silent("no place: the id of an entry, or latest", [](std::string const& text) {
    auto const dash = text.rfind('-');
    bool const has_number = dash != std::string::npos && dash > 0 && dash + 1 < text.size() &&
                            text.find_first_not_of("0123456789", dash + 1) == std::string::npos;
    return has_number || text == "latest";
  });
}

CLI::Validator page_limit() {
  return CLI::Range(1, 1000);
}

void refuse_empty_arguments(CLI::App& all) {
  auto const not_empty = silent("must not be empty", [](std::string const& text) { return !text.empty(); });
  for (auto* const option : all.get_options()) {
    if (option->get_items_expected_max() > 0) {
      option->check(not_empty);
    }
  }
  for (auto* const command : all.get_subcommands(nullptr)) {
    refuse_empty_arguments(*command);
  }
}

} // namespace consentd::consentctl
