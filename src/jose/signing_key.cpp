#include "jose/signing_key.hpp"

#include "base/secret.hpp"
#include "jose/cjose_key.hpp"
#include "jose/private_pem.hpp"
#include "jose/rsa_parameters.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include <array>
#include <cstdint>
#include <utility>

namespace consentd::jose {

namespace {

struct release_jws {
  void operator()(cjose_jws_t* token) const noexcept { cjose_jws_release(token); }
};
using jws_handle = std::unique_ptr<cjose_jws_t, release_jws>;

struct release_header {
  void operator()(cjose_header_t* header) const noexcept { cjose_header_release(header); }
};

using key_handle = std::unique_ptr<cjose_jwk_t, release_key>;

// Big-endian. Empty when the pair has no such number.
secret number_of(EVP_PKEY const* pair, char const* name) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(pair, name, &found) != 1) {
    return {};
  }
  number_handle const number(found);
  secret bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.bytes().data());
  return bytes;
}

std::string text_of(secret const& number) {
  return {number.bytes().begin(), number.bytes().end()};
}

// cjose copies the numbers; ours are wiped when this ends.
class rsa_numbers {
public:
  explicit rsa_numbers(EVP_PKEY const* pair) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      numbers_.at(i) = number_of(pair, names.at(i));
    }
  }

  bool complete() const noexcept {
    for (auto const& number : numbers_) {
      if (number.size() == 0) {
        return false;
      }
    }
    return true;
  }
  rsa_public_numbers public_half() const { return {text_of(numbers_[0]), text_of(numbers_[1])}; }

  key_handle make_key() {
    cjose_jwk_rsa_keyspec parts{};
    struct {
      std::uint8_t*& bytes;
      std::size_t& size;
    } const places[] = {{parts.n, parts.nlen},   {parts.e, parts.elen},  {parts.d, parts.dlen},
                        {parts.p, parts.plen},   {parts.q, parts.qlen},  {parts.dp, parts.dplen},
                        {parts.dq, parts.dqlen}, {parts.qi, parts.qilen}};
    for (std::size_t i = 0; i < names.size(); ++i) {
      places[i].bytes = numbers_.at(i).bytes().data();
      places[i].size = numbers_.at(i).size();
    }
    return key_handle(cjose_jwk_create_RSA_spec(&parts, nullptr));
  }

private:
  static constexpr std::array names{OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
                                    OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
                                    OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
                                    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
  std::array<secret, 8> numbers_;
};

// Null when cjose cannot: `kid` is not UTF-8, no memory.
jws_handle sign_with(cjose_jwk_t const* key, std::string const& kid, std::string_view payload) {
  std::unique_ptr<cjose_header_t, release_header> const header(cjose_header_new(nullptr));
  if (!header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_PS256, nullptr) ||
      !cjose_header_set(header.get(), CJOSE_HDR_KID, kid.c_str(), nullptr) ||
      !cjose_header_set(header.get(), "typ", "JWT", nullptr)) {
    return nullptr;
  }
  auto const* const bytes = static_cast<std::uint8_t const*>(static_cast<void const*>(payload.data()));
  return jws_handle(cjose_jws_sign(key, header.get(), bytes, payload.size(), nullptr));
}

} // namespace

struct signing_key::handle {
  std::string kid;
  key_handle key;
};

signing_key::signing_key(std::unique_ptr<handle> key) noexcept : handle_(std::move(key)) {
}

signing_key::signing_key(signing_key&&) noexcept = default;
signing_key& signing_key::operator=(signing_key&&) noexcept = default;
signing_key::~signing_key() = default;

result<signing_key> signing_key::from_pem(std::string_view pem, std::string kid) {
  auto const pair = read_private_pem(pem);
  if (!pair) {
    return pair.error();
  }
  if (EVP_PKEY_is_a(pair->get(), "RSA") != 1) {
    return failure{reason::bad_key, "it is no RSA key"};
  }
  rsa_numbers numbers(pair->get());
  ERR_clear_error();
  if (!numbers.complete()) {
    return failure{reason::bad_key, "it lacks one of its numbers"};
  }
  if (auto const sound = check_numbers(numbers.public_half()); !sound) {
    return sound.error();
  }
  auto made = std::make_unique<handle>();
  made->kid = std::move(kid);
  made->key = numbers.make_key();
  // What is signed now tells whether anything will be later.
  auto const probe = made->key ? sign_with(made->key.get(), made->kid, "{}") : nullptr;
  bool const holds = probe && cjose_jws_verify(probe.get(), made->key.get(), nullptr);
  ERR_clear_error();
  if (!holds) {
    return failure{reason::bad_key, "its private part does not belong to its public part"};
  }
  return signing_key(std::move(made));
}

std::string const& signing_key::kid() const noexcept {
  return handle_->kid;
}

std::string signing_key::sign(std::string_view claims) const {
  auto const token = sign_with(handle_->key.get(), handle_->kid, claims);
  char const* text = nullptr; // the token's own
  bool const exported = token && cjose_jws_export(token.get(), &text, nullptr);
  ERR_clear_error();
  return exported ? std::string(text) : std::string();
}

} // namespace consentd::jose
