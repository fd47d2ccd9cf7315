// `consent-hubsim init`: makes everything for a working local set-up.
#ifndef CONSENTD_TOOLS_HUBSIM_SETUP_HPP
#define CONSENTD_TOOLS_HUBSIM_SETUP_HPP

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace consentd::hubsim {

// Where the daemon gets an issuer's keys from.
enum class key_transport : std::uint8_t {
  mixed, // the first issuer's from a file, all others over HTTPS
  file,
  url
};

struct setup_options {
  std::string listen = "127.0.0.1:8443";     // the daemon's webhook; with port 0 `send` must be given a `--url`
  std::string hub_listen = "127.0.0.1:9443"; // this simulator's HTTPS
  std::string operations = "127.0.0.1:9464"; // the daemon's metrics
  std::string audience = "tpp-client-1";
  std::string unknown_consents = "hold"; // or "bind"
  key_transport jwks = key_transport::mixed;
  std::size_t issuers = 3;         // bank-a, bank-b, insurer, lfi-4 …; 3 to 64
  std::size_t encryption_keys = 1; // 1 to 16
  bool force = false;              // replaces an earlier set-up
};

// Writes the folder (mode 0700): hubsim.json, consentd.toml, tls/, keys/, jwks/; private keys with mode 0600. Any
// database in it is left alone. conflict when there is a set-up and `force` is false; bad_setting for an address that
// is no HOST:PORT; storage.
result<void> make_setup(std::filesystem::path const& folder, setup_options const& how, timestamp now);

} // namespace consentd::hubsim

#endif
