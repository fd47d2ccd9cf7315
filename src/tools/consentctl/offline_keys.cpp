#include "tools/consentctl/offline_keys.hpp"

#include "config/keys.hpp"

#include <utility>

namespace consentd::consentctl {

void offline_keys::add(std::string const& issuer, config::jwks_place const& place) {
  places_.insert_or_assign(issuer, place);
}

bool offline_keys::replace(std::string const& issuer, std::string file) {
  auto const known = places_.find(issuer);
  if (known == places_.end()) {
    return false;
  }
  known->second = {std::move(file), {}};
  return true;
}

result<std::shared_ptr<jose::verification_key const>> offline_keys::find(std::string_view issuer, std::string_view kid,
                                                                         timestamp) const {
  auto const known = places_.find(issuer);
  if (known == places_.end()) {
    return failure{reason::unknown_issuer, "the issuer " + std::string(issuer) + " is not configured"};
  }
  if (known->second.file.empty()) {
    auto const where = known->second.is_discovered() ? "where its discovery document says" : "at " + known->second.url;
    return failure{reason::keys_unavailable, "the keys of " + known->first + " are published " + where +
                                                 ", which is not asked offline: fetch them and give --jwks " +
                                                 known->first + "=FILE"};
  }
  auto const set = config::load_jwks(known->second.file, max_keys_);
  if (!set) {
    return failure{reason::keys_unavailable, set.error().detail};
  }
  auto key = set->find(kid);
  if (!key) {
    return failure{reason::unknown_signing_key, known->second.file + " has no usable key " + std::string(kid)};
  }
  return key;
}

} // namespace consentd::consentctl
