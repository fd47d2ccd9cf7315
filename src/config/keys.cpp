#include "config/keys.hpp"

#include "base/certificate_end.hpp"
#include "config/files.hpp"
#include "config/problem.hpp"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace consentd::config {
namespace {

std::string_view as_text(secret const& from) {
  auto const bytes = from.bytes();
  // An unsigned char may be read through char.
  return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

// The whole line of the operator's message.
failure located(settings const& from, unsigned line, std::string key, failure const& why, std::string mend = "") {
  return {why.code, describe(problem{from.file, line, std::move(key), why.detail, std::move(mend)})};
}

// From a key's certificate.
result<key_certificate> certificate_of(decryption_key_settings const& key, secret const& pem) {
  auto const text = read_file(key.certificate);
  if (!text) {
    return text.error();
  }
  auto kid = jose::certificate_kid(*text, as_text(pem));
  if (!kid) {
    return kid.error();
  }
  auto const end = certificate_end(*text);
  if (!end) {
    return end.error();
  }
  return key_certificate{std::move(*kid), *end};
}

} // namespace

result<decryption_keys> load_decryption_keys(settings const& from) {
  std::vector<jose::ring_key> keys;
  std::vector<key_certificate> certificates;
  for (auto const& key : from.decryption_keys) {
    auto const name = "decryption_key[" + std::to_string(keys.size() + 1) + "]";
    auto const pem = read_secret(key.private_key);
    if (!pem) {
      return located(from, key.line, name + ".private_key", pem.error());
    }
    auto const unusable = [&](failure const& why) {
      return located(from, key.line, name + ".private_key", why,
                     "give an unencrypted PEM file of an RSA private key at " + key.private_key);
    };
    auto kid = key.kid;
    if (kid.empty()) {
      // First the key by itself: a certificate can only be held against one that is sound.
      if (auto const sound = jose::decryption_key_from_pem(as_text(*pem), "-"); !sound) {
        return unusable(sound.error());
      }
      auto certificate = certificate_of(key, *pem);
      if (!certificate) {
        return located(from, key.line, name + ".certificate", certificate.error(),
                       "give the PEM certificate that belongs to " + key.private_key);
      }
      kid = certificate->kid;
      certificates.push_back(std::move(*certificate));
    }
    auto made = jose::decryption_key_from_pem(as_text(*pem), std::move(kid));
    if (!made) {
      return unusable(made.error());
    }
    keys.push_back({std::move(*made), key.not_after});
  }
  auto ring = jose::key_ring::make(std::move(keys));
  if (!ring) {
    return located(from, from.decryption_keys.front().line, "decryption_key", ring.error(), "name each key once");
  }
  return decryption_keys{std::move(*ring), std::move(certificates)};
}

result<std::optional<jose::signing_key>> load_error_key(settings const& from) {
  auto const& how = from.errors;
  if (how.private_key.empty()) {
    return std::optional<jose::signing_key>();
  }
  auto const pem = read_secret(how.private_key);
  if (!pem) {
    return located(from, how.line, "errors.private_key", pem.error());
  }
  auto made = jose::signing_key::from_pem(as_text(*pem), how.kid);
  if (!made) {
    return located(from, how.line, "errors.private_key", made.error(),
                   "give an unencrypted PEM file of an RSA private key at " + how.private_key);
  }
  return std::optional<jose::signing_key>(std::move(*made));
}

result<jose::jwk_set> load_jwks(std::string const& path, std::size_t max_keys) {
  auto text = read_file(path);
  if (!text) {
    return text.error();
  }
  auto set = jose::jwk_set::parse(std::move(*text), max_keys);
  if (!set) {
    return failure{set.error().code, path + ": " + set.error().detail};
  }
  if (set->size() == 0) {
    auto const why = set->skipped().empty() ? std::string("it is empty") : describe(set->skipped().front().why);
    return failure{reason::bad_key, path + ": no key in it can be used: " + why};
  }
  return set;
}

} // namespace consentd::config
