#include "tests/unit/tools/hubsim/verdict.hpp"

#include "tools/hubsim/files.hpp"

#include <map>

namespace consentd::hubsim {

namespace {

class published_keys final : public jose::key_source {
public:
  explicit published_keys(deployment const& by) {
    add(by, by.hub);
    for (auto const& each : by.issuers) {
      add(by, each);
    }
  }

  result<std::shared_ptr<jose::verification_key const>> find(std::string_view issuer, std::string_view kid,
                                                             timestamp) const override {
    auto const set = sets_.find(issuer);
    if (set == sets_.end()) {
      return failure{reason::unknown_issuer, {}};
    }
    auto found = set->second.find(kid);
    if (!found) {
      return failure{reason::unknown_signing_key, {}};
    }
    return found;
  }

private:
  void add(deployment const& by, issuer const& of) {
    auto text = read_file(by.file(place::jwks(of.name))).value();
    sets_.emplace(of.id, jose::jwk_set::parse(std::move(text)).value());
  }

  std::map<std::string, jose::jwk_set, std::less<>> sets_;
};

jose::key_ring own_keys(deployment const& by) {
  std::vector<jose::ring_key> keys;
  for (std::size_t number = 1; number <= by.recipients.size(); ++number) {
    auto const pem = read_file(by.file(place::encryption_key(number))).value();
    auto const certificate = read_file(by.file(place::encryption_certificate(number))).value();
    keys.push_back({jose::decryption_key_from_pem(pem, jose::certificate_kid(certificate, pem).value()).value()});
  }
  return jose::key_ring::make(std::move(keys)).value();
}

} // namespace

result<authz::caller> judge_bearer(deployment const& by, request const& what, timestamp now) {
  if (!what.bearer) {
    return failure{reason::bearer_missing, {}};
  }
  authz::bearer_policy policy;
  policy.issuer = by.hub.id;
  policy.audience = by.audience;
  return authz::check_bearer(*what.bearer, now, published_keys(by), policy);
}

result<events::consent_event> judge_event(deployment const& by, request const& what, timestamp now) {
  if (auto shape = jose::looks_like_jwe(what.body, {}); !shape) {
    return shape.error();
  }
  jose::event_policy policy;
  policy.audiences = {by.audience};
  auto opened = jose::open_event(what.body, now, own_keys(by), published_keys(by), policy);
  if (!opened) {
    return opened.error();
  }
  if (opened->expired) {
    return failure{reason::expired, {}};
  }
  auto read = events::read_event(*opened);
  if (!read) {
    return read.error();
  }
  return std::get<events::consent_event>(std::move(*read));
}

} // namespace consentd::hubsim
