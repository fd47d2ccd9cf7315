#include "store/records.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace consentd::store {
namespace {

using consent::resource_family;

constexpr std::array<std::pair<resource_family, entry_type>, 4> family_entries{{
    {resource_family::payment, entry_type::payment_status},
    {resource_family::insurance_quote, entry_type::insurance_quote_status},
    {resource_family::fx_quote, entry_type::fx_quote_status},
    {resource_family::account_opening, entry_type::account_opening_status},
}};

} // namespace

std::string_view to_string(delivery_state value) noexcept {
  switch (value) {
  case delivery_state::pending:
    return "pending";
  case delivery_state::waiting_for_consent:
    return "waiting-for-consent";
  case delivery_state::waiting_for_keys:
    return "waiting-for-keys";
  case delivery_state::decided:
    return "decided";
  case delivery_state::quarantined:
    return "quarantined";
  case delivery_state::dropped:
    return "dropped";
  }
  return {};
}

entry_type entry_type_of(consent::resource_family family) noexcept {
  for (auto const& [known, type] : family_entries) {
    if (known == family) {
      return type;
    }
  }
  return entry_type::unknown;
}

std::optional<consent::resource_family> family_of(entry_type type) noexcept {
  for (auto const& [family, known] : family_entries) {
    if (known == type) {
      return family;
    }
  }
  return std::nullopt;
}

bool is_bound(consumer_record const& of, std::string_view epoch) noexcept {
  auto const place = of.epoch == epoch ? of.place : 0; // of another journal it is before all of this one
  return std::max(of.sent, place) < of.set_at;
}

result<void> check_owner(consumer_record const& of, consumer_caller const& by) {
  if (of.of.uid != by.uid && !by.for_others) {
    return failure{reason::not_permitted, "It is the consumer of user " + std::to_string(of.of.uid) + "."};
  }
  return {};
}

} // namespace consentd::store
