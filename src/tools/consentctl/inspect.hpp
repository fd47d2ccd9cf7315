// `consentctl inspect`: what of a token holds, and what does not.
#ifndef CONSENTD_TOOLS_CONSENTCTL_INSPECT_HPP
#define CONSENTD_TOOLS_CONSENTCTL_INSPECT_HPP

#include "base/time.hpp"
#include "tools/consentctl/inspection.hpp"

#include <string>
#include <vector>

namespace consentd::consentctl {

// Of a token or an evidence: more than the daemon takes by any settings.
inline constexpr std::size_t max_token_bytes = std::size_t{20} * 1024 * 1024;

struct inspect_options {
  std::string file; // "-": standard input
  std::string config;
  std::vector<std::string> jwks; // ISSUER=FILE
  std::string at;                // time of receipt; empty: now
  bool bearer = false;
  bool jose_only = false;
  bool evidence = false;
  std::string key; // JWK file, with jose_only
  bool allow_sha1 = false;
  bool show_payload = false;
};

// As the daemon would: by its code, with its settings. Where settings or files cannot be used, `out` says that nothing
// was checked.
void inspect_event(inspect_options const& asked, std::string const& token, timestamp received, inspection& out);
void inspect_bearer(inspect_options const& asked, std::string const& token, timestamp now, inspection& out);

// What GET /v1/deliveries/{id}/evidence gave, perhaps years ago: by nothing but what is in it, and the sets of `jwks`.
void inspect_evidence(inspect_options const& asked, std::string const& text, inspection& out);

// The signature or the encryption alone, with one given key.
void inspect_jose(inspect_options const& asked, std::string const& token, inspection& out);

} // namespace consentd::consentctl

#endif
