#include "base/certificate_end.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>
#include <optional>

namespace consentd {
namespace {

struct freed {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(X509_CRL* list) const noexcept { X509_CRL_free(list); }
};

std::unique_ptr<BIO, freed> open_text(std::string_view pem) {
  auto const most = static_cast<std::size_t>(std::numeric_limits<int>::max());
  return std::unique_ptr<BIO, freed>(BIO_new_mem_buf(pem.data(), static_cast<int>(std::min(pem.size(), most))));
}

std::optional<timestamp> time_of(ASN1_TIME const* from) {
  std::tm fields{};
  if (from == nullptr || ASN1_TIME_to_tm(from, &fields) != 1) {
    return std::nullopt;
  }
  return timestamp(std::chrono::seconds(::timegm(&fields)));
}

} // namespace

result<timestamp> certificate_end(std::string_view pem) {
  auto const source = open_text(pem);
  std::unique_ptr<X509, freed> const certificate(PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr));
  auto const end = certificate ? time_of(X509_get0_notAfter(certificate.get())) : std::nullopt;
  ERR_clear_error();
  if (!end) {
    return failure{reason::bad_key, "it is no certificate in PEM"};
  }
  return *end;
}

result<timestamp> revocation_list_end(std::string_view pem) {
  auto const source = open_text(pem);
  std::optional<timestamp> earliest;
  while (std::unique_ptr<X509_CRL, freed> const list{PEM_read_bio_X509_CRL(source.get(), nullptr, nullptr, nullptr)}) {
    if (auto const end = time_of(X509_CRL_get0_nextUpdate(list.get()))) {
      earliest = std::min(earliest.value_or(*end), *end);
    }
  }
  ERR_clear_error();
  if (!earliest) {
    return failure{reason::bad_key, "it holds no revocation list in PEM that says when the next one is due"};
  }
  return *earliest;
}

} // namespace consentd
