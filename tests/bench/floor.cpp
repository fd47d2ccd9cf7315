#include "tests/bench/floor.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace consentd::bench {
namespace {

struct release {
  void operator()(EVP_PKEY* of) const noexcept { EVP_PKEY_free(of); }
  void operator()(EVP_PKEY_CTX* of) const noexcept { EVP_PKEY_CTX_free(of); }
};
using key = std::unique_ptr<EVP_PKEY, release>;
using context = std::unique_ptr<EVP_PKEY_CTX, release>;

void must(int worked) {
  if (worked != 1) {
    throw std::runtime_error("OpenSSL refused a step of the floor measurement");
  }
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void use_pss(EVP_PKEY_CTX* of) {
  must(EVP_PKEY_CTX_set_rsa_padding(of, RSA_PKCS1_PSS_PADDING));
  must(EVP_PKEY_CTX_set_rsa_pss_saltlen(of, RSA_PSS_SALTLEN_DIGEST));
  must(EVP_PKEY_CTX_set_signature_md(of, EVP_sha256()));
}

void use_oaep(EVP_PKEY_CTX* of) {
  must(EVP_PKEY_CTX_set_rsa_padding(of, RSA_PKCS1_OAEP_PADDING));
  must(EVP_PKEY_CTX_set_rsa_oaep_md(of, EVP_sha256()));
  must(EVP_PKEY_CTX_set_rsa_mgf1_md(of, EVP_sha256()));
}

double floor_of_this_thread() {
  key const rsa(EVP_RSA_gen(2048));
  std::array<unsigned char, 32> const digest{1, 2, 3};
  std::vector<unsigned char> signature(256);
  std::vector<unsigned char> wrapped(256);
  std::size_t signature_size = signature.size();
  std::size_t wrapped_size = wrapped.size();

  context const sign(EVP_PKEY_CTX_new(rsa.get(), nullptr));
  must(EVP_PKEY_sign_init(sign.get()));
  use_pss(sign.get());
  must(EVP_PKEY_sign(sign.get(), signature.data(), &signature_size, digest.data(), digest.size()));

  context const wrap(EVP_PKEY_CTX_new(rsa.get(), nullptr));
  must(EVP_PKEY_encrypt_init(wrap.get()));
  use_oaep(wrap.get());
  must(EVP_PKEY_encrypt(wrap.get(), wrapped.data(), &wrapped_size, digest.data(), digest.size()));

  context const unwrap(EVP_PKEY_CTX_new(rsa.get(), nullptr));
  must(EVP_PKEY_decrypt_init(unwrap.get()));
  use_oaep(unwrap.get());
  context const verify(EVP_PKEY_CTX_new(rsa.get(), nullptr));
  must(EVP_PKEY_verify_init(verify.get()));
  use_pss(verify.get());

  std::vector<unsigned char> plain(256);
  int events = 0;
  double const began = cpu_seconds();
  double took = 0;
  while (took < 0.5) {
    for (int round = 0; round < 100; ++round, ++events) {
      std::size_t plain_size = plain.size();
      must(EVP_PKEY_decrypt(unwrap.get(), plain.data(), &plain_size, wrapped.data(), wrapped_size));
      must(EVP_PKEY_verify(verify.get(), signature.data(), signature_size, digest.data(), digest.size()));
      must(EVP_PKEY_verify(verify.get(), signature.data(), signature_size, digest.data(), digest.size()));
    }
    took = cpu_seconds() - began;
  }
  return took * 1e6 / events;
}

} // namespace

double crypto_floor_microseconds() {
  std::vector<std::future<double>> cores;
  for (unsigned core = 0; core < std::max(1U, std::thread::hardware_concurrency()); ++core) {
    cores.push_back(std::async(std::launch::async, floor_of_this_thread));
  }
  double sum = 0;
  for (auto& core : cores) {
    sum += core.get();
  }
  return sum / static_cast<double>(cores.size());
}

} // namespace consentd::bench
