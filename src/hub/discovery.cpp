#include "hub/discovery.hpp"

#include "hub/remote_place.hpp"
#include "json/document.hpp"

namespace consentd::hub {
namespace {

constexpr std::size_t largest_document = std::size_t{256} * 1024;

failure wrong(std::string detail) {
  return {reason::bad_key, "discovery document: " + std::move(detail)};
}

} // namespace

std::string discovery_url(std::string_view issuer) {
  if (issuer.ends_with('/')) {
    issuer.remove_suffix(1);
  }
  return std::string(issuer) + "/.well-known/openid-configuration";
}

result<std::string> read_jwks_uri(std::string const& document, std::string_view issuer) {
  auto const read = json::document::parse(document, {.bytes = largest_document});
  if (!read) {
    return wrong(read.error().detail);
  }
  auto const root = read->root();
  if (!root.is_object()) {
    return wrong("is no JSON object");
  }
  // Without this check one issuer's document could stand in for another's (section 4.3 of the specification).
  if (root.find_string("issuer") != issuer) {
    return wrong("is of another issuer, or names none");
  }
  auto const uri = root.find_string("jwks_uri");
  if (!uri || !parse_https_url(std::string(*uri))) {
    return wrong("jwks_uri is missing or no https URL");
  }
  return std::string(*uri);
}

} // namespace consentd::hub
