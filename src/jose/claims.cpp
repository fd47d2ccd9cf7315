#include "jose/claims.hpp"

#include <cmath>
#include <cstdint>

namespace consentd::jose {

namespace {

constexpr std::size_t longest_text = 512;
constexpr std::size_t most_audiences = 16;
constexpr std::int64_t year_10000 = 253402300800; // in seconds since 1970

failure bad_claim(std::string_view name, std::string_view what) {
  return {reason::claims_malformed, std::string(name) + ' ' + std::string(what)};
}

result<std::string> read_text(json::value const& from, std::string_view name) {
  auto const text = from.string();
  if (!text) {
    return bad_claim(name, "is no string");
  }
  if (text->empty() || text->size() > longest_text) {
    return bad_claim(name, "has not 1 to 512 bytes");
  }
  return std::string(*text);
}

result<void> read_into(std::optional<std::string>& claim, json::value const& set, std::string_view name) {
  auto const member = set.find(name);
  if (!member) {
    return {};
  }
  auto text = read_text(*member, name);
  if (!text) {
    return text.error();
  }
  claim = std::move(*text);
  return {};
}

// NumericDate (RFC 7519 section 2): seconds, with a fraction when the sender likes.
result<void> read_into(std::optional<timestamp>& claim, json::value const& set, std::string_view name) {
  auto const member = set.find(name);
  if (!member) {
    return {};
  }
  if (auto const whole = member->integer()) {
    if (*whole < 0 || *whole >= year_10000) {
      return bad_claim(name, "is not in the years 1970 to 9999");
    }
    claim = timestamp(std::chrono::seconds(*whole));
    return {};
  }
  auto const number = member->number();
  if (!number) {
    return bad_claim(name, "is no number");
  }
  // Half a second before the bound, so that rounding cannot reach it.
  if (*number < 0 || *number > static_cast<double>(year_10000) - 0.5) {
    return bad_claim(name, "is not in the years 1970 to 9999");
  }
  claim = timestamp(std::chrono::microseconds(std::llround(*number * 1e6)));
  return {};
}

result<void> read_audience(std::vector<std::string>& audience, json::value const& set) {
  auto const member = set.find("aud");
  if (!member) {
    return {};
  }
  if (!member->is_array()) {
    auto text = read_text(*member, "aud");
    if (!text) {
      return text.error();
    }
    audience.push_back(std::move(*text));
    return {};
  }
  if (member->size() == 0 || member->size() > most_audiences) {
    return bad_claim("aud", "has not 1 to 16 elements");
  }
  for (auto item = member->first(); item; item = item->next()) {
    auto text = read_text(item->get(), "aud");
    if (!text) {
      return text.error();
    }
    audience.push_back(std::move(*text));
  }
  return {};
}

} // namespace

result<registered_claims> read_claims(json::value const& claims_set) {
  if (!claims_set.is_object()) {
    return failure{reason::claims_malformed, "the claims set is no JSON object"};
  }
  registered_claims claims;
  for (auto const& outcome : {read_into(claims.iss, claims_set, "iss"), read_into(claims.sub, claims_set, "sub"),
                              read_audience(claims.aud, claims_set), read_into(claims.exp, claims_set, "exp"),
                              read_into(claims.nbf, claims_set, "nbf"), read_into(claims.iat, claims_set, "iat"),
                              read_into(claims.jti, claims_set, "jti")}) {
    if (!outcome) {
      return outcome.error();
    }
  }
  return claims;
}

} // namespace consentd::jose
