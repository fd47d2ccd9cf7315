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

bool is_one_certificate(std::string const& der) {
  void const* const raw = der.data();
  auto const* const begin = static_cast<unsigned char const*>(raw);
  auto const* end = begin;
  x509_ptr const certificate{d2i_X509(nullptr, &end, static_cast<long>(der.size()))};
  return certificate != nullptr && end == begin + der.size();
}

std::optional<std::string> der_of(X509* certificate) {
  auto const size = i2d_X509(certificate, nullptr);
  if (size <= 0 || static_cast<std::size_t>(size) > largest_certificate) {
    return std::nullopt;
  }
  std::string der(static_cast<std::size_t>(size), '\0');
  void* const raw = der.data();
  auto* into = static_cast<unsigned char*>(raw);
  return i2d_X509(certificate, &into) == size ? std::optional{std::move(der)} : std::nullopt;
}

// Without this, OpenSSL asks the terminal for the password of PEM that says it is encrypted.
int no_password(char*, int, int, void*) {
  return -1;
}

std::optional<std::string> certificate_of_pem(std::string_view pem) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----\n";
  constexpr std::string_view end = "-----END CERTIFICATE-----\n";
  // One, and nothing around it, which OpenSSL would pass over.
  if (!pem.starts_with(begin) || !pem.ends_with(end) || pem.find(end) != pem.size() - end.size()) {
    return std::nullopt;
  }
  bio_ptr const source{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  x509_ptr const certificate{PEM_read_bio_X509(source.get(), nullptr, no_password, nullptr)};
  return certificate == nullptr ? std::nullopt : der_of(certificate.get());
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
  if (!der || der->size() > largest_certificate || !is_one_certificate(*der)) {
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
