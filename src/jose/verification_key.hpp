// Public keys that signatures are verified with, from a JWK set (RFC 7517).
#ifndef CONSENTD_JOSE_VERIFICATION_KEY_HPP
#define CONSENTD_JOSE_VERIFICATION_KEY_HPP

#include "base/result.hpp"
#include "json/document.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::jose {

// An RSA public key for PS256. Immutable and shared between threads through shared_ptr<const>; cjose's own reference
// counts, which are not atomic, are never touched after construction.
class verification_key {
public:
  ~verification_key();
  verification_key(verification_key const&) = delete;
  verification_key& operator=(verification_key const&) = delete;

  // bad_key, with the member at fault, unless: `kty` is RSA; `use` absent or `sig`; `alg` absent or PS256; `key_ops`
  // absent or with `verify`; `n` and `e` canonical base64url, the modulus of 2048 to 8192 bits and odd, the exponent
  // odd, from 65537 up to 32 bits; no private member. An absent `kid` is an empty one.
  static result<std::shared_ptr<verification_key const>> from_jwk(json::value const& jwk);

  std::string const& kid() const noexcept;
  // As a JWK of its own: kty, kid, use, alg, n, e. from_jwk() takes it.
  std::string const& jwk() const noexcept;

private:
  struct handle;
  friend class signature_check;
  explicit verification_key(std::unique_ptr<handle> key);
  std::unique_ptr<handle> handle_;
};

// The usable keys of one JWK set. Immutable.
class jwk_set {
public:
  struct skipped_key {
    std::string kid;
    failure why;
  };

  // bad_key when the text is no JWK set or has over `max_keys`. A key that cannot be used does not spoil the others: it
  // is in skipped(). A `kid` that occurs twice, usable or not, is unusable each time (contract section 3); so is an
  // absent one.
  static result<jwk_set> parse(std::string text, std::size_t max_keys = 64);

  // Nothing (null) when there is no such usable key.
  std::shared_ptr<verification_key const> find(std::string_view kid) const noexcept;
  std::size_t size() const noexcept { return keys_.size(); }
  std::vector<std::string> kids() const; // in alphabetical order
  std::vector<skipped_key> const& skipped() const noexcept { return skipped_; }

private:
  std::map<std::string, std::shared_ptr<verification_key const>, std::less<>> keys_;
  std::vector<skipped_key> skipped_;
};

} // namespace consentd::jose

#endif
