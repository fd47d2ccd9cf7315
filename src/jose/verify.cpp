#include "base/base64url.hpp"
#include "jose/cjose_key.hpp"
#include "jose/open.hpp"
#include "jose/quoted.hpp"

#include <openssl/err.h>

namespace consentd::jose {

namespace {

struct release_jws {
  void operator()(cjose_jws_t* token) const noexcept { cjose_jws_release(token); }
};

std::size_t decoded_size(std::string_view base64url) noexcept {
  return base64url.size() * 3 / 4;
}

} // namespace

// The only maker of verified_payload.
class signature_check {
public:
  static result<verified_payload> run(compact_jws const& token, verification_key const& key) {
    auto const& handle = *key.handle_;
    // RFC 8017 section 8.1.2, step 1. cjose takes a shorter signature whose leading zeros were cut off, and so would
    // let one signature have several texts.
    if (decoded_size(token.signature_part()) != handle.modulus_bytes) {
      return failure{reason::signature, "the signature has not the length of the key's modulus"};
    }
    // cjose takes verification through a const key: it reads the RSA numbers and does not touch the reference count.
    std::unique_ptr<cjose_jws_t, release_jws> const imported(
        cjose_jws_import(token.token().data(), token.token().size(), nullptr));
    bool const holds = imported && cjose_jws_verify(imported.get(), handle.key.get(), nullptr);
    ERR_clear_error();
    if (!holds) {
      return failure{reason::signature, "the signature does not hold"};
    }
    return verified_payload(decode_base64url(token.payload_part()).value());
  }
};

result<verified_payload> verify(compact_jws const& token, verification_key const& key) {
  // cjose would follow the header to any algorithm of the key's type.
  if (token.header().alg != "PS256") {
    return failure{reason::jws_algorithm, "alg is " + quoted(token.header().alg) + ", not PS256"};
  }
  return signature_check::run(token, key);
}

} // namespace consentd::jose
