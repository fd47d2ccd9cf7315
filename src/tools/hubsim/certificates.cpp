#include "tools/hubsim/certificates.hpp"

#include "base/base64url.hpp"
#include "base/digest.hpp"
#include "tools/hubsim/crypto.hpp"
#include "tools/hubsim/openssl_handles.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <ctime>

namespace consentd::hubsim {

namespace {

using std::chrono::days;
using std::chrono::hours;

certificate_handle parse(std::string const& pem) {
  bio_handle const memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  must(memory != nullptr, "BIO_new_mem_buf");
  certificate_handle read(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  if (!read) {
    ERR_clear_error();
  }
  return read;
}

// One certificate on its way: subject, serial and dates first, then extensions, then the signature.
class draft {
public:
  draft(key const& own, std::string const& name, timestamp now, days life) : made_(X509_new()) {
    must(made_ && X509_set_version(made_.get(), X509_VERSION_3) == 1, "X509_new");
    set_serial();
    auto const start = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(now - hours(1)));
    auto const end = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(now + life));
    must(ASN1_TIME_set(X509_getm_notBefore(made_.get()), start) != nullptr &&
             ASN1_TIME_set(X509_getm_notAfter(made_.get()), end) != nullptr,
         "dating a certificate");
    auto* subject = X509_get_subject_name(made_.get());
    must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1 &&
             X509_set_pubkey(made_.get(), own.get()) == 1,
         "naming a certificate");
    issued_by(made_.get());
  }

  void issued_by(X509* authority) {
    authority_ = authority;
    must(X509_set_issuer_name(made_.get(), X509_get_subject_name(authority)) == 1, "X509_set_issuer_name");
  }

  void extend(int nid, char const* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, authority_, made_.get(), nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, freed_by<&X509_EXTENSION_free>> const extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    must(extension && X509_add_ext(made_.get(), extension.get(), -1) == 1, "adding a certificate extension");
  }

  std::string sign(key const& by) {
    must(X509_sign(made_.get(), by.get(), EVP_sha256()) > 0, "X509_sign");
    bio_handle const memory(BIO_new(BIO_s_mem()));
    must(memory && PEM_write_bio_X509(memory.get(), made_.get()) == 1, "PEM_write_bio_X509");
    return contents(memory);
  }

private:
  void set_serial() {
    auto bytes = random_bytes(16);
    // Positive, as RFC 5280 section 4.1.2.2 wants it, and never zero.
    bytes[0] = static_cast<char>((static_cast<unsigned char>(bytes[0]) & 0x3fU) | 0x40U);
    number_handle const number(
        BN_bin2bn(reinterpret_cast<unsigned char const*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
    must(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(made_.get())) != nullptr, "drawing a serial");
  }

  certificate_handle made_;
  X509* authority_ = nullptr;
};

} // namespace

std::string make_authority(key const& own, std::string const& name, timestamp now) {
  draft made(own, name, now, days(3650));
  made.extend(NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  made.extend(NID_key_usage, "critical,keyCertSign,cRLSign");
  made.extend(NID_subject_key_identifier, "hash");
  return made.sign(own);
}

std::string make_server(key const& own, std::string const& name, key const& authority_key,
                        std::string const& authority_pem, timestamp now) {
  auto const authority = parse(authority_pem);
  must(authority != nullptr, "reading the CA's certificate");
  draft made(own, name, now, days(730));
  made.issued_by(authority.get());
  made.extend(NID_basic_constraints, "critical,CA:FALSE");
  made.extend(NID_key_usage, "critical,digitalSignature");
  made.extend(NID_ext_key_usage, "serverAuth");
  made.extend(NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  made.extend(NID_subject_key_identifier, "hash");
  made.extend(NID_authority_key_identifier, "keyid:always");
  return made.sign(authority_key);
}

std::string make_encryption(key const& own, std::string const& name, timestamp now) {
  draft made(own, name, now, days(730));
  made.extend(NID_basic_constraints, "critical,CA:FALSE");
  made.extend(NID_key_usage, "critical,keyEncipherment");
  made.extend(NID_subject_key_identifier, "hash");
  return made.sign(own);
}

result<recipient> read_certificate(std::string const& pem, std::string const& name) {
  auto const certificate = parse(pem);
  if (!certificate) {
    return failure{reason::bad_key, name + " holds no certificate in PEM form"};
  }
  unsigned char* der = nullptr;
  auto const size = i2d_X509(certificate.get(), &der);
  must(size > 0, "i2d_X509");
  std::unique_ptr<unsigned char, decltype([](unsigned char* bytes) { OPENSSL_free(bytes); })> const owned(der);
  auto const fingerprint = sha256({reinterpret_cast<char const*>(der), static_cast<std::size_t>(size)});
  auto* public_key = X509_get_pubkey(certificate.get());
  must(public_key != nullptr, "X509_get_pubkey");
  return recipient{key(public_key, &EVP_PKEY_free), encode_base64url(as_bytes(fingerprint))};
}

} // namespace consentd::hubsim
