#include "jose/verification_key.hpp"

#include "base/base64url.hpp"
#include "jose/cjose_key.hpp"
#include "jose/rsa_parameters.hpp"
#include "json/writer.hpp"

#include <openssl/err.h>

namespace consentd::jose {

namespace {

// cjose wants bytes that are not const, and copies them.
std::uint8_t* bytes_of(std::string& text) noexcept {
  return static_cast<std::uint8_t*>(static_cast<void*>(text.data()));
}

// A published set with a private part belongs to nobody in particular any more (RFC 7518 sections 6.3.2 and 6.4.1).
result<void> refuse_private_members(json::value const& jwk) {
  for (auto const* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    if (jwk.find(name)) {
      return failure{reason::bad_key, std::string(name) + " is a private member"};
    }
  }
  return {};
}

std::string write_jwk(std::string_view kid, rsa_public_numbers const& numbers) {
  json::writer out;
  out.begin_object().member("kty", "RSA").member("kid", kid).member("use", "sig").member("alg", "PS256");
  out.member("n", encode_base64url(numbers.modulus)).member("e", encode_base64url(numbers.exponent)).end_object();
  return out.take();
}

} // namespace

verification_key::verification_key(std::unique_ptr<handle> key) : handle_(std::move(key)) {
}

verification_key::~verification_key() = default;

std::string const& verification_key::kid() const noexcept {
  return handle_->kid;
}

std::string const& verification_key::jwk() const noexcept {
  return handle_->jwk;
}

result<std::shared_ptr<verification_key const>> verification_key::from_jwk(json::value const& jwk) {
  if (auto const fit = check_purpose(jwk, {"sig", "verify", "verify"}); !fit) {
    return fit.error();
  }
  if (jwk.find("alg") && jwk.find_string("alg") != "PS256") {
    return failure{reason::bad_key, "alg is not PS256"};
  }
  if (auto const open = refuse_private_members(jwk); !open) {
    return open.error();
  }
  auto kid = read_text(jwk, "kid");
  if (!kid) {
    return kid.error();
  }
  auto numbers = read_public_numbers(jwk);
  if (!numbers) {
    return numbers.error();
  }
  // Bytes, not JSON, go to cjose: its base64 decoder and its JWK reader see nothing from outside.
  cjose_jwk_rsa_keyspec parts{};
  parts.n = bytes_of(numbers->modulus);
  parts.nlen = numbers->modulus.size();
  parts.e = bytes_of(numbers->exponent);
  parts.elen = numbers->exponent.size();
  auto made = std::make_unique<handle>();
  made->key.reset(cjose_jwk_create_RSA_spec(&parts, nullptr));
  ERR_clear_error();
  if (!made->key) {
    return failure{reason::bad_key, "n and e make no key"};
  }
  made->jwk = write_jwk(*kid, *numbers);
  made->kid = std::move(*kid);
  made->modulus_bytes = numbers->modulus.size();
  return std::shared_ptr<verification_key const>(new verification_key(std::move(made)));
}

} // namespace consentd::jose
