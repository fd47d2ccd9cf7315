// Verification keys for an inspection: from files alone, since nobody is asked.
#ifndef CONSENTD_TOOLS_CONSENTCTL_OFFLINE_KEYS_HPP
#define CONSENTD_TOOLS_CONSENTCTL_OFFLINE_KEYS_HPP

#include "config/settings.hpp"
#include "jose/key_source.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace consentd::consentctl {

class offline_keys : public jose::key_source {
public:
  // No set may have more keys than that.
  explicit offline_keys(std::size_t max_keys) : max_keys_(max_keys) {}

  // This issuer is configured, and its set is there.
  void add(std::string const& issuer, config::jwks_place const& place);
  // This file holds the set of `issuer`, whatever the settings say. False: no such issuer was added.
  bool replace(std::string const& issuer, std::string file);

  // keys_unavailable also for a file that cannot be read and for a set that is published at a URL.
  result<std::shared_ptr<jose::verification_key const>> find(std::string_view issuer, std::string_view kid,
                                                             timestamp received) const override;

private:
  std::size_t max_keys_;
  std::map<std::string, config::jwks_place, std::less<>> places_;
};

} // namespace consentd::consentctl

#endif
