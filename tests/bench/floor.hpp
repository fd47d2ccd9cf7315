// What the cryptography of one event costs on this machine at the least: one RSA-2048 private operation and two
// verifications.
#ifndef CONSENTD_TESTS_BENCH_FLOOR_HPP
#define CONSENTD_TESTS_BENCH_FLOOR_HPP

namespace consentd::bench {

// CPU microseconds per event through OpenSSL's EVP, measured for about half a second on every core at once: what runs
// beside it slows cryptography down, and under load all cores are busy.
double crypto_floor_microseconds();

} // namespace consentd::bench

#endif
