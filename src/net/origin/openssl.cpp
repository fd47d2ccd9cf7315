#include "net/origin/openssl.hpp"

#include <openssl/pem.h>

namespace consentd::net {

x509_ptr certificate_of_der(std::string_view der) {
  void const* const raw = der.data();
  auto const* const begin = static_cast<unsigned char const*>(raw);
  auto const* end = begin;
  x509_ptr certificate{d2i_X509(nullptr, &end, static_cast<long>(der.size()))};
  return certificate != nullptr && end == begin + der.size() ? std::move(certificate) : nullptr;
}

std::string der_of(X509 const& certificate) {
  auto const size = i2d_X509(&certificate, nullptr);
  if (size <= 0) {
    return {};
  }
  std::string der(static_cast<std::size_t>(size), '\0');
  void* const raw = der.data();
  auto* into = static_cast<unsigned char*>(raw);
  return i2d_X509(&certificate, &into) == size ? der : std::string{};
}

bio_ptr open_text(std::string_view text) {
  return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

bool at_end_of_pem() noexcept {
  auto const error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

int no_password(char*, int, int, void*) noexcept {
  return -1;
}

std::string openssl_says() {
  auto const* const text = ERR_reason_error_string(ERR_peek_last_error());
  return text == nullptr ? "refused by OpenSSL" : text;
}

} // namespace consentd::net
