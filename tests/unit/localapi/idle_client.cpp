#include "tests/unit/localapi/idle_client.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace consentd::localapi::testing {

idle_client::idle_client(std::string const& socket) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  socket.copy(where.sun_path, sizeof where.sun_path - 1);
  void* const address = &where;
  BOOST_TEST_REQUIRE(::connect(fd_, static_cast<sockaddr*>(address), sizeof where) == 0);
}

idle_client::idle_client(std::string const& socket, std::string const& target) : idle_client(socket) {
  send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
}

idle_client::idle_client(std::string const& socket, std::string const& method, std::string const& target,
                         std::size_t body_bytes)
    : idle_client(socket) {
  send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
       std::to_string(body_bytes) + "\r\nExpect: 100-continue\r\n\r\n");
}

void idle_client::send(std::string const& bytes) {
  BOOST_TEST_REQUIRE(::send(fd_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
}

idle_client::~idle_client() {
  ::close(fd_);
}

std::string const& idle_client::read_until(std::string const& what) {
  auto found = text_.find(what, looked_at_);
  while (found == std::string::npos) {
    std::array<char, 65536> chunk{};
    auto const got = ::recv(fd_, chunk.data(), chunk.size(), 0);
    BOOST_TEST_REQUIRE(got > 0, "no " << what << " in: " << text_.substr(looked_at_, 2000));
    text_.append(chunk.data(), static_cast<std::size_t>(got));
    found = text_.find(what, looked_at_);
  }
  looked_at_ = found + what.size();
  return text_;
}

} // namespace consentd::localapi::testing
