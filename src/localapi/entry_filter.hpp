// Which entries of the journal a subscriber asks for.
#ifndef CONSENTD_LOCALAPI_ENTRY_FILTER_HPP
#define CONSENTD_LOCALAPI_ENTRY_FILTER_HPP

#include "localapi/problem.hpp"
#include "localapi/target.hpp"
#include "store/records.hpp"

namespace consentd::localapi {

bool passes(store::entry_filter const& filter, store::journal_entry const& entry);

// What is named `type`, `subject`, `status`, `kind` and `issuer`, in a query or a body.
parsed<store::entry_filter> read_filter(named_texts const& from);

} // namespace consentd::localapi

#endif
