#include "net/origin/certificate_subject.hpp"

#include "net/origin/openssl.hpp"

#include <algorithm>
#include <openssl/asn1.h>
#include <openssl/objects.h>

namespace consentd::net {
namespace {

struct bytes_deleter {
  void operator()(unsigned char* bytes) const noexcept { OPENSSL_free(bytes); }
};

failure problem(std::string const& what) {
  return {reason::source_not_allowed, "the client certificate: " + what};
}

bool is_text(std::string_view bytes) noexcept {
  return !bytes.empty() &&
         std::none_of(bytes.begin(), bytes.end(), [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; });
}

// OpenSSL converts from every string type of X.520, and refuses what is no UTF-8.
result<std::string> text_of(ASN1_STRING const* value, std::string const& name) {
  unsigned char* raw = nullptr;
  auto const size = ASN1_STRING_to_UTF8(&raw, value);
  std::unique_ptr<unsigned char, bytes_deleter> const bytes{raw};
  if (size < 0) {
    return problem(name + " is not text");
  }
  std::string text(raw, raw + size);
  if (!is_text(text)) {
    return problem(name + " is empty or has control characters");
  }
  return text;
}

result<std::string> only_part(X509_NAME const* subject, int kind, std::string const& name) {
  auto const place = X509_NAME_get_index_by_NID(subject, kind, -1);
  if (place < 0 || X509_NAME_get_index_by_NID(subject, kind, place) >= 0) {
    return problem("its subject has not exactly one " + name);
  }
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)), name);
}

} // namespace

result<certificate_subject> read_subject(std::string_view der) {
  error_queue_cleaner const queue;
  auto const certificate = certificate_of_der(der);
  if (certificate == nullptr) {
    return problem("not one certificate");
  }
  auto const* const subject = X509_get_subject_name(certificate.get());
  auto organization = only_part(subject, NID_organizationName, "O");
  if (!organization) {
    return organization.error();
  }
  auto unit = only_part(subject, NID_organizationalUnitName, "OU");
  if (!unit) {
    return unit.error();
  }
  return certificate_subject{std::move(*organization), std::move(*unit)};
}

} // namespace consentd::net
