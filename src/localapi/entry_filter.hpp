// Which entries of the journal a subscriber asks for.
#ifndef CONSENTD_LOCALAPI_ENTRY_FILTER_HPP
#define CONSENTD_LOCALAPI_ENTRY_FILTER_HPP

#include "localapi/problem.hpp"
#include "localapi/target.hpp"
#include "store/records.hpp"

#include <optional>
#include <string>

namespace consentd::localapi {

// What is absent lets everything pass.
struct entry_filter {
  std::optional<store::entry_type> type;
  std::optional<std::string> subject;
  std::optional<std::string> status; // of a consent or of a resource, as it is spelt
  std::optional<consent::kind> kind; // lets nothing pass that is not about a consent
  std::optional<std::string> issuer;

  bool passes(store::journal_entry const& entry) const;
};

// The query parameters `type`, `subject`, `status`, `kind` and `issuer`.
parsed<entry_filter> read_filter(target const& from);

} // namespace consentd::localapi

#endif
