#include "tools/hubsim/crypto.hpp"

#include "tools/hubsim/openssl_handles.hpp"

#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

namespace consentd::hubsim {

namespace {

unsigned char const* in(std::string_view bytes) {
  return reinterpret_cast<unsigned char const*>(bytes.data());
}

unsigned char* out(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

std::string sign_rsa(int padding, key const& by, std::string_view input) {
  digest_handle const context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  must(context && EVP_DigestSignInit(context.get(), &settings, EVP_sha256(), nullptr, by.get()) == 1,
       "EVP_DigestSignInit");
  must(EVP_PKEY_CTX_set_rsa_padding(settings, padding) == 1, "choosing the signature's padding");
  if (padding == RSA_PKCS1_PSS_PADDING) {
    must(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md(settings, EVP_sha256()) == 1,
         "choosing the salt");
  }
  std::size_t size = 0;
  must(EVP_DigestSign(context.get(), nullptr, &size, in(input), input.size()) == 1, "EVP_DigestSign");
  std::string signature(size, '\0');
  must(EVP_DigestSign(context.get(), out(signature), &size, in(input), input.size()) == 1, "EVP_DigestSign");
  signature.resize(size);
  return signature;
}

std::string sign_hmac(std::string_view secret, std::string_view input) {
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  must(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), in(input), input.size(), out(mac), &size) !=
           nullptr,
       "HMAC");
  mac.resize(size);
  return mac;
}

void choose_padding(EVP_PKEY_CTX* settings, wrapping how) {
  if (how == wrapping::pkcs1) {
    must(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PADDING) == 1, "choosing PKCS #1 padding");
    return;
  }
  auto const* oaep = how == wrapping::oaep_sha1 ? EVP_sha1() : EVP_sha256();
  auto const* mgf1 = how == wrapping::oaep_sha256 ? EVP_sha256() : EVP_sha1();
  must(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md(settings, oaep) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(settings, mgf1) == 1,
       "choosing OAEP padding");
}

} // namespace

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  must(RAND_bytes(out(bytes), static_cast<int>(size)) == 1, "RAND_bytes");
  return bytes;
}

std::string sign(signing how, key const& by, std::string_view input) {
  switch (how) {
  case signing::ps256:
    return sign_rsa(RSA_PKCS1_PSS_PADDING, by, input);
  case signing::rs256:
    return sign_rsa(RSA_PKCS1_PADDING, by, input);
  case signing::hs256_public_key:
    return sign_hmac(public_pem(by), input);
  case signing::nothing:
    break;
  }
  return {};
}

std::string wrap(wrapping how, key const& to, std::string_view content_key) {
  key_context_handle const context(EVP_PKEY_CTX_new_from_pkey(nullptr, to.get(), nullptr));
  must(context && EVP_PKEY_encrypt_init(context.get()) == 1, "EVP_PKEY_encrypt_init");
  choose_padding(context.get(), how);
  std::size_t size = 0;
  must(EVP_PKEY_encrypt(context.get(), nullptr, &size, in(content_key), content_key.size()) == 1, "EVP_PKEY_encrypt");
  std::string wrapped(size, '\0');
  must(EVP_PKEY_encrypt(context.get(), out(wrapped), &size, in(content_key), content_key.size()) == 1,
       "EVP_PKEY_encrypt");
  wrapped.resize(size);
  return wrapped;
}

sealed seal(std::string_view content_key, std::string_view vector, std::string_view additional,
            std::string_view plaintext) {
  cipher_handle const context(EVP_CIPHER_CTX_new());
  auto const* cipher = content_key.size() == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
  must(context && content_key.size() == static_cast<std::size_t>(EVP_CIPHER_get_key_length(cipher)),
       "choosing AES-GCM");
  must(EVP_EncryptInit_ex(context.get(), cipher, nullptr, nullptr, nullptr) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(vector.size()), nullptr) == 1 &&
           EVP_EncryptInit_ex(context.get(), nullptr, nullptr, in(content_key), in(vector)) == 1,
       "EVP_EncryptInit_ex");
  int size = 0;
  must(EVP_EncryptUpdate(context.get(), nullptr, &size, in(additional), static_cast<int>(additional.size())) == 1,
       "EVP_EncryptUpdate");
  sealed made{std::string(plaintext.size(), '\0'), std::string(16, '\0')};
  must(EVP_EncryptUpdate(context.get(), out(made.ciphertext), &size, in(plaintext),
                         static_cast<int>(plaintext.size())) == 1,
       "EVP_EncryptUpdate");
  int last = 0;
  must(EVP_EncryptFinal_ex(context.get(), out(made.ciphertext) + size, &last) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, made.tag.data()) == 1,
       "EVP_EncryptFinal_ex");
  return made;
}

} // namespace consentd::hubsim
