// Compact serialisations taken apart strictly, before any library sees a byte (RFC 7515 section 7.1, RFC 7516
// section 7.1).
#ifndef CONSENTD_JOSE_COMPACT_HPP
#define CONSENTD_JOSE_COMPACT_HPP

#include "base/result.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::jose {

// Sizes are checked before anything is decoded.
struct bounds {
  std::size_t token_bytes = std::size_t{1024} * 1024;
  std::size_t header_bytes = 4096; // the encoded protected header
};

// What of a protected header has a meaning for us. Key material in a header (`jwk`, `jku`, `x5c`, `x5u`) never selects
// a key and is passed over. `crit`, `b64`, `zip` and a member twice have already been refused.
struct protected_header {
  std::string alg;
  std::string enc; // empty in a JWS
  std::string kid; // empty when absent
  std::optional<std::string> typ;
  std::optional<std::string> cty;
};

// A JWS of three parts, each canonical base64url and none but the payload empty, with a sound protected header. Its
// signature is not checked yet.
class compact_jws {
public:
  // not_a_jws: not of that form, or over `limit.token_bytes`. jws_header: the header is no JSON object, has a member
  // twice, a member of the wrong type, no `alg`, or `crit`, `b64`, `zip`, or is over `limit.header_bytes`.
  static result<compact_jws> parse(std::string token, bounds const& limit);

  protected_header const& header() const noexcept { return header_; }
  std::string const& token() const noexcept { return token_; }
  // The bytes that are signed: header and payload as they stand in the token (RFC 7515 section 5.2).
  std::string_view signing_input() const noexcept { return std::string_view(token_).substr(0, payload_end_); }
  // Still encoded.
  std::string_view payload_part() const noexcept;
  std::string_view signature_part() const noexcept { return std::string_view(token_).substr(payload_end_ + 1); }

private:
  compact_jws() = default;
  std::string token_;
  std::size_t header_end_ = 0;
  std::size_t payload_end_ = 0;
  protected_header header_;
};

// A JWE of five parts, each non-empty canonical base64url, with a sound protected header; nothing is decrypted yet.
class compact_jwe {
public:
  // not_a_jwe and jwe_header, as for a JWS; `enc` must be there too.
  static result<compact_jwe> parse(std::string token, bounds const& limit);

  protected_header const& header() const noexcept { return header_; }
  // Encoded parts, in order: protected header (also the additional authenticated data), encrypted key, initialisation
  // vector, ciphertext, authentication tag.
  std::string_view part(std::size_t index) const;

private:
  compact_jwe() = default;
  std::string token_;
  std::array<std::size_t, 6> starts_{}; // of each part, and one past the end plus one
  protected_header header_;
};

// The shape of a JWE and nothing more: five non-empty base64url parts, the first of which decodes to a JSON object.
// What the ingress asks before it stores a body (contract section 7, answer 400).
result<void> looks_like_jwe(std::string_view token, bounds const& limit);

} // namespace consentd::jose

#endif
