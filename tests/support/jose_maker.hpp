// Makes keys and tokens for tests, good and bad, with OpenSSL alone: nothing of src/jose, so that one mistake cannot
// hide in both. Failures of OpenSSL throw std::runtime_error.
#ifndef CONSENTD_TESTS_SUPPORT_JOSE_MAKER_HPP
#define CONSENTD_TESTS_SUPPORT_JOSE_MAKER_HPP

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::tests {

std::string base64url(std::string_view bytes);

// An RSA key pair. Copies share it.
class rsa_key {
public:
  // 2048 bits take about 50 ms: share one among the cases of a suite.
  static rsa_key generate(unsigned bits = 2048, unsigned exponent = 65537);
  // A pair of any numbers, big-endian, whether they make a key or not: for keys that must be refused.
  static rsa_key of_numbers(std::string const& n, std::string const& e, std::string const& d);

  std::string n() const; // big-endian bytes
  std::string e() const;
  std::string d() const;

  // {"kty":"RSA","n":…,"e":…,"kid":…} and `more` before the closing brace, such as R"(,"use":"sig")".
  std::string public_jwk(std::string_view kid, std::string_view more = {}) const;
  // With d and the factors.
  std::string private_jwk(std::string_view kid, std::string_view more = {}) const;
  std::string private_pem() const;       // PKCS#8
  std::string private_pkcs1_pem() const; // PKCS#1
  std::string encrypted_pem(std::string const& pass_phrase) const;
  std::string public_pem() const;
  // Signed by the key itself; valid for a day.
  std::string certificate_pem(std::string const& common_name) const;
  // base64url of the SHA-256 of the DER form of a certificate.
  static std::string thumbprint(std::string const& certificate_pem);

  EVP_PKEY* handle() const noexcept { return pair_.get(); }

private:
  explicit rsa_key(EVP_PKEY* pair);
  std::shared_ptr<EVP_PKEY> pair_;
};

// {"keys":[…]} of public JWKs.
std::string jwk_set_of(std::initializer_list<std::string> jwks);

// How a signature is made; the default is PS256.
struct signature_recipe {
  bool pss = true;
  std::string hash = "SHA256";
  int salt_bytes = 32;
};

// The compact JWS of that header (JSON text, used as it is) and payload.
std::string sign(rsa_key const& key, std::string_view header, std::string_view payload,
                 signature_recipe const& recipe = {});
// Signed with HMAC-SHA-256 under `secret`.
std::string sign_hs256(std::string_view secret, std::string_view header, std::string_view payload);

// How a JWE is made; the default is RSA-OAEP-256 with A256GCM.
struct encryption_recipe {
  std::string oaep_hash = "SHA256";
  std::string mgf1_hash = "SHA256";
  bool pkcs1_padding = false;         // RSA1_5 in place of OAEP
  std::size_t content_key_bytes = 32; // wrapped length; the content is under it, cut or filled with zeros to 32
  std::size_t vector_bytes = 12;      // the length really used with GCM
  std::optional<std::string> encrypted_key = std::nullopt;   // in place of the wrapped key
  std::optional<std::string> additional_data = std::nullopt; // in place of the encoded header
};

// The compact JWE of that header (JSON text, used as it is) and plaintext.
std::string encrypt(rsa_key const& to, std::string_view header, std::string_view plaintext,
                    encryption_recipe const& recipe = {});

// `block` (of the modulus' length) under the raw public operation: how an attacker makes any padding he likes.
std::string raw_public(rsa_key const& key, std::string const& block);

// The same token with one part (from 0) replaced.
std::string with_part(std::string_view token, std::size_t index, std::string_view replacement);
std::string part_of(std::string_view token, std::size_t index);

} // namespace consentd::tests

#endif
