#include "tests/unit/config/scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace consentd::config::testing {
namespace {

using bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

std::string text_of(bio const& from) {
  char* data = nullptr;
  auto const size = BIO_get_mem_data(from.get(), &data); // NOLINT(cppcoreguidelines-pro-type-cstyle-cast)
  return {data, static_cast<std::size_t>(size)};
}

} // namespace

key_pair make_key_pair() {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(EVP_RSA_gen(2048U), &EVP_PKEY_free);
  std::unique_ptr<X509, decltype(&X509_free)> const certificate(X509_new(), &X509_free);
  BOOST_REQUIRE(key && certificate);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  BOOST_REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  bio const key_text(BIO_new(BIO_s_mem()), &BIO_free_all);
  bio const certificate_text(BIO_new(BIO_s_mem()), &BIO_free_all);
  BOOST_REQUIRE(PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  BOOST_REQUIRE(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
  return {text_of(key_text), text_of(certificate_text)};
}

scratch::scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "consentd-config-XXXXXX").string();
  BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
}

scratch::~scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string scratch::write(std::string_view name, std::string_view text, mode_t mode) const {
  auto const file = folder_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  BOOST_REQUIRE(::chmod(file.c_str(), mode) == 0);
  return file.string();
}

} // namespace consentd::config::testing
