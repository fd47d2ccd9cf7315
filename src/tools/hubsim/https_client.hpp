// How the simulated Hub delivers: HTTPS with verified certificates and kept-alive connections, through libcurl.
#ifndef CONSENTD_TOOLS_HUBSIM_HTTPS_CLIENT_HPP
#define CONSENTD_TOOLS_HUBSIM_HTTPS_CLIENT_HPP

#include "tools/hubsim/request_maker.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace consentd::hubsim {

// What became of one attempt.
struct answer {
  unsigned status = 0; // 0: none
  // How often the request went out: 0 when no byte of it can have reached the daemon, 2 and more when libcurl found a
  // kept-alive connection dropped and sent it again, byte for byte. What went out without an answer may have been
  // stored.
  unsigned sent = 0;
  std::string interaction_id; // echoed; empty when it was not
  std::optional<std::chrono::seconds> retry_after;
  std::string why; // without an answer: libcurl's reason
  std::chrono::microseconds took{};

  bool accepted() const noexcept { return status >= 200 && status < 300; }
};

// One connection at a time, reused while it lasts. One thread.
class https_client {
public:
  // `ca_file`: the only authority trusted. Throws std::runtime_error when libcurl cannot start.
  https_client(std::string url, std::string const& ca_file, std::chrono::milliseconds patience);
  https_client(https_client&&) noexcept;
  ~https_client();

  // Waits for the answer, at most the client's patience.
  answer post(request const& what);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace consentd::hubsim

#endif
