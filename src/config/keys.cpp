#include "config/keys.hpp"

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

result<std::string> kid_of(decryption_key_settings const& key, secret const& pem) {
  if (!key.kid.empty()) {
    return key.kid;
  }
  auto const certificate = read_file(key.certificate);
  if (!certificate) {
    return certificate.error();
  }
  return jose::certificate_kid(*certificate, as_text(pem));
}

} // namespace

result<jose::key_ring> load_decryption_keys(settings const& from) {
  std::vector<std::unique_ptr<jose::decryption_key const>> keys;
  for (auto const& key : from.decryption_keys) {
    auto const name = "decryption_key[" + std::to_string(keys.size() + 1) + "]";
    auto const pem = read_secret(key.private_key);
    if (!pem) {
      return located(from, key.line, name + ".private_key", pem.error());
    }
    auto kid = kid_of(key, *pem);
    if (!kid) {
      return located(from, key.line, name + ".certificate", kid.error(),
                     "give the PEM certificate that belongs to " + key.private_key);
    }
    auto made = jose::decryption_key_from_pem(as_text(*pem), std::move(*kid));
    if (!made) {
      return located(from, key.line, name + ".private_key", made.error(),
                     "give an unencrypted PEM file of an RSA private key at " + key.private_key);
    }
    keys.push_back(std::move(*made));
  }
  auto ring = jose::key_ring::make(std::move(keys));
  if (!ring) {
    return located(from, from.decryption_keys.front().line, "decryption_key", ring.error(), "name each key once");
  }
  return ring;
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
