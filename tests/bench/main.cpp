// How fast one daemon acknowledges and applies events, and what an event costs beside the least its cryptography can
// cost.
#include "tests/bench/floor.hpp"
#include "tests/bench/sender.hpp"
#include "tests/support/scene.hpp"

#include "base/interaction_id.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace {

using namespace consentd;
using steady = std::chrono::steady_clock;

struct plan {
  std::size_t events = 10000;
  std::size_t consents = 1000; // that the events are about, in turn
  std::size_t announced = 0;   // further consents in the store
  std::size_t connections = 16;
  std::size_t parts = 5; // of the load
};

double daemon_cpu_seconds(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  text.erase(0, text.rfind(')') + 2);
  std::istringstream fields(text);
  std::string skipped;
  for (int field = 3; field < 14; ++field) {
    fields >> skipped;
  }
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double peak_mebibytes(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("VmHWM:", 0) == 0) {
      return std::stod(line.substr(6)) / 1024;
    }
  }
  return 0;
}

std::string wire(hubsim::request const& made) {
  return "POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + made.content_type +
         "\r\nAuthorization: Bearer " + made.bearer.value() + "\r\nx-fapi-interaction-id: " + made.interaction_id +
         "\r\nContent-Length: " + std::to_string(made.body.size()) + "\r\n\r\n" + made.body;
}

// Tokens are valid for 50 minutes here: making the requests takes longer than a real token lives.
std::vector<std::string> make_requests(tests::scene const& of, plan const& how) {
  std::vector<std::string> made(how.events);
  auto const now = system_clock().now();
  auto const* issuer = of.hub().find("bank-a");
  auto const make_some = [&](std::size_t first, std::size_t step) {
    for (std::size_t at = first; at < how.events; at += step) {
      auto const round = at / how.consents;
      auto spec = of.event(hubsim::family::account_access, "bench-" + std::to_string(at % how.consents),
                           round % 2 == 0 ? "Authorized" : "Suspended",
                           now - std::chrono::hours(2) + std::chrono::seconds(round));
      auto request_plan = hubsim::plan_request(of.hub(), *issuer, spec, now, new_uuid());
      request_plan.bearer.exp += std::chrono::minutes(50);
      request_plan.event.exp += std::chrono::hours(2);
      made[at] = wire(hubsim::make_request(request_plan));
    }
  };
  std::vector<std::thread> makers;
  auto const cores = std::max(1U, std::thread::hardware_concurrency());
  for (unsigned core = 0; core < cores; ++core) {
    makers.emplace_back(make_some, core, cores);
  }
  for (auto& maker : makers) {
    maker.join();
  }
  return made;
}

void announce_all(tests::scene& of, std::size_t count) {
  tests::http_client local({.ca_file = {}, .unix_socket = of.socket()});
  auto const body = R"({"kind":"account-access","issuer":")" + of.hub().find("bank-a")->id + "\"}";
  for (std::size_t at = 0; at < count; ++at) {
    auto const answer = local.request("PUT", "http://localhost/v1/consents/announced-" + std::to_string(at),
                                      {"Content-Type: application/json"}, body);
    if (answer.status != 201) {
      throw std::runtime_error("announcing: " + std::to_string(answer.status) + " " + answer.body);
    }
  }
}

