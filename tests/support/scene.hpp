// The whole of it, real: a set-up made by consent-hubsim, the daemon as a process, TLS on loopback, the local API on
// its socket.
#ifndef CONSENTD_TESTS_SUPPORT_SCENE_HPP
#define CONSENTD_TESTS_SUPPORT_SCENE_HPP

#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"

#include "tools/hubsim/deployment.hpp"
#include "tools/hubsim/event_spec.hpp"
#include "tools/hubsim/request_maker.hpp"
#include "json/document.hpp"

#include <optional>
#include <string>
#include <vector>

namespace consentd::tests {

std::string program(std::string const& name); // the path of a built program

class scene {
public:
  // Makes keys and settings in a folder of its own; key sets come from files, ports are chosen by the kernel.
  scene();

  // Replaces the text `from` of consentd.toml (which must occur) by `to`; before start().
  void edit_settings(std::string const& from, std::string const& to);
  void append_settings(std::string const& text);
  // Starts the daemon and waits until it is ready. May be called again after it has ended.
  void start(std::vector<std::string> environment = {});
  // SIGTERM, and the exit status.
  int stop();
  // SIGKILL, and reaped.
  void kill();
  process& daemon() { return *daemon_; }
  std::string const& folder() const noexcept { return folder_.path(); }
  std::string settings_file() const { return folder_ / "consentd.toml"; }
  std::string log_file() const { return folder_ / "daemon.log"; }
  std::string socket() const { return folder_ / "api.sock"; }
  std::string url() const { return "https://127.0.0.1:" + port_ + "/webhook"; }
  std::string port() const { return port_; }
  std::string operations_url() const { return "http://127.0.0.1:" + operations_port_; }
  std::string ca_file() const { return folder_ / "tls/ca.crt"; }
  hubsim::deployment const& hub() const noexcept { return *hub_; }

  // An event that the daemon should accept, in parts that a test can bend: `when` is the status time.
  hubsim::event_spec event(hubsim::family family, std::string const& consent_id, std::string const& status,
                           timestamp when) const;
  hubsim::request request(std::string const& issuer, hubsim::event_spec const& spec) const;
  // Posts it over a connection of the scene's own.
  http_answer post(hubsim::request const& what);
  http_answer send(std::string const& issuer, hubsim::event_spec const& spec) { return post(request(issuer, spec)); }

  http_answer api(std::string const& method, std::string const& path, std::string const& body = {});
  // The JSON of a 200; throws with status and body for any other answer.
  json::document get(std::string const& path);
  http_answer announce(std::string const& consent_id, std::string const& kind, std::string const& issuer,
                       std::optional<timestamp> expiry = std::nullopt);
  // Waits until nothing acknowledged is still to be opened.
  void settle();
  // The status of a consent, or "" when it has none or is unknown.
  std::string status_of(std::string const& consent_id);
  // The record of the one delivery of that interaction id, once it is finished (or waits): {state, reason, …}.
  json::document delivery(std::string const& interaction_id);

private:
  temporary_folder folder_;
  std::optional<hubsim::deployment> hub_;
  std::optional<process> daemon_;
  std::optional<http_client> sender_;
  std::string port_;
  std::string operations_port_;
  std::size_t log_seen_ = 0;
};

} // namespace consentd::tests

#endif
