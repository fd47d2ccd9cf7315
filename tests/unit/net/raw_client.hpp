// A client that sends what no HTTP library would, over a plain socket.
#ifndef CONSENTD_TESTS_UNIT_NET_RAW_CLIENT_HPP
#define CONSENTD_TESTS_UNIT_NET_RAW_CLIENT_HPP

#include "tests/unit/net/server.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace consentd::tests {

// The shortest request there is.
inline std::string const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class raw_client {
public:
  explicit raw_client(server const& to);
  // The two steps of connecting, for a test that does something between them; the client takes over `fd`.
  static int open(server const& to);
  static void connect(int fd, server const& to);
  explicit raw_client(int fd) : fd_{fd} {}
  raw_client(raw_client const&) = delete;
  raw_client& operator=(raw_client const&) = delete;
  ~raw_client();

  // False when the server has closed against it.
  bool send(std::string_view bytes);
  // Sends what the sockets take without waiting; the number of bytes.
  std::size_t send_some(std::string_view bytes);
  void half_close();
  // Closes with a reset instead of an end.
  void reset();
  int native() const noexcept { return fd_; }

  struct reply {
    unsigned status = 0; // 0: none came
    std::string head;    // through the empty line
    std::string body;    // of Content-Length bytes
    bool has(std::string_view field) const { return head.find("\r\n" + std::string{field}) != std::string::npos; }
  };
  // The next answer that has a Content-Length (or a status without a body).
  reply read_reply(bool with_body = true);
  // Everything until the server closes. Throws when it resets the connection or never closes.
  std::string read_to_end();
  // At least until `text` has come; all that was read.
  std::string read_until(std::string_view text);
  // True when the server closes without another byte, with an end or a reset.
  bool ends();

private:
  bool more();

  int fd_ = -1;
  std::string unread_;
};

} // namespace consentd::tests

#endif
