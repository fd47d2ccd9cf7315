#include "tools/hubsim/keys.hpp"

#include "base/base64url.hpp"
#include "base/digest.hpp"
#include "tools/hubsim/openssl_handles.hpp"
#include "json/writer.hpp"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace consentd::hubsim {

namespace {

key owned(EVP_PKEY* made, char const* step) {
  must(made != nullptr, step);
  return key(made, &EVP_PKEY_free);
}

// An RSA component as JWA writes it (RFC 7518 section 6.3.1): big-endian, no leading zero.
std::string component(key const& rsa, char const* name) {
  BIGNUM* raw = nullptr;
  must(EVP_PKEY_get_bn_param(rsa.get(), name, &raw) == 1, "EVP_PKEY_get_bn_param");
  number_handle const number(raw);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return encode_base64url(bytes);
}

} // namespace

key generate_rsa_2048() {
  return owned(EVP_RSA_gen(2048), "EVP_RSA_gen");
}

key generate_p256() {
  return owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), "EVP_PKEY_Q_keygen");
}

std::string private_pem(key const& of) {
  bio_handle const memory(BIO_new(BIO_s_mem()));
  must(memory && PEM_write_bio_PKCS8PrivateKey(memory.get(), of.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "PEM_write_bio_PKCS8PrivateKey");
  return contents(memory);
}

std::string public_pem(key const& of) {
  bio_handle const memory(BIO_new(BIO_s_mem()));
  must(memory && PEM_write_bio_PUBKEY(memory.get(), of.get()) == 1, "PEM_write_bio_PUBKEY");
  return contents(memory);
}

result<key> read_private_pem(std::string const& pem, std::string const& name) {
  bio_handle const memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  must(memory != nullptr, "BIO_new_mem_buf");
  // A password prompt would stop a script: an encrypted key is simply not usable here.
  auto const no_password = [](char*, int, int, void*) { return 0; };
  EVP_PKEY* read = PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr);
  if (read == nullptr) {
    ERR_clear_error();
    return failure{reason::bad_key, name + " holds no private key in PEM form"};
  }
  return owned(read, "PEM_read_bio_PrivateKey");
}

std::string thumbprint(key const& rsa) {
  // RFC 7638 section 3.2: the required members alone, in the order of their names, no white space.
  json::writer out;
  out.begin_object();
  out.member("e", component(rsa, OSSL_PKEY_PARAM_RSA_E));
  out.member("kty", "RSA");
  out.member("n", component(rsa, OSSL_PKEY_PARAM_RSA_N));
  out.end_object();
  return encode_base64url(as_bytes(sha256(out.take())));
}

std::string jwk(key const& rsa, std::string const& kid) {
  json::writer out;
  out.begin_object().member("kty", "RSA").member("use", "sig").member("alg", "PS256").member("kid", kid);
  out.member("n", component(rsa, OSSL_PKEY_PARAM_RSA_N)).member("e", component(rsa, OSSL_PKEY_PARAM_RSA_E));
  out.end_object();
  return out.take();
}

std::string jwk_set(key const& rsa, std::string const& kid) {
  return "{\"keys\":[" + jwk(rsa, kid) + "]}";
}

} // namespace consentd::hubsim
