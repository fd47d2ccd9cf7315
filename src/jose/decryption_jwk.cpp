#include "jose/decryption_key.hpp"
#include "jose/rsa_decryption_key.hpp"
#include "jose/rsa_parameters.hpp"
#include "json/document.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include <array>

namespace consentd::jose {

namespace {

struct rsa_member {
  char const* jwk;
  char const* openssl;
};

constexpr std::array<rsa_member, 3> required{
    {{"n", OSSL_PKEY_PARAM_RSA_N}, {"e", OSSL_PKEY_PARAM_RSA_E}, {"d", OSSL_PKEY_PARAM_RSA_D}}};
constexpr std::array<rsa_member, 5> factors{{{"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
                                             {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
                                             {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
                                             {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
                                             {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}}};

// Reads members into a builder; keeps the numbers alive until the builder has made its list.
class numbers_of_jwk {
public:
  explicit numbers_of_jwk(json::value const& jwk) : jwk_(jwk), builder_(OSSL_PARAM_BLD_new()) {}

  result<void> add(rsa_member const& member) {
    auto bytes = read_unsigned(jwk_, member.jwk, max_modulus_bits / 8);
    if (!bytes) {
      return bytes.error();
    }
    auto* const data = static_cast<unsigned char*>(static_cast<void*>(bytes->data()));
    numbers_.emplace_back(BN_bin2bn(data, static_cast<int>(bytes->size()), nullptr));
    OPENSSL_cleanse(data, bytes->size());
    if (!builder_ || !numbers_.back() ||
        OSSL_PARAM_BLD_push_BN(builder_.get(), member.openssl, numbers_.back().get()) != 1) {
      return failure{reason::bad_key, std::string(member.jwk) + " cannot be taken"};
    }
    return {};
  }

  result<pkey_handle> make() {
    param_list const list(OSSL_PARAM_BLD_to_param(builder_.get()));
    pkey_context const context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* made = nullptr;
    if (!list || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, list.get()) != 1) {
      return failure{reason::bad_key, "its numbers make no RSA key"};
    }
    return pkey_handle(made);
  }

private:
  json::value jwk_;
  param_builder builder_;
  std::vector<number_handle> numbers_;
};

result<pkey_handle> read_pair(json::value const& jwk) {
  numbers_of_jwk numbers(jwk);
  for (auto const& member : required) {
    if (auto const added = numbers.add(member); !added) {
      return added.error();
    }
  }
  // All of the factors or none (RFC 7518 section 6.3.2); more than two primes are not for us.
  if (jwk.find("oth")) {
    return failure{reason::bad_key, "oth: more than two primes"};
  }
  bool any = false;
  for (auto const& member : factors) {
    any = any || jwk.find(member.jwk).has_value();
  }
  for (auto const& member : factors) {
    if (!any) {
      break;
    }
    if (auto const added = numbers.add(member); !added) {
      return added.error();
    }
  }
  return numbers.make();
}

} // namespace

result<std::unique_ptr<decryption_key const>> decryption_key_from_jwk(std::string jwk_text) {
  auto const parsed =
      json::document::parse(std::move(jwk_text), {.bytes = std::size_t{64} * 1024, .depth = 8, .values = 1024});
  if (!parsed) {
    return failure{reason::bad_key, "the JWK: " + parsed.error().detail};
  }
  auto const jwk = parsed->root();
  if (auto const fit = check_purpose(jwk, {"enc", "decrypt", "unwrapKey"}); !fit) {
    return fit.error();
  }
  auto const alg = jwk.find_string("alg");
  if (jwk.find("alg") && alg != "RSA-OAEP-256" && alg != "RSA-OAEP") {
    return failure{reason::bad_key, "alg is neither RSA-OAEP-256 nor RSA-OAEP"};
  }
  auto kid = read_text(jwk, "kid");
  if (!kid) {
    return kid.error();
  }
  // The public half is judged before OpenSSL is handed anything.
  if (auto const numbers = read_public_numbers(jwk); !numbers) {
    return numbers.error();
  }
  auto pair = read_pair(jwk);
  ERR_clear_error();
  if (!pair) {
    return pair.error();
  }
  return make_decryption_key(std::move(*pair), std::move(*kid));
}

} // namespace consentd::jose
