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

result<key_ring> key_ring::make(std::vector<std::unique_ptr<decryption_key const>> keys) {
  key_ring ring;
  for (auto& key : keys) {
    if (ring.find(key->kid()) != nullptr) {
      return failure{reason::bad_key, "two decryption keys have the kid " + quoted(key->kid())};
    }
    ring.keys_.push_back(std::move(key));
  }
  return ring;
}

decryption_key const* key_ring::find(std::string_view kid) const noexcept {
  auto const found = std::find_if(keys_.begin(), keys_.end(), [&](auto const& key) { return key->kid() == kid; });
  return found == keys_.end() ? nullptr : found->get();
}

std::vector<std::string> key_ring::kids() const {
  std::vector<std::string> all;
  all.reserve(keys_.size());
  for (auto const& key : keys_) {
    all.push_back(key->kid());
  }
  return all;
}

} // namespace consentd::jose
