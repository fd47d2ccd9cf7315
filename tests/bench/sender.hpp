// A sender that costs the machine as little as possible: bytes made beforehand, blocking TLS, one thread per
// connection.
#ifndef CONSENTD_TESTS_BENCH_SENDER_HPP
#define CONSENTD_TESTS_BENCH_SENDER_HPP

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace consentd::bench {

struct sent {
  double seconds = 0;               // from the first byte to the last answer
  std::vector<double> milliseconds; // of each acknowledgement, in no order
  std::size_t refused = 0;          // answers other than 2xx
  std::string first_refusal;        // a status line
};

// Posts every request (complete HTTP/1.1 bytes, keep-alive) to 127.0.0.1:`port`, spread over `connections`. Throws
// std::runtime_error when a connection breaks.
sent post_all(std::span<std::string const> requests, std::string const& port, std::size_t connections);

} // namespace consentd::bench

#endif
