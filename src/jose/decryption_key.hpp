// Keys that events are encrypted to. A key is asked to unwrap; its private part stays inside.
#ifndef CONSENTD_JOSE_DECRYPTION_KEY_HPP
#define CONSENTD_JOSE_DECRYPTION_KEY_HPP

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::jose {

// RFC 7518 section 4.3. rsa_oaep (SHA-1) only when the configuration names it (contract section 3).
enum class key_encryption : std::uint8_t { rsa_oaep_256, rsa_oaep };

// One private RSA key, in a file today and in hardware tomorrow. Any number of threads may call unwrap() at once.
class decryption_key {
public:
  virtual ~decryption_key() = default;

  // The `kid` that senders name: given in the configuration, or the certificate's x5t#S256 (RFC 7515 section 4.1.8).
  virtual std::string const& kid() const noexcept = 0;

  // The content encryption key of 32 bytes. Whatever is wrong with `encrypted_key` (format, padding, length) the answer
  // is a random key, drawn beforehand and taken without a branch, so that no sender can tell the cases apart (RFC 7516
  // section 11.5); opening then fails at the tag. Costs an RSA private operation: never call it on an I/O thread.
  virtual secret unwrap(key_encryption algorithm, std::string_view encrypted_key) const = 0;
};

// A key from PEM text (PKCS#8 or PKCS#1, unencrypted). bad_key, with what is wrong, for anything but an RSA private key
// of 2048 to 8192 bits with an odd exponent from 65537 to 32 bits.
result<std::unique_ptr<decryption_key const>> decryption_key_from_pem(std::string_view pem, std::string kid);

// x5t#S256 of a PEM certificate whose public key belongs to the private key of `key_pem`; bad_key when it is no
// certificate, or belongs to another key.
result<std::string> certificate_kid(std::string_view certificate_pem, std::string_view key_pem);

// From an RSA private JWK: for published test vectors and tools. The members are checked as strictly as a public key's.
result<std::unique_ptr<decryption_key const>> decryption_key_from_jwk(std::string jwk_text);

// A key and until when it serves: a retired one opens what was received before its end (contract section 3).
struct ring_key {
  std::shared_ptr<decryption_key const> key;
  std::optional<timestamp> not_after{}; // nothing: no end
};

// The decryption keys in force, by `kid`. Immutable; replaced as a whole.
class key_ring {
public:
  // bad_key when two keys have one `kid`.
  static result<key_ring> make(std::vector<ring_key> keys);

  // The key for what was received at `received`. unknown_decryption_key: none has that `kid`, or it had ended by then.
  result<std::shared_ptr<decryption_key const>> find(std::string_view kid, timestamp received) const;
  // In the order given to make().
  std::vector<ring_key> const& keys() const noexcept { return keys_; }

private:
  ring_key const* known(std::string_view kid) const noexcept;

  std::vector<ring_key> keys_;
};

} // namespace consentd::jose

#endif
