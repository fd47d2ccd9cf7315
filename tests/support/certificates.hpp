// Certificates for tests, made with OpenSSL: an authority of the test's own, and what it signs.
#ifndef CONSENTD_TESTS_SUPPORT_CERTIFICATES_HPP
#define CONSENTD_TESTS_SUPPORT_CERTIFICATES_HPP

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace consentd::tests {

enum class key_kind : std::uint8_t { p256, rsa_2048, rsa_1024, ed25519 };

// A private key in PEM (PKCS #8).
std::string make_private_key(key_kind kind);
// The same key under a password.
std::string encrypt_private_key(std::string const& private_key, std::string const& password);

// Empty parts are left out of the name.
struct subject_name {
  std::string common_name;
  std::string organization;
  std::string organizational_unit;
};

// What the leaf is for: both uses, so that it serves either end of a mutual TLS connection.
struct leaf_options {
  subject_name subject{"localhost", {}, {}};
  // More of the subject behind that: pairs such as {"OU", "unit"}.
  std::vector<std::pair<std::string, std::string>> more_subject{};
  key_kind kind = key_kind::p256;
  std::vector<std::string> dns_names{"localhost"};
  std::vector<std::string> ip_addresses{"127.0.0.1", "::1"};
  // Validity from now, in seconds.
  long not_before = -3600;
  long not_after = 86400;
  std::string extended_key_usage = "serverAuth,clientAuth"; // empty: none
};

struct certified_key {
  std::string certificate; // PEM, the leaf alone
  std::string private_key; // PEM
};

// A self-signed root. Throws std::runtime_error when OpenSSL fails.
class certificate_authority {
public:
  explicit certificate_authority(std::string const& common_name = "Test Root");

  std::string const& certificate() const noexcept { return certificate_; }
  certified_key issue(leaf_options const& leaf = {}) const;
  // The authority's list of revoked certificates, PEM; `next` is the time of the next one, in seconds from now.
  std::string revoke(std::vector<std::string> const& certificates, long next = 86400) const;

private:
  std::string certificate_;
  std::string private_key_;
};

} // namespace consentd::tests

#endif
