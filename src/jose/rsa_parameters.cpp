#include "jose/rsa_parameters.hpp"

#include "base/base64url.hpp"

#include <bit>
#include <set>

namespace consentd::jose {

namespace {

constexpr std::size_t max_exponent_bytes = 4;

failure bad_member(std::string_view name, std::string_view what) {
  return {reason::bad_key, std::string(name) + ' ' + std::string(what)};
}

std::size_t bits_of(std::string_view number) noexcept {
  if (number.empty()) {
    return 0;
  }
  return number.size() * 8 - static_cast<std::size_t>(std::countl_zero(static_cast<unsigned char>(number.front())));
}

bool is_odd(std::string_view number) noexcept {
  return !number.empty() && (static_cast<unsigned char>(number.back()) & 1U) != 0;
}

} // namespace

result<std::string> read_unsigned(json::value const& jwk, std::string_view name, std::size_t max_bytes) {
  auto const member = jwk.find(name);
  if (!member) {
    return bad_member(name, "is missing");
  }
  auto const text = member->string();
  if (!text) {
    return bad_member(name, "is no string");
  }
  if (text->size() > (max_bytes * 4 + 2) / 3) {
    return bad_member(name, "is over " + std::to_string(max_bytes * 8) + " bits");
  }
  auto bytes = decode_base64url(*text);
  if (!bytes || bytes->empty()) {
    return bad_member(name, "is not canonical base64url");
  }
  if (bytes->front() == '\0') {
    return bad_member(name, "has a leading zero octet");
  }
  return std::move(*bytes);
}

result<void> check_numbers(rsa_public_numbers const& numbers) {
  auto const bits = bits_of(numbers.modulus);
  if (bits < min_modulus_bits || bits > max_modulus_bits) {
    return bad_member("n", "has " + std::to_string(bits) + " bits, not 2048 to 8192");
  }
  if (!is_odd(numbers.modulus)) {
    return bad_member("n", "is even");
  }
  // 65537 is the smallest odd number of 17 bits.
  constexpr std::size_t bits_of_65537 = 17;
  if (bits_of(numbers.exponent) < bits_of_65537 || numbers.exponent.size() > max_exponent_bytes) {
    return bad_member("e", "is not from 65537 to 32 bits");
  }
  if (!is_odd(numbers.exponent)) {
    return bad_member("e", "is even");
  }
  return {};
}

result<rsa_public_numbers> read_public_numbers(json::value const& jwk) {
  auto modulus = read_unsigned(jwk, "n", max_modulus_bits / 8);
  if (!modulus) {
    return modulus.error();
  }
  auto exponent = read_unsigned(jwk, "e", max_exponent_bytes);
  if (!exponent) {
    return exponent.error();
  }
  rsa_public_numbers numbers{std::move(*modulus), std::move(*exponent)};
  if (auto const sound = check_numbers(numbers); !sound) {
    return sound.error();
  }
  return numbers;
}

result<std::string> read_text(json::value const& jwk, std::string_view name) {
  auto const member = jwk.find(name);
  if (!member) {
    return std::string();
  }
  auto const text = member->string();
  if (!text) {
    return bad_member(name, "is no string");
  }
  return std::string(*text);
}

result<void> check_purpose(json::value const& jwk, purpose const& wanted) {
  if (!jwk.is_object()) {
    return failure{reason::bad_key, "a key is no JSON object"};
  }
  if (jwk.find_string("kty") != "RSA") {
    return bad_member("kty", "is not RSA");
  }
  if (jwk.find("use") && jwk.find_string("use") != wanted.use) {
    return bad_member("use", "is not " + std::string(wanted.use));
  }
  auto const operations = jwk.find("key_ops");
  if (!operations) {
    return {};
  }
  if (!operations->is_array()) {
    return bad_member("key_ops", "is no array");
  }
  std::set<std::string_view> seen;
  for (auto item = operations->first(); item; item = item->next()) {
    auto const operation = item->get().string();
    if (!operation) {
      return bad_member("key_ops", "holds something that is no string");
    }
    if (!seen.insert(*operation).second) {
      return bad_member("key_ops", "names an operation twice");
    }
  }
  if (!seen.contains(wanted.operation) && !seen.contains(wanted.other_operation)) {
    return bad_member("key_ops", "lacks " + std::string(wanted.operation));
  }
  return {};
}

} // namespace consentd::jose
