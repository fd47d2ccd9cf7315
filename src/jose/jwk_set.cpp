#include "jose/verification_key.hpp"

#include <set>

namespace consentd::jose {

namespace {

// The kids that more than one key of the set has, usable or not.
std::set<std::string, std::less<>> repeated_kids(json::value const& keys) {
  std::set<std::string, std::less<>> seen;
  std::set<std::string, std::less<>> repeated;
  for (auto item = keys.first(); item; item = item->next()) {
    auto const kid = item->get().find_string("kid");
    if (kid && !seen.emplace(*kid).second) {
      repeated.emplace(*kid);
    }
  }
  return repeated;
}

} // namespace

result<jwk_set> jwk_set::parse(std::string text, std::size_t max_keys) {
  auto const parsed = json::document::parse(std::move(text), {});
  if (!parsed) {
    return failure{reason::bad_key, "the key set: " + parsed.error().detail};
  }
  auto const keys = parsed->root().find("keys");
  if (!keys || !keys->is_array()) {
    return failure{reason::bad_key, "the key set has no array keys"};
  }
  if (keys->size() > max_keys) {
    return failure{reason::bad_key, "the key set has over " + std::to_string(max_keys) + " keys"};
  }
  auto const repeated = repeated_kids(*keys);
  jwk_set set;
  for (auto item = keys->first(); item; item = item->next()) {
    auto const kid = std::string(item->get().find_string("kid").value_or(""));
    auto key = verification_key::from_jwk(item->get());
    if (!key) {
      set.skipped_.push_back({kid, key.error()});
    } else if (kid.empty()) {
      set.skipped_.push_back({kid, {reason::bad_key, "kid is missing"}});
    } else if (repeated.contains(kid)) {
      set.skipped_.push_back({kid, {reason::bad_key, "kid occurs more than once"}});
    } else {
      set.keys_.emplace(kid, std::move(*key));
    }
  }
  return set;
}

std::shared_ptr<verification_key const> jwk_set::find(std::string_view kid) const noexcept {
  auto const found = keys_.find(kid);
  return found == keys_.end() ? nullptr : found->second;
}

std::vector<std::string> jwk_set::kids() const {
  std::vector<std::string> all;
  all.reserve(keys_.size());
  for (auto const& [kid, key] : keys_) {
    all.push_back(kid);
  }
  return all;
}

} // namespace consentd::jose
