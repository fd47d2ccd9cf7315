// Opening what the Hub sends: decryption, signature, and the claims of an event (contract sections 3 and 4).
#ifndef CONSENTD_JOSE_OPEN_HPP
#define CONSENTD_JOSE_OPEN_HPP

#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "jose/claims.hpp"
#include "jose/compact.hpp"
#include "jose/decryption_key.hpp"
#include "jose/key_source.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::jose {

// Decrypts: RSA-OAEP-256 (or RSA-OAEP where `allow_sha1`) with A256GCM, a 96-bit vector, a 128-bit tag. jwe_algorithm:
// other algorithms. unknown_decryption_key: no such `kid` in the ring at the time of receipt. decryption: all that is
// wrong after the key was found, one code by one path.
result<std::string> decrypt(compact_jwe const& token, key_ring const& keys, timestamp received, bool allow_sha1);

// The same with the key already chosen, whatever `kid` says: for published vectors and tools.
result<std::string> decrypt(compact_jwe const& token, decryption_key const& key, bool allow_sha1);

// The payload of a JWS whose signature held. Only jose makes one: what is not verified cannot be passed off as such.
class verified_payload {
public:
  std::string const& bytes() const noexcept { return bytes_; }

private:
  friend class signature_check;
  explicit verified_payload(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

// PS256 and nothing else, pinned before the library is called. jws_algorithm: the header says otherwise. signature: it
// does not hold.
result<verified_payload> verify(compact_jws const& token, verification_key const& key);

// PS256 where the signing input (RFC 7515 section 5.2) is known by its SHA-256 alone, as after an erasure. `jwk` and
// `signature` are what verify() takes: a public key, base64url. bad_key; signature: it does not hold.
result<void> verify_digest(digest const& signing_input, std::string_view signature, json::value const& jwk);

// What is asked of an event's token.
struct event_policy {
  std::vector<std::string> audiences; // client ids of ours; one must be in `aud`
  std::chrono::seconds leeway{10};
  std::chrono::seconds max_expiry = std::chrono::days{30}; // after receipt
  bool allow_rsa_oaep_sha1 = false;
  bounds limit;
  json::limits payload;
};

// An event that was decrypted, verified and whose claims hold; with the one exception that `expired` names.
struct signed_event {
  registered_claims claims;
  json::document payload; // the whole claims set; `message` is an object in it
  std::string jws;        // the compact JWS as received
  std::string jwe_kid;
  std::string jws_kid;
  bool expired = false; // `exp` alone failed: it may not be applied (contract section 4, last paragraph)
  std::shared_ptr<verification_key const> key = nullptr; // that the signature holds with
};

// Hears of each step of an inspection, in order. Texts are for people; they hold names, kids and times, nothing of a
// resource.
class step_listener {
public:
  virtual ~step_listener() = default;
  virtual void holds(std::string_view step, std::string_view detail) = 0;
};

// What had been read of a message before it was refused: claims of its sender's, not facts. For operators, and to know
// whose keys a message waits for.
struct claimed {
  std::string jwe_kid;
  bool opened = false; // with the key of that kid
  std::string jws_kid;
  std::string issuer;
  std::string jws;                             // compact; empty when nothing of that form was inside
  std::shared_ptr<verification_key const> key; // null while the signature has not held
  std::optional<std::string> jti;
};

// All of it, in the contract's order, judged at the time of receipt. Costs an RSA private operation. The keys are
// looked up by (`iss`, `kid`); `iss` is read before the signature is checked, for that look-up alone. `steps` and
// `learned` may be null; a step that fails is the returned failure, and `learned` then holds what had been read by
// then.
result<signed_event> open_event(std::string_view body, timestamp received, key_ring const& keys,
                                key_source const& issuers, event_policy const& policy, step_listener* steps = nullptr,
                                claimed* learned = nullptr);

} // namespace consentd::jose

#endif
