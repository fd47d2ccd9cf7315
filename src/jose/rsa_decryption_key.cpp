#include "jose/rsa_decryption_key.hpp"

#include "jose/rsa_parameters.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <limits>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace consentd::jose {

namespace {

constexpr std::size_t content_key_bytes = 32; // A256GCM

unsigned char const* bytes_of(std::string_view text) noexcept {
  return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}

// All ones when the two are equal and all zeros when not, without a branch. Through a volatile, so that no compiler can
// see two cases in the result and branch on them later.
unsigned char equal_mask(std::size_t left, std::size_t right) noexcept {
  std::size_t const difference = left ^ right;
  std::size_t const differs = (difference | (0 - difference)) >> (std::numeric_limits<std::size_t>::digits - 1);
  auto const volatile mask = static_cast<unsigned char>(differs - 1);
  return mask;
}

secret random_key() {
  secret key(content_key_bytes);
  if (RAND_priv_bytes(key.bytes().data(), static_cast<int>(key.size())) != 1) {
    throw std::runtime_error("OpenSSL has no random bytes");
  }
  return key;
}

void use_oaep(EVP_PKEY_CTX* context, key_encryption algorithm) {
  // One hash for OAEP and for MGF1 (RFC 7518 section 4.3); OpenSSL's own default is SHA-1.
  auto const* hash = algorithm == key_encryption::rsa_oaep_256 ? EVP_sha256() : EVP_sha1();
  if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context, hash) != 1 || EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) != 1) {
    throw std::runtime_error("OpenSSL does not do OAEP");
  }
}

// Contexts for one key and algorithm that are ready for the next decryption: making one costs lookups by name. There
// are never more than decryptions went on at a time. Thread-safe.
class ready_contexts {
public:
  pkey_context take(EVP_PKEY* key, key_encryption algorithm) {
    {
      std::lock_guard const lock(mutex_);
      if (!idle_.empty()) {
        auto ready = std::move(idle_.back());
        idle_.pop_back();
        return ready;
      }
    }
    pkey_context made(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    if (!made || EVP_PKEY_decrypt_init(made.get()) != 1) {
      throw std::runtime_error("OpenSSL does not do RSA decryption");
    }
    use_oaep(made.get(), algorithm);
    return made;
  }

  void give_back(pkey_context used) {
    std::lock_guard const lock(mutex_);
    idle_.push_back(std::move(used));
  }

private:
  std::mutex mutex_;
  std::vector<pkey_context> idle_;
};

class rsa_decryption_key final : public decryption_key {
public:
  rsa_decryption_key(pkey_handle pair, std::string modulus, std::string kid)
      : pair_(std::move(pair)), modulus_(std::move(modulus)), kid_(std::move(kid)) {}

  std::string const& kid() const noexcept override { return kid_; }

  secret unwrap(key_encryption algorithm, std::string_view encrypted_key) const override {
    auto key = random_key();
    secret unwrapped(modulus_.size());
    // A length or value that RSA cannot take is known to the sender, but it must cost what all others cost: a stand-in
    // is decrypted in its place (RFC 7516 section 11.5).
    bool const fits = encrypted_key.size() == modulus_.size() && encrypted_key < modulus_;
    std::string const stand_in(modulus_.size(), '\x01');
    std::string_view const input = fits ? encrypted_key : std::string_view(stand_in);

    auto& ready = algorithm == key_encryption::rsa_oaep_256 ? with_sha256_ : with_sha1_;
    auto context = ready.take(pair_.get(), algorithm);
    std::size_t length = unwrapped.size();
    int const outcome =
        EVP_PKEY_decrypt(context.get(), unwrapped.bytes().data(), &length, bytes_of(input), input.size());
    ERR_clear_error();
    ready.give_back(std::move(context));

    auto const good = static_cast<unsigned char>(equal_mask(static_cast<std::size_t>(outcome), 1) &
                                                 equal_mask(length, content_key_bytes) &
                                                 equal_mask(static_cast<std::size_t>(fits), 1));
    for (std::size_t i = 0; i < content_key_bytes; ++i) {
      auto const chosen = (unwrapped.bytes()[i] & good) | (key.bytes()[i] & static_cast<unsigned char>(~good));
      key.bytes()[i] = static_cast<unsigned char>(chosen);
    }
    return key;
  }

  // True when what the public half wraps is what the private half unwraps.
  bool belongs_together() const {
    auto const sample = random_key();
    std::string wrapped(modulus_.size(), '\0');
    pkey_context const context(EVP_PKEY_CTX_new_from_pkey(nullptr, pair_.get(), nullptr));
    if (!context || EVP_PKEY_encrypt_init(context.get()) != 1) {
      return false;
    }
    use_oaep(context.get(), key_encryption::rsa_oaep_256);
    std::size_t length = wrapped.size();
    auto* const out = static_cast<unsigned char*>(static_cast<void*>(wrapped.data()));
    if (EVP_PKEY_encrypt(context.get(), out, &length, sample.bytes().data(), sample.size()) != 1) {
      return false;
    }
    auto const back = unwrap(key_encryption::rsa_oaep_256, wrapped);
    return CRYPTO_memcmp(back.bytes().data(), sample.bytes().data(), sample.size()) == 0;
  }

private:
  pkey_handle pair_;
  std::string modulus_; // big-endian, so that texts of its length compare as numbers do
  std::string kid_;
  mutable ready_contexts with_sha256_;
  mutable ready_contexts with_sha1_;
};

result<std::string> number_of(EVP_PKEY const* pair, char const* name) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(pair, name, &found) != 1) {
    return failure{reason::bad_key, "it is not whole"};
  }
  number_handle const number(found);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), static_cast<unsigned char*>(static_cast<void*>(bytes.data())));
  return bytes;
}

} // namespace

result<std::unique_ptr<decryption_key const>> make_decryption_key(pkey_handle pair, std::string kid) {
  if (EVP_PKEY_is_a(pair.get(), "RSA") != 1) {
    return failure{reason::bad_key, "it is no RSA key"};
  }
  auto modulus = number_of(pair.get(), OSSL_PKEY_PARAM_RSA_N);
  auto exponent = number_of(pair.get(), OSSL_PKEY_PARAM_RSA_E);
  ERR_clear_error();
  if (!modulus || !exponent) {
    return modulus ? exponent.error() : modulus.error();
  }
  if (auto const sound = check_numbers({*modulus, *exponent}); !sound) {
    return sound.error();
  }
  auto key = std::make_unique<rsa_decryption_key const>(std::move(pair), std::move(*modulus), std::move(kid));
  bool const whole = key->belongs_together();
  ERR_clear_error();
  if (!whole) {
    return failure{reason::bad_key, "its private part does not belong to its public part"};
  }
  return std::unique_ptr<decryption_key const>(std::move(key));
}

} // namespace consentd::jose
