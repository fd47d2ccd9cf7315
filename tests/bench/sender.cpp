#include "tests/bench/sender.hpp"

#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace consentd::bench {
namespace {

using steady = std::chrono::steady_clock;

struct release {
  void operator()(SSL_CTX* of) const noexcept { SSL_CTX_free(of); }
  void operator()(SSL* of) const noexcept { SSL_free(of); }
};

class connection {
public:
  connection(SSL_CTX* context, std::string const& port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoul(port)));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int const on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0) {
      throw std::runtime_error("cannot connect");
    }
    tls_.reset(SSL_new(context));
    SSL_set_fd(tls_.get(), fd_);
    if (SSL_connect(tls_.get()) != 1) {
      throw std::runtime_error("TLS handshake failed");
    }
  }
  connection(connection const&) = delete;
  connection& operator=(connection const&) = delete;
  ~connection() {
    tls_.reset();
    ::close(fd_);
  }

  // The status line of the answer, whose body is empty.
  std::string exchange(std::string const& request) {
    if (SSL_write(tls_.get(), request.data(), static_cast<int>(request.size())) <= 0) {
      throw std::runtime_error("write failed");
    }
    std::string answer;
    while (answer.find("\r\n\r\n") == std::string::npos) {
      char buffer[2048];
      int const got = SSL_read(tls_.get(), buffer, sizeof buffer);
      if (got <= 0) {
        throw std::runtime_error("connection closed: " + answer);
      }
      answer.append(buffer, static_cast<std::size_t>(got));
    }
    return answer.substr(0, answer.find("\r\n"));
  }

private:
  int fd_;
  std::unique_ptr<SSL, release> tls_;
};

} // namespace

sent post_all(std::span<std::string const> requests, std::string const& port, std::size_t connections) {
  std::unique_ptr<SSL_CTX, release> const context(SSL_CTX_new(TLS_client_method()));
  std::vector<std::unique_ptr<connection>> lines;
  for (std::size_t at = 0; at < connections; ++at) {
    lines.push_back(std::make_unique<connection>(context.get(), port));
  }
  std::vector<sent> parts(connections);
  std::atomic<std::size_t> next{0};
  std::atomic<bool> broken{false};
  auto const began = steady::now();
  std::vector<std::thread> threads;
  for (std::size_t at = 0; at < connections; ++at) {
    threads.emplace_back([&, at] {
      try {
        for (std::size_t which = next++; which < requests.size(); which = next++) {
          auto const start = steady::now();
          auto const status = lines[at]->exchange(requests[which]);
          parts[at].milliseconds.push_back(std::chrono::duration<double, std::milli>(steady::now() - start).count());
          if (status.compare(0, 10, "HTTP/1.1 2") != 0 && parts[at].refused++ == 0) {
            parts[at].first_refusal = status;
          }
        }
      } catch (std::exception const&) {
        broken = true;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  if (broken) {
    throw std::runtime_error("a connection broke");
  }
  sent all;
  all.seconds = std::chrono::duration<double>(steady::now() - began).count();
  for (auto const& part : parts) {
    all.milliseconds.insert(all.milliseconds.end(), part.milliseconds.begin(), part.milliseconds.end());
    all.refused += part.refused;
    if (all.first_refusal.empty()) {
      all.first_refusal = part.first_refusal;
    }
  }
  return all;
}

} // namespace consentd::bench
