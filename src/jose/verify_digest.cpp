#include "base/base64url.hpp"
#include "jose/open.hpp"
#include "jose/openssl_handles.hpp"
#include "jose/rsa_parameters.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

namespace consentd::jose {
namespace {

unsigned char const* bytes_of(std::string_view text) noexcept {
  return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}

number_handle number_of(std::string const& big_endian) {
  return number_handle(BN_bin2bn(bytes_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

pkey_handle public_key_of(rsa_public_numbers const& numbers) {
  auto const modulus = number_of(numbers.modulus);
  auto const exponent = number_of(numbers.exponent);
  param_builder const builder(OSSL_PARAM_BLD_new());
  if (!modulus || !exponent || !builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return {};
  }
  param_list const parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  pkey_context const context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return {};
  }
  return pkey_handle(made);
}

// RFC 7518 section 3.5: SHA-256 for the hash and for MGF1, a salt as long as the digest.
bool holds(EVP_PKEY* key, digest const& input, std::string_view signature) {
  pkey_context const context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1 &&
         EVP_PKEY_verify(context.get(), bytes_of(signature), signature.size(), input.data(), input.size()) == 1;
}

} // namespace

result<void> verify_digest(digest const& signing_input, std::string_view signature, json::value const& jwk) {
  // The same rules for keys as everywhere else.
  if (auto const sound = verification_key::from_jwk(jwk); !sound) {
    return sound.error();
  }
  auto const numbers = read_public_numbers(jwk);
  if (!numbers) {
    return numbers.error();
  }
  auto const bytes = decode_base64url(signature);
  auto const key = public_key_of(*numbers);
  bool const good = key && bytes && bytes->size() == numbers->modulus.size() && holds(key.get(), signing_input, *bytes);
  ERR_clear_error();
  if (!good) {
    return failure{reason::signature, "the signature does not hold"};
  }
  return {};
}

} // namespace consentd::jose
