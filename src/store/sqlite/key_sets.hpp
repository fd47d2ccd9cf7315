// The table of key sets.
#ifndef CONSENTD_STORE_SQLITE_KEY_SETS_HPP
#define CONSENTD_STORE_SQLITE_KEY_SETS_HPP

#include "store/records.hpp"
#include "store/sqlite/connection.hpp"

#include <cstddef>
#include <vector>

namespace consentd::store::sqlite {

void keep_key_set(connection& on, kept_key_set const& set, std::size_t at_most);
std::vector<kept_key_set> read_key_sets(connection& on);

} // namespace consentd::store::sqlite

#endif
