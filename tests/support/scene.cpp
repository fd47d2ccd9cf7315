#include "tests/support/scene.hpp"

#include "base/interaction_id.hpp"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <regex>
#include <stdexcept>
#include <thread>

namespace consentd::tests {
namespace {

json::document parse(std::string text) {
  auto parsed = json::document::parse(std::move(text), {.bytes = 64UL * 1024 * 1024, .depth = 64, .values = 5000000});
  if (!parsed) {
    throw std::runtime_error("not JSON: " + parsed.error().detail);
  }
  return std::move(*parsed);
}

// The port of the listener that the log names, in what was written after `from`.
std::string port_in(std::string const& log, std::string const& listener) {
  std::smatch found;
  std::regex const line("listening.*for=\"?" + listener + "\"?.*at=\"?[0-9.]+:([0-9]+)");
  return std::regex_search(log, found, line) ? found[1].str() : std::string();
}

template <class Condition>
void eventually(Condition holds, std::string const& what) {
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("never came about: " + what);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// Keys take a second to make: the scenes of one run have the same, each in a copy of its own.
std::string const& made_set_up() {
  static temporary_folder const folder;
  static auto const made = run({program("consent-hubsim"), "init", folder.path(), "--listen", "127.0.0.1:0",
                                "--operations", "127.0.0.1:0", "--jwks", "file"});
  if (made.status != 0) {
    throw std::runtime_error("consent-hubsim init: " + made.output);
  }
  return folder.path();
}

} // namespace

std::string program(std::string const& name) {
  return std::string(CONSENTD_BIN_DIR) + "/" + name;
}

scene::scene() {
  std::filesystem::copy(made_set_up(), folder_.path(), std::filesystem::copy_options::recursive);
  auto loaded = hubsim::load_deployment(folder_.path());
  if (!loaded) {
    throw std::runtime_error("deployment: " + loaded.error().detail);
  }
  hub_.emplace(std::move(*loaded));
}

void scene::edit_settings(std::string const& from, std::string const& to) {
  auto text = read_text(settings_file());
  auto const at = text.find(from);
  if (at == std::string::npos) {
    throw std::runtime_error("not in consentd.toml: " + from);
  }
  write_text(settings_file(), text.replace(at, from.size(), to));
}

void scene::append_settings(std::string const& text) {
  write_text(settings_file(), read_text(settings_file()) + "\n" + text + "\n");
}

void scene::start(std::vector<std::string> environment) {
  log_seen_ = read_text(log_file()).size();
  sender_.reset();
  daemon_.reset();
  daemon_.emplace(std::vector<std::string>{program("consentd"), "--config", settings_file()}, log_file(),
                  std::move(environment));
  eventually(
      [this] {
        if (!daemon_->running()) {
          throw std::runtime_error("consentd ended at its start:\n" + read_text(log_file()).substr(log_seen_));
        }
        return read_text(log_file()).find("ready", log_seen_) != std::string::npos;
      },
      "consentd ready");
  auto const log = read_text(log_file()).substr(log_seen_);
  port_ = port_in(log, "hub");
  operations_port_ = port_in(log, "operations");
  sender_.emplace(http_client::where{.ca_file = ca_file(), .unix_socket = {}});
}

int scene::stop() {
  daemon_->signal(SIGTERM);
  return daemon_->wait();
}

void scene::kill() {
  daemon_->signal(SIGKILL);
  daemon_->wait();
}

hubsim::event_spec scene::event(hubsim::family family, std::string const& consent_id, std::string const& status,
                                timestamp when) const {
  hubsim::event_spec spec;
  spec.family = family;
  spec.consent_id = consent_id;
  spec.status = status;
  spec.created = when - std::chrono::hours(1);
  spec.status_time = when;
  spec.event_time = when;
  spec.expiry = system_clock().now() + std::chrono::days(90);
  spec.jti = new_uuid();
  return spec;
}

hubsim::request scene::request(std::string const& issuer, hubsim::event_spec const& spec) const {
  auto const* from = hub_->find(issuer);
  if (from == nullptr) {
    throw std::runtime_error("no issuer " + issuer);
  }
  return hubsim::make_request(hubsim::plan_request(*hub_, *from, spec, system_clock().now(), new_uuid()));
}

http_answer scene::post(hubsim::request const& what) {
  std::vector<std::string> fields{"Content-Type: " + what.content_type, "Accept: " + what.accept,
                                  "x-fapi-interaction-id: " + what.interaction_id};
  if (what.bearer) {
    fields.push_back("Authorization: Bearer " + *what.bearer);
  }
  return sender_->request(what.method, url() + what.path_suffix, fields, what.body);
}

http_answer scene::api(std::string const& method, std::string const& path, std::string const& body) {
  http_client local({.ca_file = {}, .unix_socket = socket()});
  std::vector<std::string> fields;
  if (!body.empty()) {
    fields.emplace_back("Content-Type: application/json");
  }
  return local.request(method, "http://localhost" + path, fields, body);
}

json::document scene::get(std::string const& path) {
  auto answer = api("GET", path);
  if (answer.status != 200) {
    throw std::runtime_error("GET " + path + ": " + std::to_string(answer.status) + " " + answer.error + answer.body);
  }
  return parse(std::move(answer.body));
}

http_answer scene::announce(std::string const& consent_id, std::string const& kind, std::string const& issuer,
                            std::optional<timestamp> expiry) {
  std::string body = R"({"kind":")" + kind + R"(","issuer":")" + hub_->find(issuer)->id + '"';
  if (expiry) {
    body += R"(,"expirationDateTime":")" + format_date_time(*expiry) + '"';
  }
  return api("PUT", "/v1/consents/" + consent_id, body + "}");
}

// Patient for as long as it gets on: a backlog on a busy machine takes its time.
void scene::settle() {
  auto least = std::numeric_limits<std::int64_t>::max();
  while (least > 0) {
    auto const before = least;
    eventually(
        [&] {
          auto const status = get("/v1/status");
          auto const inbox = status.root().find("inbox");
          auto const pending = inbox ? inbox->find("pending") : std::nullopt;
          least = std::min(least, pending ? pending->integer().value_or(before) : before);
          return least < before;
        },
        "an inbox with less to open than " + std::to_string(before));
  }
}

std::string scene::status_of(std::string const& consent_id) {
  auto answer = api("GET", "/v1/consents/" + consent_id);
  if (answer.status != 200) {
    return {};
  }
  auto const document = parse(std::move(answer.body));
  return std::string(document.root().find_string("status").value_or(""));
}

json::document scene::delivery(std::string const& interaction_id) {
  std::optional<json::document> found;
  eventually(
      [&] {
        auto listed = get("/v1/deliveries?interaction_id=" + interaction_id);
        auto const items = listed.root().find("deliveries");
        if (!items || items->size() == 0) {
          return false;
        }
        auto const first = items->first()->get();
        found.emplace(parse(std::string(first.raw())));
        return first.find_string("state") != "pending";
      },
      "an outcome of " + interaction_id);
  return std::move(*found);
}

} // namespace consentd::tests
