// A client that asks, and reads only when the test says so.
#ifndef CONSENTD_TESTS_UNIT_LOCALAPI_IDLE_CLIENT_HPP
#define CONSENTD_TESTS_UNIT_LOCALAPI_IDLE_CLIENT_HPP

#include <cstddef>
#include <string>

namespace consentd::localapi::testing {

class idle_client {
public:
  idle_client(std::string const& socket, std::string const& target);
  // Sends the head of a call alone, which announces a body of JSON of that many bytes, and asks to be told to send it.
  idle_client(std::string const& socket, std::string const& method, std::string const& target, std::size_t body_bytes);
  idle_client(idle_client const&) = delete;
  idle_client& operator=(idle_client const&) = delete;
  ~idle_client(); // hangs up

  void send(std::string const& bytes);

  // Reads until `what` has come (behind what was looked for before), and returns all that came so far.
  std::string const& read_until(std::string const& what);

private:
  explicit idle_client(std::string const& socket);

  int fd_;
  std::string text_;
  std::size_t looked_at_ = 0;
};

} // namespace consentd::localapi::testing

#endif
