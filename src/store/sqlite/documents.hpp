// Rows of `documents`: resources, each written once and named by number from the journal and from where something
// stands now.
#ifndef CONSENTD_STORE_SQLITE_DOCUMENTS_HPP
#define CONSENTD_STORE_SQLITE_DOCUMENTS_HPP

#include "store/records.hpp"
#include "store/sqlite/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace consentd::store::sqlite {

// Its number.
std::int64_t add_document(ledger& in, std::string_view json);

// An entry of the journal has it, of this consent, or with an empty id one about a resource.
bool is_in_journal(connection& on, std::string_view consent_id, std::int64_t document);

// A consent (or with an empty id a resource) stands with another document than before, which goes unless the journal
// still has it.
void drop_replaced(ledger& in, std::string_view consent_id, std::optional<std::int64_t> before,
                   std::optional<std::int64_t> after);

// Every resource of the consent and of the payments under it, wherever the journal or a current state names one. How
// many there were.
std::size_t erase_documents(ledger& in, std::string_view consent_id);

} // namespace consentd::store::sqlite

#endif
