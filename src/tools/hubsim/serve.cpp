#include "tools/hubsim/serve.hpp"

#include "net/listener.hpp"
#include "tools/hubsim/address.hpp"
#include "tools/hubsim/files.hpp"
#include "tools/hubsim/rotation.hpp"
#include "json/writer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <map>

namespace consentd::hubsim {

namespace {

namespace asio = boost::asio;

std::string discovery(std::string const& issuer) {
  json::writer out;
  out.begin_object().member("issuer", issuer).member("jwks_uri", issuer + "/jwks");
  out.name("id_token_signing_alg_values_supported").begin_array().string("PS256").end_array();
  out.end_object();
  return out.take();
}

class key_server final : public net::handler {
public:
  explicit key_server(deployment const& by) : by_(by) {
    add(by.hub);
    for (auto const& each : by.issuers) {
      add(each);
    }
  }

  asio::awaitable<void> serve(net::exchange& request) override {
    auto const trouble = trouble_of(by_, issuer_in(request.head().path()));
    if (trouble == trouble::slow) {
      asio::steady_timer late(co_await asio::this_coro::executor, slow_answer);
      boost::system::error_code gone;
      co_await late.async_wait(asio::redirect_error(asio::use_awaitable, gone));
    }
    auto answer = answer_to(request.head());
    if (trouble == trouble::down) {
      answer = {.status = 503, .fields = {}, .body = {}};
    } else if (trouble == trouble::broken) {
      answer.body.resize(answer.body.size() / 2);
    }
    // A peer that left before its answer is no concern of ours.
    static_cast<void>(co_await request.send(std::move(answer)));
  }

  net::response refuse(reason why, net::request_head const&) override {
    net::response answer;
    answer.status = why == reason::header_too_large ? 431 : why == reason::request_timeout ? 408 : 400;
    return answer;
  }

private:
  // The first segment of a path.
  static std::string_view issuer_in(std::string_view path) {
    path.remove_prefix(path.empty() ? 0 : 1);
    return path.substr(0, path.find('/'));
  }

  void add(issuer const& of) {
    discovery_.emplace("/" + of.name + "/.well-known/openid-configuration", discovery(of.id));
    jwks_.emplace("/" + of.name + "/jwks", place::jwks(of.name));
  }

  net::response answer_to(net::request_head const& head) const {
    net::response answer;
    if (head.method != "GET") {
      answer.status = 405;
      answer.fields.push_back({"Allow", "GET"});
      return answer;
    }
    if (auto const found = discovery_.find(head.path()); found != discovery_.end()) {
      answer.body = found->second;
      answer.fields.push_back({"Cache-Control", "max-age=900"});
    } else if (auto const set = jwks_.find(head.path()); set != jwks_.end()) {
      auto text = read_file(by_.file(set->second));
      if (!text) {
        answer.status = 500;
        return answer;
      }
      answer.body = std::move(*text);
      answer.fields.push_back({"Cache-Control", "max-age=600"});
    } else {
      answer.status = 404;
      return answer;
    }
    answer.fields.push_back({"Content-Type", "application/json"});
    return answer;
  }

  deployment const& by_;
  std::map<std::string, std::string, std::less<>> discovery_; // by path
  std::map<std::string, std::string, std::less<>> jwks_;      // path to file
};

asio::awaitable<void> stop(net::listener& serving) {
  co_await serving.stop(std::chrono::seconds(2));
}

result<std::shared_ptr<net::tls_context>> load_tls(deployment const& by) {
  auto certificate = read_file(by.file(place::hub_certificate));
  if (!certificate) {
    return certificate.error();
  }
  auto own = read_file(by.file(place::hub_key));
  if (!own) {
    return own.error();
  }
  return net::tls_context::make({std::move(*certificate), std::move(*own)});
}

} // namespace

result<void> run_serve(deployment const& by, std::ostream& ready) {
  auto const where = parse_address(by.serve_on);
  if (!where) {
    return where.error();
  }
  auto tls = load_tls(by);
  if (!tls) {
    return tls.error();
  }
  auto socket = net::bound_socket::tcp(where->host, where->port);
  if (!socket) {
    return socket.error();
  }
  asio::io_context context(1);
  key_server keys(by);
  auto const serving = net::listener::make(context.get_executor(), std::move(*socket), *tls, {}, keys, silent_log());
  serving->start();
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) { asio::co_spawn(context, stop(*serving), asio::detached); });
  ready << "hubsim: serving " << by.base_url << " (hub";
  for (auto const& each : by.issuers) {
    ready << ", " << each.name;
  }
  ready << ")" << std::endl;
  context.run();
  return {};
}

} // namespace consentd::hubsim
