// A local set-up as `init` made it: who the Hub and the issuers are, their keys, and where the daemon listens.
#ifndef CONSENTD_TOOLS_HUBSIM_DEPLOYMENT_HPP
#define CONSENTD_TOOLS_HUBSIM_DEPLOYMENT_HPP

#include "base/result.hpp"
#include "base/time.hpp"
#include "tools/hubsim/certificates.hpp"
#include "tools/hubsim/keys.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::hubsim {

// Signs events (an LFI at the Hub) or bearer tokens (the Hub itself).
struct issuer {
  std::string name; // "bank-a"
  std::string id;   // "https://localhost:9443/bank-a", what `iss` says
  std::string kid;
  key signer;
};

struct deployment {
  std::filesystem::path folder;
  timestamp created;
  std::string url;      // the daemon's webhook
  std::string serve_on; // "127.0.0.1:9443": the Hub's own HTTPS
  std::string base_url; // "https://localhost:9443"
  std::string audience; // the TPP's client id: `aud` of bearers and events
  issuer hub;
  std::vector<issuer> issuers;
  std::vector<recipient> recipients; // the TPP's encryption certificates, the current one first
  key stranger;                      // a key that nobody publishes

  std::filesystem::path file(std::string_view relative) const { return folder / relative; }
  // By name or by id; null when there is none.
  issuer const* find(std::string_view name_or_id) const noexcept;
  // One that is not `id`; a deployment has at least three.
  issuer const& other_than(std::string_view id) const;
};

// The fixed places of a set-up, relative to its folder.
namespace place {
inline constexpr char const* settings = "hubsim.json";
inline constexpr char const* daemon_settings = "consentd.toml";
inline constexpr char const* ca_certificate = "tls/ca.crt";
inline constexpr char const* hub_certificate = "tls/hubsim.crt";
inline constexpr char const* hub_key = "tls/hubsim.key";
inline constexpr char const* stranger = "keys/stranger.key";
std::string signing_key(std::string_view issuer_name);  // "keys/bank-a.key"
std::string jwks(std::string_view issuer_name);         // "jwks/bank-a.json"
std::string encryption_key(std::size_t number);         // "keys/encryption-1.key"
std::string encryption_certificate(std::size_t number); // "keys/encryption-1.crt"
} // namespace place

// Reads hubsim.json and the keys. not_found, bad_setting, bad_key, naming the file.
result<deployment> load_deployment(std::filesystem::path const& folder);

// hubsim.json of it: no key material.
std::string describe_deployment(deployment const& of);

} // namespace consentd::hubsim

#endif
