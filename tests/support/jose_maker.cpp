#include "tests/support/jose_maker.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace consentd::tests {

namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using bio = std::unique_ptr<BIO, freed_by<BIO_free>>;
using number = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using key_context = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, freed_by<EVP_CIPHER_CTX_free>>;
using certificate = std::unique_ptr<X509, freed_by<X509_free>>;

void must(bool done, char const* what) {
  if (!done) {
    throw std::runtime_error(std::string("jose_maker: ") + what);
  }
}

unsigned char* bytes(std::string& text) {
  return static_cast<unsigned char*>(static_cast<void*>(text.data()));
}
unsigned char const* bytes(std::string_view text) {
  return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}

std::string random_bytes(std::size_t size) {
  std::string out(size, '\0');
  must(RAND_bytes(bytes(out), static_cast<int>(size)) == 1, "random bytes");
  return out;
}

std::string number_of(EVP_PKEY* pair, char const* name) {
  BIGNUM* found = nullptr;
  must(EVP_PKEY_get_bn_param(pair, name, &found) == 1, name);
  number const owned(found);
  std::string out(static_cast<std::size_t>(BN_num_bytes(found)), '\0');
  BN_bn2bin(found, bytes(out));
  return out;
}

std::string content_of(BIO* from) {
  char* data = nullptr;
  long const size = BIO_get_mem_data(from, &data);
  return {data, static_cast<std::size_t>(size)};
}

template <class Write>
std::string pem(Write const& write) {
  bio const out(BIO_new(BIO_s_mem()));
  must(out != nullptr && write(out.get()) == 1, "PEM");
  return content_of(out.get());
}

key_context context_of(rsa_key const& key) {
  key_context made(EVP_PKEY_CTX_new_from_pkey(nullptr, key.handle(), nullptr));
  must(made != nullptr, "key context");
  return made;
}

std::string wrap(rsa_key const& to, std::string_view content_key, encryption_recipe const& recipe) {
  auto const context = context_of(to);
  must(EVP_PKEY_encrypt_init(context.get()) == 1, "encrypt");
  if (recipe.pkcs1_padding) {
    must(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1, "padding");
  } else {
    must(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_get_digestbyname(recipe.oaep_hash.c_str())) == 1 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_get_digestbyname(recipe.mgf1_hash.c_str())) == 1,
         "OAEP");
  }
  std::string out(to.n().size(), '\0');
  auto size = out.size();
  must(EVP_PKEY_encrypt(context.get(), bytes(out), &size, bytes(content_key), content_key.size()) == 1, "wrap");
  out.resize(size);
  return out;
}

} // namespace

std::string base64url(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  out.resize(static_cast<std::size_t>(EVP_EncodeBlock(bytes(out), bytes(text), static_cast<int>(text.size()))));
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  out.erase(std::find(out.begin(), out.end(), '='), out.end());
  return out;
}

rsa_key::rsa_key(EVP_PKEY* pair) : pair_(pair, EVP_PKEY_free) {
  must(pair != nullptr, "key");
}

rsa_key rsa_key::generate(unsigned bits, unsigned exponent) {
  key_context const context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  number const e(BN_new());
  must(context && e && BN_set_word(e.get(), exponent) == 1 && EVP_PKEY_keygen_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits)) == 1 &&
           EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get()) == 1,
       "key generation");
  EVP_PKEY* pair = nullptr;
  must(EVP_PKEY_generate(context.get(), &pair) == 1, "key generation");
  return rsa_key(pair);
}

