#include "config/files.hpp"
#include "jose/compact.hpp"
#include "tools/consentctl/inspect.hpp"

#include <algorithm>
#include <utility>

namespace consentd::consentctl {

namespace {

result<std::string> open_jwe(std::string const& token, std::string jwk, bool allow_sha1, inspection& out) {
  auto read = jose::compact_jwe::parse(token, {.token_bytes = max_token_bytes});
  if (!read) {
    return read.error();
  }
  out.holds("JWE", "alg " + read->header().alg + ", enc " + read->header().enc);
  auto key = jose::decryption_key_from_jwk(std::move(jwk));
  if (!key) {
    return key.error();
  }
  auto plaintext = jose::decrypt(*read, **key, allow_sha1);
  if (plaintext) {
    out.holds("decryption", std::to_string(plaintext->size()) + " bytes");
  }
  return plaintext;
}

result<std::string> verify_jws(std::string const& token, std::string jwk, inspection& out) {
  auto read = jose::compact_jws::parse(token, {.token_bytes = max_token_bytes});
  if (!read) {
    return read.error();
  }
  out.holds("JWS", "alg " + read->header().alg);
  auto document = json::document::parse(std::move(jwk), {.bytes = config::max_file_bytes, .depth = 8, .values = 1024});
  if (!document) {
    return failure{reason::bad_key, "the JWK: " + document.error().detail};
  }
  auto const key = jose::verification_key::from_jwk(document->root());
  if (!key) {
    return key.error();
  }
  auto payload = jose::verify(*read, **key);
  if (!payload) {
    return payload.error();
  }
  out.holds("signature", "PS256 holds over " + std::to_string(payload->bytes().size()) + " bytes");
  return payload->bytes();
}

} // namespace

void inspect_jose(inspect_options const& asked, std::string const& token, inspection& out) {
  auto jwk = config::read_file(asked.key);
  if (!jwk) {
    out.cannot_check(jwk.error());
    return;
  }
  bool const encrypted = std::count(token.begin(), token.end(), '.') == 4;
  auto payload =
      encrypted ? open_jwe(token, std::move(*jwk), asked.allow_sha1, out) : verify_jws(token, std::move(*jwk), out);
  if (!payload && payload.error().code == reason::bad_key) {
    out.cannot_check(payload.error());
  } else if (!payload) {
    out.fails(payload.error());
  } else if (asked.show_payload) {
    out.payload(std::move(*payload));
  }
}

} // namespace consentd::consentctl
