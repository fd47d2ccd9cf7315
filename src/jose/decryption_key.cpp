#include "jose/decryption_key.hpp"

#include "base/base64url.hpp"
#include "base/digest.hpp"
#include "jose/private_pem.hpp"
#include "jose/quoted.hpp"
#include "jose/rsa_decryption_key.hpp"

#include <openssl/err.h>

#include <algorithm>

namespace consentd::jose {

namespace {

result<std::string> der_of(X509* certificate) {
  int const size = i2d_X509(certificate, nullptr);
  if (size <= 0) {
    return failure{reason::bad_key, "the certificate cannot be encoded"};
  }
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = static_cast<unsigned char*>(static_cast<void*>(der.data()));
  i2d_X509(certificate, &out);
  return der;
}

} // namespace

result<std::unique_ptr<decryption_key const>> decryption_key_from_pem(std::string_view pem, std::string kid) {
  auto pair = read_private_pem(pem);
  if (!pair) {
    return pair.error();
  }
  return make_decryption_key(std::move(*pair), std::move(kid));
}

result<std::string> certificate_kid(std::string_view certificate_pem, std::string_view key_pem) {
  auto const certificate = read_certificate_pem(certificate_pem);
  if (!certificate) {
    return failure{reason::bad_key, "it is no certificate in PEM"};
  }
  auto const pair = read_private_pem(key_pem);
  if (!pair) {
    return pair.error();
  }
  bool const same = X509_check_private_key(certificate.get(), pair->get()) == 1;
  ERR_clear_error();
  if (!same) {
    return failure{reason::bad_key, "the certificate belongs to another private key"};
  }
  auto const der = der_of(certificate.get());
  if (!der) {
    return der.error();
  }
  return encode_base64url(as_bytes(sha256(*der)));
}

result<key_ring> key_ring::make(std::vector<ring_key> keys) {
  key_ring ring;
  for (auto& one : keys) {
    if (ring.known(one.key->kid()) != nullptr) {
      return failure{reason::bad_key, "two decryption keys have the kid " + quoted(one.key->kid())};
    }
    ring.keys_.push_back(std::move(one));
  }
  return ring;
}

result<std::shared_ptr<decryption_key const>> key_ring::find(std::string_view kid, timestamp received) const {
  auto const* const found = known(kid);
  if (found == nullptr) {
    return failure{reason::unknown_decryption_key, "no decryption key has the kid " + quoted(kid)};
  }
  if (found->not_after && received > *found->not_after) {
    return failure{reason::unknown_decryption_key, "the decryption key with the kid " + quoted(kid) +
                                                       " was retired at " + format_date_time(*found->not_after)};
  }
  return found->key;
}

ring_key const* key_ring::known(std::string_view kid) const noexcept {
  if (kid.empty()) {
    return nullptr;
  }
  auto const found = std::find_if(keys_.begin(), keys_.end(), [&](auto const& one) { return one.key->kid() == kid; });
  return found == keys_.end() ? nullptr : &*found;
}

} // namespace consentd::jose
