#include "base/base64url.hpp"
#include "jose/open.hpp"
#include "jose/openssl_handles.hpp"
#include "jose/quoted.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>

namespace consentd::jose {

namespace {

constexpr std::size_t vector_bytes = 12; // RFC 7518 section 5.3
constexpr std::size_t tag_bytes = 16;

// The parts after the header, decoded.
struct sealed_content {
  std::string vector;
  std::string ciphertext;
  std::string tag;
};

unsigned char* bytes_of(std::string& text) noexcept {
  return static_cast<unsigned char*>(static_cast<void*>(text.data()));
}

unsigned char const* bytes_of(std::string_view text) noexcept {
  return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}

// compact_jwe has checked the alphabet of every part.
std::string decoded(std::string_view part) {
  return decode_base64url(part).value();
}

// A256GCM (RFC 7518 section 5.3). Writes `plaintext`, of the ciphertext's size; what is in it counts only when true
// comes back.
bool open_content(secret const& key, std::string_view additional, sealed_content& content, std::string& plaintext) {
  cipher_context const context(EVP_CIPHER_CTX_new());
  int written = 0;
  int last = 0;
  return context != nullptr &&
         EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.bytes().data(), bytes_of(content.vector), nullptr) ==
             1 &&
         EVP_DecryptUpdate(context.get(), nullptr, &written, bytes_of(additional),
                           static_cast<int>(additional.size())) == 1 &&
         EVP_DecryptUpdate(context.get(), bytes_of(plaintext), &written, bytes_of(std::string_view(content.ciphertext)),
                           static_cast<int>(content.ciphertext.size())) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(content.tag.size()),
                             content.tag.data()) == 1 &&
         EVP_DecryptFinal_ex(context.get(), bytes_of(plaintext) + written, &last) == 1;
}

result<key_encryption> algorithm_of(protected_header const& header, bool allow_sha1) {
  if (header.enc != "A256GCM") {
    return failure{reason::jwe_algorithm, "enc is " + quoted(header.enc) + ", not A256GCM"};
  }
  if (header.alg == "RSA-OAEP-256") {
    return key_encryption::rsa_oaep_256;
  }
  if (header.alg == "RSA-OAEP" && allow_sha1) {
    return key_encryption::rsa_oaep;
  }
  return failure{reason::jwe_algorithm, "alg is " + quoted(header.alg) + ", which is not allowed"};
}

// From here on every failure is the same one, and the same work is done whatever is wrong (RFC 7516 section 11.5).
result<std::string> open_with(compact_jwe const& token, decryption_key const& key, key_encryption algorithm) {
  sealed_content content{decoded(token.part(2)), decoded(token.part(3)), decoded(token.part(4))};
  bool const lengths_hold = content.vector.size() == vector_bytes && content.tag.size() == tag_bytes;
  content.vector.resize(vector_bytes);
  content.tag.resize(tag_bytes);
  auto const content_key = key.unwrap(algorithm, decoded(token.part(1)));
  std::string plaintext(content.ciphertext.size(), '\0');
  bool const opened = open_content(content_key, token.part(0), content, plaintext);
  ERR_clear_error();
  if (!opened || !lengths_hold) {
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return failure{reason::decryption, "the named key does not open it"};
  }
  return plaintext;
}

} // namespace

result<std::string> decrypt(compact_jwe const& token, key_ring const& keys, timestamp received, bool allow_sha1) {
  auto const algorithm = algorithm_of(token.header(), allow_sha1);
  if (!algorithm) {
    return algorithm.error();
  }
  auto const key = keys.find(token.header().kid, received);
  if (!key) {
    return key.error();
  }
  return open_with(token, **key, *algorithm);
}

result<std::string> decrypt(compact_jwe const& token, decryption_key const& key, bool allow_sha1) {
  auto const algorithm = algorithm_of(token.header(), allow_sha1);
  if (!algorithm) {
    return algorithm.error();
  }
  return open_with(token, key, *algorithm);
}

} // namespace consentd::jose
