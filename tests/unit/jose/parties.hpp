// Who takes part in the tests of src/jose: a receiver with its key, banks with theirs, and their key sets.
#ifndef CONSENTD_TESTS_UNIT_JOSE_PARTIES_HPP
#define CONSENTD_TESTS_UNIT_JOSE_PARTIES_HPP

#include "jose/decryption_key.hpp"
#include "jose/key_source.hpp"
#include "jose/verification_key.hpp"
#include "tests/support/jose_maker.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <vector>

namespace consentd::jose {

// Made once for the whole program: key generation is what costs here.
inline tests::rsa_key const& receiver_key() {
  static auto const key = tests::rsa_key::generate();
  return key;
}
inline tests::rsa_key const& bank_key() {
  static auto const key = tests::rsa_key::generate();
  return key;
}
inline tests::rsa_key const& other_bank_key() {
  static auto const key = tests::rsa_key::generate();
  return key;
}

inline std::shared_ptr<verification_key const> public_half(tests::rsa_key const& key, std::string_view kid = "bank-1") {
  auto const jwk = json::document::parse(key.public_jwk(kid), {});
  return verification_key::from_jwk(jwk.value().root()).value();
}

inline key_ring ring_of(tests::rsa_key const& key, std::string const& kid = "tpp-1") {
  std::vector<ring_key> keys;
  keys.push_back({decryption_key_from_pem(key.private_pem(), kid).value()});
  return key_ring::make(std::move(keys)).value();
}

// Key sets by issuer; an issuer without one is configured but has no keys in force.
class known_issuers final : public key_source {
public:
  void add(std::string const& issuer, std::string const& jwks) {
    sets_.insert_or_assign(issuer, jwk_set::parse(jwks).value());
  }
  void add_without_keys(std::string const& issuer) { sets_.insert_or_assign(issuer, std::nullopt); }

  result<std::shared_ptr<verification_key const>> find(std::string_view issuer, std::string_view kid,
                                                       timestamp) const override {
    auto const set = sets_.find(issuer);
    if (set == sets_.end()) {
      return failure{reason::unknown_issuer, ""};
    }
    if (!set->second) {
      return failure{reason::keys_unavailable, ""};
    }
    auto key = set->second->find(kid);
    if (!key) {
      return failure{reason::unknown_signing_key, ""};
    }
    return key;
  }

private:
  std::map<std::string, std::optional<jwk_set>, std::less<>> sets_;
};

// Compares the reason and shows the detail when it is another.
template <class T>
void check_fails(result<T> const& outcome, reason expected) {
  BOOST_TEST(outcome.has_error());
  if (outcome.has_error()) {
    BOOST_TEST(to_string(outcome.error().code) == to_string(expected), describe(outcome.error()));
  }
}

template <class T>
void check_holds(result<T> const& outcome) {
  BOOST_TEST(outcome.has_value(), (outcome.has_error() ? describe(outcome.error()) : std::string()));
}

} // namespace consentd::jose

#endif
