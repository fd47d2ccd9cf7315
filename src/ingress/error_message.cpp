#include "ingress/error_message.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace consentd::ingress {
namespace {

using line = std::pair<std::string_view, std::string_view>;

constexpr std::array lines{
    line{"JWS.InvalidSignature",
         "The signature of the event cannot be verified. Sign with PS256 and a key of the issuer's published key set."},
    line{"JWS.Malformed",
         "The decrypted content is not a JWS in compact serialisation. Sign the event, then encrypt the "
         "JWS."},
    line{"JWS.InvalidClaim", "A claim of the event is not accepted. Check iss, aud, exp, nbf and jti."},
    line{"JWS.InvalidHeader",
         "The header of the JWS is not accepted. Use alg PS256, a kid of the issuer's published key "
         "set, and no extensions."},
    line{"JWS.InvalidPayload",
         "The payload of the JWS is not a claims set. Send a JSON object with claims of their types and a message."},
    line{"JWE.DecryptionError",
         "The JWE cannot be decrypted. Encrypt to the certificate that the kid names, with RSA-OAEP-256 and A256GCM."},
    line{"JWE.InvalidHeader", "The header of the JWE is not accepted. Use alg RSA-OAEP-256, enc A256GCM, the kid of a "
                              "current encryption certificate, and no extensions."},
    line{"Event.UnexpectedEvent",
         "The event is none that is expected here. Send an EventType of the standard and exactly one resource id."},
    line{"Body.InvalidFormat",
         "The request cannot be read. Send one JWE in compact serialisation, and each header field once."},
    line{"Resource.InvalidFormat",
         "The resource does not follow its schema. Check the ids, the status and the times of Data and Meta."},
    line{"Consent.Invalid", "The event does not fit the consent. Check that its resource is of the consent's kind."},
    line{"GenericRecoverableError", "The delivery cannot be dealt with now. Send it again later, as Retry-After says."},
    line{"GenericError", "The delivery cannot be dealt with. Ask the operator of this webhook."},
};

} // namespace

std::string_view error_message(reason why) noexcept {
  if (why == reason::source_not_allowed) {
    return "The sender is not allowed here. Send from an agreed address, with the agreed client certificate.";
  }
  auto const* const found = std::ranges::find(lines, contract_code(why), &line::first);
  return found == lines.end() ? std::string_view() : found->second;
}

} // namespace consentd::ingress
