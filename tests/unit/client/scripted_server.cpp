#include "tests/unit/client/scripted_server.hpp"

#include <array>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace consentd::client::testing {

namespace {

bool is_whole(std::string const& request) {
  auto const end = request.find("\r\n\r\n");
  if (end == std::string::npos) {
    return false;
  }
  auto const length = request.find("Content-Length: ");
  auto const body = length == std::string::npos ? 0UL : std::stoul(request.substr(length + 16));
  return request.size() >= end + 4 + body;
}

std::string read_request(int fd) {
  std::string request;
  std::array<char, 4096> chunk{};
  while (!is_whole(request)) {
    auto const got = ::recv(fd, chunk.data(), chunk.size(), 0);
    if (got <= 0) {
      break;
    }
    request.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return request;
}

} // namespace

scripted_server::scripted_server(std::vector<scripted_answer> answers)
    : listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  path_.copy(where.sun_path, sizeof where.sun_path - 1);
  void* const address = &where;
  if (::bind(listening_, static_cast<sockaddr*>(address), sizeof where) != 0 || ::listen(listening_, 8) != 0) {
    throw std::runtime_error("cannot listen on " + path_);
  }
  thread_ = std::thread([this, script = std::move(answers)] { serve(script); });
}

scripted_server::~scripted_server() {
  ::shutdown(listening_, SHUT_RDWR);
  let_go();
  thread_.join();
  ::close(listening_);
}

std::vector<std::string> scripted_server::requests() {
  std::lock_guard const hold(guard_);
  return requests_;
}

void scripted_server::let_go() {
  std::lock_guard const hold(guard_);
  holds_ = false;
  let_go_.notify_all();
}

std::size_t scripted_server::connections() {
  std::lock_guard const hold(guard_);
  return connections_;
}

void scripted_server::serve(std::vector<scripted_answer> const& answers) {
  int fd = -1;
  for (auto const& answer : answers) {
    if (fd < 0) {
      fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) {
        return;
      }
      std::lock_guard const hold(guard_);
      ++connections_;
    }
    auto const request = read_request(fd);
    {
      std::unique_lock hold(guard_);
      requests_.push_back(request);
      let_go_.wait(hold, [&] { return !answer.held || !holds_; });
    }
    ::send(fd, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
    char rest = 0;
    while (answer.keep_open && ::recv(fd, &rest, 1, 0) > 0) {
    }
    if (!answer.keep_alive) {
      ::close(std::exchange(fd, -1));
    }
  }
  if (fd >= 0) {
    ::close(fd);
  }
}

} // namespace consentd::client::testing
