#include "net/origin/client_certificate.hpp"

#include "base/base64url.hpp"
#include "net/origin/openssl.hpp"

#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <openssl/pem.h>
#include <optional>

namespace consentd::net {
namespace {

constexpr std::size_t longest_base64 = (largest_certificate + 2) / 3 * 4;
// A character of base64 is escaped in three, and its lines end every 64.
constexpr std::size_t longest_escaped_pem = 3 * (longest_base64 + longest_base64 / 64 + 80);

failure problem(char const* what) {
  return {reason::header_not_allowed, std::string{"the header with the client certificate: "} + what};
}

// The bytes of padded, canonical base64 (RFC 4648 section 4), by way of the decoder of its URL alphabet.
std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos) {
    return std::nullopt;
  }
  text.remove_suffix(text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0);
  std::string translated{text};
  std::replace(translated.begin(), translated.end(), '+', '-');
  std::replace(translated.begin(), translated.end(), '/', '_');
  return decode_base64url(translated);
}

std::optional<std::string> certificate_of_pem(std::string_view pem) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----\n";
  constexpr std::string_view end = "-----END CERTIFICATE-----\n";
  // One, and nothing around it, which OpenSSL would pass over.
  if (!pem.starts_with(begin) || !pem.ends_with(end) || pem.find(end) != pem.size() - end.size()) {
    return std::nullopt;
  }
  auto const source = open_text(pem);
  x509_ptr const certificate{PEM_read_bio_X509(source.get(), nullptr, no_password, nullptr)};
  if (certificate == nullptr) {
    return std::nullopt;
  }
  auto der = der_of(*certificate);
  return der.empty() || der.size() > largest_certificate ? std::nullopt : std::optional{std::move(der)};
}

bool is_escaped_text(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view{"-._~%"}.find(c) != std::string_view::npos;
  });
}

} // namespace

result<std::string> certificate_of_client_cert(std::span<std::string_view const> lines) {
  if (lines.size() != 1) {
    return problem("not exactly one");
  }
  auto const value = lines.front();
  if (value.size() < 2 || value.front() != ':' || value.back() != ':') {
    return problem("no byte sequence between colons (RFC 9440 section 2.1)");
  }
  auto const text = value.substr(1, value.size() - 2);
  if (text.size() > longest_base64) {
    return problem("too long");
  }
  error_queue_cleaner const queue;
  auto der = decode_base64(text);
  if (!der || der->size() > largest_certificate || certificate_of_der(*der) == nullptr) {
    return problem("not one certificate in base64");
  }
  return std::move(*der);
}

result<std::string> certificate_of_escaped_pem(std::span<std::string_view const> lines) {
  if (lines.size() != 1) {
    return problem("not exactly one");
  }
  auto const value = lines.front();
  if (value.size() > longest_escaped_pem) {
    return problem("too long");
  }
  auto const encoded = boost::urls::make_pct_string_view(boost::core::string_view{value.data(), value.size()});
  if (!encoded || !is_escaped_text(value)) {
    return problem("not percent-encoded");
  }
  error_queue_cleaner const queue;
  auto der = certificate_of_pem(encoded->decode());
  if (!der) {
    return problem("not one certificate in PEM");
  }
  return std::move(*der);
}

} // namespace consentd::net