double percentile(std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

// One stretch of load between two measurements of the floor: a shared machine's speed changes within a minute, and only
// what was measured side by side can be compared.
struct part {
  std::size_t events = 0;
  bench::sent sent;
  double applied_in = 0; // seconds
  double cpu = 0;        // microseconds per event
  double floor = 0;      // microseconds per event
};

std::vector<std::span<std::string const>> in_parts(std::span<std::string const> all, std::size_t count) {
  std::vector<std::span<std::string const>> made;
  for (std::size_t at = 0; at < count; ++at) {
    auto const first = all.size() * at / count;
    made.push_back(all.subspan(first, all.size() * (at + 1) / count - first));
  }
  return made;
}

part measure_part(tests::scene& scene, std::span<std::string const> requests, plan const& how) {
  part made;
  made.events = requests.size();
  double const floor_before = bench::crypto_floor_microseconds();
  auto const pid = scene.daemon().pid();
  double const cpu_before = daemon_cpu_seconds(pid);
  auto const began = steady::now();
  made.sent = bench::post_all(requests, scene.port(), how.connections);
  scene.settle();
  made.applied_in = std::chrono::duration<double>(steady::now() - began).count();
  made.cpu = (daemon_cpu_seconds(pid) - cpu_before) * 1e6 / static_cast<double>(made.events);
  made.floor = (floor_before + bench::crypto_floor_microseconds()) / 2;
  if (made.sent.refused != 0) {
    throw std::runtime_error(std::to_string(made.sent.refused) + " refused, the first: " + made.sent.first_refusal);
  }
  return made;
}

// The middle one, and the ends: "600 us (580 to 640)".
template <class Of>
void print_spread(char const* name, int digits, char const* unit, std::vector<part> const& parts, Of of) {
  std::vector<double> values;
  std::transform(parts.begin(), parts.end(), std::back_inserter(values), of);
  std::sort(values.begin(), values.end());
  std::printf("%-26s %.*f%s (%.*f to %.*f)\n", name, digits, values[values.size() / 2], unit, digits, values.front(),
              digits, values.back());
}

void print(plan const& how, std::vector<part> const& parts) {
  auto const rate = [](part const& of, double seconds) { return static_cast<double>(of.events) / seconds; };
  std::vector<double> milliseconds;
  for (auto const& one : parts) {
    milliseconds.insert(milliseconds.end(), one.sent.milliseconds.begin(), one.sent.milliseconds.end());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  std::printf("events                     %zu in %zu parts over %zu connections, %zu consents\n", how.events,
              parts.size(), how.connections, how.consents + how.announced);
  print_spread("acknowledged per second", 0, "", parts, [&](part const& of) { return rate(of, of.sent.seconds); });
  print_spread("applied per second", 0, "", parts, [&](part const& of) { return rate(of, of.applied_in); });
  std::printf("acknowledgement            p50 %.2f ms, p99 %.2f ms\n", percentile(milliseconds, 0.5),
              percentile(milliseconds, 0.99));
  print_spread("daemon CPU per event", 0, " us", parts, [](part const& of) { return of.cpu; });
  print_spread("crypto floor per event", 0, " us", parts, [](part const& of) { return of.floor; });
  print_spread("ratio to the floor", 2, "", parts, [](part const& of) { return of.cpu / of.floor; });
}

int measure(plan const& how) {
  tests::scene scene;
  scene.edit_settings("unknown_consents = \"hold\"", "unknown_consents = \"bind\"");
  scene.edit_settings("[bearer]", "[bearer]\nmax_lifetime_seconds = 3600");
  scene.start();
  std::printf("making %zu requests\n", how.events);
  auto const requests = make_requests(scene, how);
  if (how.announced != 0) {
    std::printf("announcing %zu consents\n", how.announced);
    announce_all(scene, how.announced);
  }
  std::vector<part> parts;
  for (auto const& some : in_parts(requests, how.parts)) {
    parts.push_back(measure_part(scene, some, how));
  }
  print(how, parts);
  std::printf("daemon memory, peak        %.1f MiB\n", peak_mebibytes(scene.daemon().pid()));
  return scene.stop();
}

} // namespace

int main(int argc, char** argv) {
  plan how;
  CLI::App app("Measures consentd with pre-made requests over TLS on loopback");
  app.add_option("--events", how.events, "events to send")->check(CLI::PositiveNumber);
  app.add_option("--consents", how.consents, "consents that they are about")->check(CLI::PositiveNumber);
  app.add_option("--announced", how.announced, "further consents in the store");
  app.add_option("--parts", how.parts, "stretches of load, the crypto floor measured around each")
      ->check(CLI::PositiveNumber);
  app.add_option("--connections", how.connections, "connections of the sender")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  try {
    return measure(how);
  } catch (std::exception const& failed) {
    std::fprintf(stderr, "bench: %s\n", failed.what());
    return 1;
  }
}
