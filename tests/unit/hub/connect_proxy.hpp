// An HTTP proxy that knows CONNECT alone, in a thread of its own: it leads every authority to one port of loopback, and
// remembers which it was asked for.
#ifndef CONSENTD_TESTS_UNIT_HUB_CONNECT_PROXY_HPP
#define CONSENTD_TESTS_UNIT_HUB_CONNECT_PROXY_HPP

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <string>
#include <thread>
#include <utility>

namespace consentd::tests {

// Serves one connection. `answer` is what CONNECT gets; the tunnel opens after a 200.
class connect_proxy {
public:
  connect_proxy(unsigned short leads_to, std::string answer)
      : acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}), leads_to_(leads_to),
        answer_(std::move(answer)), thread_([this] { serve(); }) {}
  connect_proxy(connect_proxy const&) = delete;
  connect_proxy& operator=(connect_proxy const&) = delete;
  ~connect_proxy() { thread_.join(); }

  std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
  // Once the connection has ended.
  std::string const& asked() {
    thread_.join();
    thread_ = std::thread([] {});
    return asked_;
  }

private:
  using socket = boost::asio::ip::tcp::socket;

  void serve() {
    socket client(context_);
    acceptor_.accept(client);
    boost::asio::read_until(client, boost::asio::dynamic_buffer(asked_), "\r\n\r\n");
    boost::asio::write(client, boost::asio::buffer(answer_));
    if (answer_.find(" 200 ") == std::string::npos) {
      return;
    }
    socket server(context_);
    server.connect({boost::asio::ip::address_v4::loopback(), leads_to_});
    std::thread back([&] { pump(server, client); });
    pump(client, server);
    back.join();
  }

  static void pump(socket& from, socket& to) {
    std::array<char, 4096> room{};
    boost::system::error_code error;
    while (!error) {
      auto const got = from.read_some(boost::asio::buffer(room), error);
      if (got != 0) {
        boost::asio::write(to, boost::asio::buffer(room.data(), got), error);
      }
    }
    to.shutdown(socket::shutdown_both, error);
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  unsigned short leads_to_;
  std::string answer_;
  std::string asked_;
  std::thread thread_;
};

} // namespace consentd::tests

#endif
