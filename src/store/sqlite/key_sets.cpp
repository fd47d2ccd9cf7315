#include "store/sqlite/key_sets.hpp"

#include <stdexcept>
#include <string>

namespace consentd::store::sqlite {
namespace {

key_role stored_role(std::int64_t number) {
  if (number != static_cast<int>(key_role::hub) && number != static_cast<int>(key_role::issuer)) {
    throw std::out_of_range("key role " + std::to_string(number));
  }
  return static_cast<key_role>(number);
}

} // namespace

void keep_key_set(connection& on, kept_key_set const& set, std::size_t at_most) {
  auto const role = static_cast<int>(set.role);
  run(on,
      "INSERT INTO key_sets (role, issuer, since, confirmed, document) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET confirmed = max(confirmed, excluded.confirmed)",
      role, std::string_view(set.issuer), set.since, set.confirmed, std::string_view(set.document));
  run(on,
      "DELETE FROM key_sets WHERE role = ?1 AND issuer = ?2 AND since NOT IN (SELECT since FROM key_sets "
      "WHERE role = ?1 AND issuer = ?2 ORDER BY since DESC LIMIT ?3)",
      role, std::string_view(set.issuer), at_most);
}

std::vector<kept_key_set> read_key_sets(connection& on) {
  std::vector<kept_key_set> all;
  query rows(on, "SELECT role, issuer, since, confirmed, document FROM key_sets ORDER BY role, issuer, since");
  while (rows.step()) {
    all.push_back({stored_role(rows.integer(0)), std::string(rows.text(1)), rows.time(2), rows.time(3),
                   std::string(rows.text(4))});
  }
  return all;
}

} // namespace consentd::store::sqlite
