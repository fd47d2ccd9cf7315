#include "base/base64url.hpp"
#include "config/files.hpp"
#include "jose/open.hpp"
#include "tools/consentctl/inspect.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace consentd::consentctl {
namespace {

constexpr json::limits evidence_bounds{.bytes = max_token_bytes, .depth = 64, .values = 100000};

failure malformed(std::string_view member) {
  return {reason::claims_malformed, "no evidence as GET /v1/deliveries/{id}/evidence gives it: " + std::string(member)};
}

// Absent, null, or a text.
std::optional<std::string_view> text_in(json::value const& of, std::string_view name) {
  return of.find_string(name);
}

result<digest> read_digest(std::string_view text) {
  auto const bytes = decode_base64url(text);
  digest made{};
  if (!bytes || bytes->size() != made.size()) {
    return malformed("signingInputDigest");
  }
  std::copy(bytes->begin(), bytes->end(), made.begin());
  return made;
}

// The payload was erased: header, signature and the digest of what was signed are left.
result<void> verify_erased(json::value const& evidence, std::string_view jws, json::value const& jwk) {
  auto const text = text_in(evidence, "signingInputDigest");
  if (!text) {
    return malformed("signingInputDigest");
  }
  auto const input = read_digest(*text);
  if (!input) {
    return input.error();
  }
  return jose::verify_digest(*input, jws.substr(jws.rfind('.') + 1), jwk);
}

result<void> verify_whole(std::string_view jws, json::value const& jwk) {
  auto const token = jose::compact_jws::parse(std::string(jws), {.token_bytes = max_token_bytes});
  if (!token) {
    return token.error();
  }
  auto const key = jose::verification_key::from_jwk(jwk);
  if (!key) {
    return key.error();
  }
  auto const verified = jose::verify(*token, **key);
  return verified ? result<void>() : verified.error();
}

// That the key was really the issuer's is for a set to say that was kept elsewhere.
void compare_with_set(inspect_options const& asked, json::value const& jwk, inspection& out) {
  if (asked.jwks.empty()) {
    out.note("The key is the one that was kept with the event. To see that it was the issuer's give a key set of your "
             "own with --jwks ISSUER=FILE.");
    return;
  }
  std::vector<failure> unread;
  for (auto const& one : asked.jwks) {
    auto const text = config::read_file(one.substr(one.rfind('=') + 1));
    auto const set = text ? jose::jwk_set::parse(*text) : result<jose::jwk_set>(text.error());
    if (!set) {
      unread.push_back(set.error());
      continue;
    }
    auto const key = jose::verification_key::from_jwk(jwk);
    auto const published = key ? set->find((*key)->kid()) : nullptr;
    if (published && published->jwk() == (*key)->jwk()) {
      out.holds("key", "the set " + one + " has it");
      return;
    }
  }
  for (auto const& one : unread) {
    out.cannot_check(one);
  }
  if (unread.empty()) {
    out.fails({reason::unknown_signing_key, "no set of --jwks has the key"});
  }
}

void add_facts(json::value const& evidence, inspection& out) {
  for (auto const* name : {"deliveryId", "interactionId", "receivedAt", "issuer", "consentId", "jwsKid", "disposition",
                           "reason", "erasedAt"}) {
    auto const member = evidence.find(name);
    if (member && member->type() != json::type::null) {
      auto const text = member->string();
      out.fact(name, text ? std::string(*text) : std::string(member->raw()));
    }
  }
}

} // namespace

void inspect_evidence(inspect_options const& asked, std::string const& text, inspection& out) {
  auto const read = json::document::parse(text, evidence_bounds);
  if (!read || !read->root().is_object()) {
    out.fails(malformed(read ? "no object" : read.error().detail));
    return;
  }
  auto const evidence = read->root();
  auto const jws = text_in(evidence, "jws");
  auto const jwk = evidence.find("jwk");
  if (!jws || std::count(jws->begin(), jws->end(), '.') != 2) {
    out.fails(malformed("jws"));
    return;
  }
  add_facts(evidence, out);
  if (!jwk || !jwk->is_object()) {
    out.fails({reason::unknown_signing_key, "no key is kept: its signature had not held when it was refused"});
    return;
  }
  bool const erased = jws->find("..") != std::string_view::npos;
  auto const verified = erased ? verify_erased(evidence, *jws, *jwk) : verify_whole(*jws, *jwk);
  if (!verified) {
    out.fails(verified.error());
    return;
  }
  out.holds("signature", erased ? "PS256 holds over the digest that was kept" : "PS256 holds");
  out.note("The signature covers only what was signed; the rest is what the daemon recorded about it.");
  compare_with_set(asked, *jwk, out);
  if (asked.show_payload && !erased) {
    auto const start = jws->find('.') + 1;
    out.payload(decode_base64url(jws->substr(start, jws->rfind('.') - start)).value_or(std::string()));
  }
}

} // namespace consentd::consentctl
