// The key that our own answers are signed with: PS256 and nothing else.
#ifndef CONSENTD_JOSE_SIGNING_KEY_HPP
#define CONSENTD_JOSE_SIGNING_KEY_HPP

#include "base/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace consentd::jose {

// An RSA private key that never hands out its private part; wiped when it ends. Used by one thread at a time: cjose's
// reference counts are not atomic.
class signing_key {
public:
  // From PEM text (PKCS#8 or PKCS#1, unencrypted). bad_key, with what is wrong, for anything but an RSA private key of
  // 2048 to 8192 bits with an odd exponent from 65537 to 32 bits, whose signature its own public half verifies.
  static result<signing_key> from_pem(std::string_view pem, std::string kid);
  signing_key(signing_key&&) noexcept;
  signing_key& operator=(signing_key&&) noexcept;
  ~signing_key();

  std::string const& kid() const noexcept;

  // The compact JWS of a JWT: header `alg`, `kid`, `typ`, over `claims`, a JSON text. Empty when the library fails
  // (memory). Costs an RSA private operation: never call it on an I/O thread.
  std::string sign(std::string_view claims) const;

private:
  struct handle;
  explicit signing_key(std::unique_ptr<handle> key) noexcept;
  std::unique_ptr<handle> handle_;
};

} // namespace consentd::jose

#endif