rsa_key rsa_key::of_numbers(std::string const& n, std::string const& e, std::string const& d) {
  using builder = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
  using list = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;
  auto const make = [](std::string const& from) {
    return number(BN_bin2bn(bytes(std::string_view(from)), static_cast<int>(from.size()), nullptr));
  };
  auto const bn = make(n);
  auto const be = make(e);
  auto const bd = make(d);
  builder const made(OSSL_PARAM_BLD_new());
  must(made && OSSL_PARAM_BLD_push_BN(made.get(), OSSL_PKEY_PARAM_RSA_N, bn.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(made.get(), OSSL_PKEY_PARAM_RSA_E, be.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(made.get(), OSSL_PKEY_PARAM_RSA_D, bd.get()) == 1,
       "numbers");
  // PEM has no form without factors: any will do for a key that is to be refused.
  auto const factor = make(std::string(n.size() / 2, '\xff'));
  for (auto const* name : {OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
                           OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
    must(OSSL_PARAM_BLD_push_BN(made.get(), name, factor.get()) == 1, name);
  }
  list const parameters(OSSL_PARAM_BLD_to_param(made.get()));
  key_context const context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* pair = nullptr;
  must(parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
           EVP_PKEY_fromdata(context.get(), &pair, EVP_PKEY_KEYPAIR, parameters.get()) == 1,
       "key from numbers");
  return rsa_key(pair);
}

std::string rsa_key::n() const {
  return number_of(handle(), OSSL_PKEY_PARAM_RSA_N);
}
std::string rsa_key::e() const {
  return number_of(handle(), OSSL_PKEY_PARAM_RSA_E);
}
std::string rsa_key::d() const {
  return number_of(handle(), OSSL_PKEY_PARAM_RSA_D);
}

std::string rsa_key::public_jwk(std::string_view kid, std::string_view more) const {
  return R"({"kty":"RSA","n":")" + base64url(n()) + R"(","e":")" + base64url(e()) + R"(","kid":")" + std::string(kid) +
         '"' + std::string(more) + '}';
}

std::string rsa_key::private_jwk(std::string_view kid, std::string_view more) const {
  struct member {
    char const* jwk;
    char const* openssl;
  };
  std::string rest;
  for (auto const& [jwk, openssl] :
       {member{"d", OSSL_PKEY_PARAM_RSA_D}, member{"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
        member{"q", OSSL_PKEY_PARAM_RSA_FACTOR2}, member{"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
        member{"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, member{"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}}) {
    rest += std::string(",\"") + jwk + "\":\"" + base64url(number_of(handle(), openssl)) + '"';
  }
  return public_jwk(kid, rest + std::string(more));
}

std::string rsa_key::private_pem() const {
  return pem(
      [&](BIO* out) { return PEM_write_bio_PKCS8PrivateKey(out, handle(), nullptr, nullptr, 0, nullptr, nullptr); });
}

std::string rsa_key::private_pkcs1_pem() const {
  return pem([&](BIO* out) {
    return PEM_write_bio_PrivateKey_traditional(out, handle(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string rsa_key::encrypted_pem(std::string const& pass_phrase) const {
  return pem([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, handle(), EVP_aes_256_cbc(), pass_phrase.data(),
                                         static_cast<int>(pass_phrase.size()), nullptr, nullptr);
  });
}

std::string rsa_key::public_pem() const {
  return pem([&](BIO* out) { return PEM_write_bio_PUBKEY(out, handle()); });
}

std::string rsa_key::certificate_pem(std::string const& common_name) const {
  certificate const made(X509_new());
  must(made != nullptr, "certificate");
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 24L * 60 * 60);
  auto* const name = X509_get_subject_name(made.get());
  must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes(std::string_view(common_name)), -1, -1, 0) == 1 &&
           X509_set_issuer_name(made.get(), name) == 1 && X509_set_pubkey(made.get(), handle()) == 1 &&
           X509_sign(made.get(), handle(), EVP_sha256()) > 0,
       "certificate");
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, made.get()); });
}

std::string rsa_key::thumbprint(std::string const& certificate_pem) {
  bio const source(BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  certificate const read(PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr));
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  must(read && X509_digest(read.get(), EVP_sha256(), bytes(digest), &size) == 1, "thumbprint");
  digest.resize(size);
  return base64url(digest);
}

std::string jwk_set_of(std::initializer_list<std::string> jwks) {
  std::string text = R"({"keys":[)";
  for (auto const& jwk : jwks) {
    text += (text.back() == '[' ? "" : ",") + jwk;
  }
  return text + "]}";
}

std::string sign(rsa_key const& key, std::string_view header, std::string_view payload,
                 signature_recipe const& recipe) {
  auto const input = base64url(header) + '.' + base64url(payload);
  digest_context const context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  must(context && EVP_DigestSignInit_ex(context.get(), &options, recipe.hash.c_str(), nullptr, nullptr, key.handle(),
                                        nullptr) == 1,
       "sign");
  if (recipe.pss) {
    must(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(options, recipe.salt_bytes) == 1,
         "PSS");
  }
  std::string signature(key.n().size(), '\0');
  auto size = signature.size();
  must(EVP_DigestSign(context.get(), bytes(signature), &size, bytes(std::string_view(input)), input.size()) == 1,
       "sign");
  signature.resize(size);
  return input + '.' + base64url(signature);
}

std::string sign_hs256(std::string_view secret, std::string_view header, std::string_view payload) {
  auto const input = base64url(header) + '.' + base64url(payload);
  std::string signature(32, '\0');
  unsigned size = 0;
  must(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes(std::string_view(input)), input.size(),
            bytes(signature), &size) != nullptr,
       "HMAC");
  return input + '.' + base64url(signature);
}

std::string encrypt(rsa_key const& to, std::string_view header, std::string_view plaintext,
                    encryption_recipe const& recipe) {
  auto const encoded_header = base64url(header);
  auto const wrapped_key = random_bytes(recipe.content_key_bytes);
  // What a receiver that takes no notice of the length would use.
  auto content_key = wrapped_key;
  content_key.resize(32);
  auto const encrypted_key = recipe.encrypted_key ? *recipe.encrypted_key : wrap(to, wrapped_key, recipe);
  auto const vector = random_bytes(recipe.vector_bytes);
  auto const additional = recipe.additional_data.value_or(encoded_header);
  std::string ciphertext(plaintext.size(), '\0');
  std::string tag(16, '\0');
  int written = 0;
  cipher_context const context(EVP_CIPHER_CTX_new());
  must(context && EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(vector.size()), nullptr) == 1 &&
           EVP_EncryptInit_ex2(context.get(), nullptr, bytes(std::string_view(content_key)),
                               bytes(std::string_view(vector)), nullptr) == 1 &&
           EVP_EncryptUpdate(context.get(), nullptr, &written, bytes(std::string_view(additional)),
                             static_cast<int>(additional.size())) == 1 &&
           EVP_EncryptUpdate(context.get(), bytes(ciphertext), &written, bytes(plaintext),
                             static_cast<int>(plaintext.size())) == 1 &&
           EVP_EncryptFinal_ex(context.get(), bytes(ciphertext) + written, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) == 1,
       "encrypt");
  return encoded_header + '.' + base64url(encrypted_key) + '.' + base64url(vector) + '.' + base64url(ciphertext) + '.' +
         base64url(tag);
}

std::string raw_public(rsa_key const& key, std::string const& block) {
  auto const context = context_of(key);
  std::string out(key.n().size(), '\0');
  auto size = out.size();
  must(EVP_PKEY_encrypt_init(context.get()) == 1 && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
           EVP_PKEY_encrypt(context.get(), bytes(out), &size, bytes(std::string_view(block)), block.size()) == 1,
       "raw public operation");
  return out;
}

std::string part_of(std::string_view token, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    token.remove_prefix(token.find('.') + 1);
  }
  return std::string(token.substr(0, token.find('.')));
}

std::string with_part(std::string_view token, std::size_t index, std::string_view replacement) {
  std::string out;
  auto const parts = static_cast<std::size_t>(std::count(token.begin(), token.end(), '.')) + 1;
  for (std::size_t i = 0; i < parts; ++i) {
    out += (i == 0 ? "" : ".");
    out += i == index ? std::string(replacement) : part_of(token, i);
  }
  return out;
}

} // namespace consentd::tests
