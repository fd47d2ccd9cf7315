#include "tools/hubsim/send.hpp"

#include "base/interaction_id.hpp"
#include "tools/hubsim/files.hpp"
#include "tools/hubsim/https_client.hpp"
#include "tools/hubsim/pace.hpp"
#include "tools/hubsim/saved_request.hpp"
#include "json/writer.hpp"

#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

namespace consentd::hubsim {

namespace {

constexpr std::chrono::seconds patience(60);

// What a run of many threads shares: where lines go, what was sent, whether all went as expected.
class report {
public:
  // `saved` may be null.
  report(std::ostream& out, bool as_json, std::ostream* saved) : out_(out), as_json_(as_json), saved_(saved) {}

  void sent(expected_request const& what, answer const& got) {
    auto const good = what.status == 202 ? got.accepted() : got.status == what.status;
    auto const line = as_json_ ? json_line(what, got, good) : text_line(what, got, good);
    std::lock_guard const lock(guard_);
    all_good_ = all_good_ && good;
    out_ << line << '\n' << std::flush;
    if (saved_ != nullptr) {
      *saved_ << save_request(what.request);
    }
  }

  bool all_good() const { return all_good_; }

private:
  static std::string text_line(expected_request const& what, answer const& got, bool good) {
    auto const& id = what.spec.resource_id.empty() ? what.spec.consent_id : what.spec.resource_id;
    auto line = id + "  " + what.spec.status + "  " +
                (got.status == 0 ? "no answer (" + got.why + ")" : std::to_string(got.status)) + "  " +
                what.request.interaction_id;
    if (what.why) {
      line += "  expected " + std::to_string(what.status) + (what.status == 202 ? ", quarantine " : " ") +
              std::string(to_string(*what.why));
    }
    return good ? line : line + "  NOT AS EXPECTED";
  }

  static std::string json_line(expected_request const& what, answer const& got, bool good) {
    json::writer out;
    out.begin_object().member("interaction_id", what.request.interaction_id);
    out.member("consent_id", what.spec.consent_id);
    if (!what.spec.resource_id.empty()) {
      out.member("resource_id", what.spec.resource_id);
    }
    out.member("family", to_string(what.spec.family));
    out.member("issuer", what.issuer).member("status", what.spec.status);
    out.name("answer");
    got.status == 0 ? out.null() : out.integer(got.status);
    if (got.status == 0) {
      out.member("error", got.why);
    }
    out.member("echoed_interaction_id", got.interaction_id);
    out.name("expected_answer").integer(what.status);
    if (what.why) {
      out.member("expected_reason", to_string(*what.why));
    }
    out.name("as_expected").boolean(good).name("microseconds").integer(got.took.count()).end_object();
    return out.take();
  }

  std::ostream& out_;
  bool const as_json_;
  std::ostream* const saved_;
  std::mutex guard_; // of both streams and of the next
  bool all_good_ = true;
};

std::string number_in(std::string text, std::uint64_t number) {
  if (auto const at = text.find("{n}"); at != std::string::npos) {
    text.replace(at, 3, std::to_string(number));
  }
  return text;
}

result<issuer const*> choose_issuer(deployment const& by, send_options const& how) {
  bool const insurance = how.spec.family == family::insurance || how.spec.family == family::insurance_quote;
  auto const fallback = insurance ? "insurer" : "bank-a";
  auto const name = how.issuer.empty() ? std::string(fallback) : how.issuer;
  auto const* found = by.find(name);
  if (found == nullptr) {
    return failure{reason::not_found, "no issuer \"" + name + "\" in " + by.file(place::settings).string()};
  }
  return found;
}

std::vector<expected_request> make_event(deployment const& by, issuer const& from, send_options const& how,
                                         std::uint64_t number) {
  auto const now = system_clock().now();
  auto spec = how.spec;
  spec.created = by.created;
  spec.consent_id = how.consent_id.empty() ? new_uuid() : number_in(how.consent_id, number);
  if (spec.family >= family::payment_status) {
    spec.resource_id = how.resource_id.empty() ? new_uuid() : number_in(how.resource_id, number);
  }
  if (how.status_time_is_now) {
    spec.status_time = now;
  }
  spec.event_time = spec.status_time;
  if (spec.jti.empty()) {
    spec.jti = new_uuid();
  }
  return make_requests(by, from, spec, how.wrong, now, how.interaction_id.empty() ? new_uuid() : how.interaction_id);
}

// Each thread makes and sends the next event that nobody has taken yet.
void send_all(deployment const& by, issuer const& from, send_options const& how, std::string const& url, report& into) {
  std::atomic<std::uint64_t> next = 0;
  pace const steady(how.rate);
  auto const work = [&](https_client client) {
    for (auto number = next++; number < how.count; number = next++) {
      auto const requests = make_event(by, from, how, number);
      steady.wait_for(number);
      for (auto const& each : requests) {
        into.sent(each, client.post(each.request));
      }
    }
  };
  std::vector<https_client> clients;
  clients.reserve(how.connections);
  for (unsigned i = 0; i != how.connections; ++i) {
    clients.emplace_back(url, by.file(place::ca_certificate).string(), patience);
  }
  std::vector<std::jthread> threads;
  threads.reserve(clients.size());
  for (auto& each : clients) {
    threads.emplace_back(work, std::move(each));
  }
}

result<void> resend_all(deployment const& by, send_options const& how, std::string const& url, report& into) {
  auto const text = read_file(how.resend);
  if (!text) {
    return text.error();
  }
  auto requests = load_requests(*text);
  if (!requests) {
    return failure{requests.error().code, how.resend + ": " + requests.error().detail};
  }
  https_client client(url, by.file(place::ca_certificate).string(), patience);
  for (auto& each : *requests) {
    expected_request again;
    again.request = std::move(each);
    again.spec.consent_id = "again";
    again.spec.status = "-";
    into.sent(again, client.post(again.request));
  }
  return {};
}

result<void> print_into(std::filesystem::path const& folder, request const& what) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (auto const& [name, text] : {std::pair{"bearer", what.bearer.value_or("")}, std::pair{"body", what.body},
                                   std::pair{"claims.json", what.claims}, std::pair{"jws", what.jws}}) {
    if (auto written = write_file(folder / name, text); !written) {
      return written;
    }
  }
  return {};
}

result<void> print_all(deployment const& by, issuer const& from, send_options const& how, std::ostream& out) {
  for (std::uint64_t number = 0; number != how.count; ++number) {
    for (auto const& each : make_event(by, from, how, number)) {
      if (how.print_to.empty()) {
        out << save_request(each.request);
      } else if (auto written = print_into(how.print_to, each.request); !written) {
        return written;
      }
    }
  }
  return {};
}

} // namespace

result<bool> run_send(deployment const& by, send_options const& how, std::ostream& out) {
  auto const from = choose_issuer(by, how);
  if (!from) {
    return from.error();
  }
  if (how.print) {
    auto printed = print_all(by, **from, how, out);
    return printed ? result<bool>(true) : printed.error();
  }
  auto const url = how.url.empty() ? by.url : how.url;
  std::ofstream saved;
  if (!how.save.empty()) {
    saved.open(how.save, std::ios::binary | std::ios::trunc);
  }
  report into(out, how.as_json, how.save.empty() ? nullptr : &saved);
  if (!how.resend.empty()) {
    if (auto sent = resend_all(by, how, url, into); !sent) {
      return sent.error();
    }
  } else {
    send_all(by, **from, how, url, into);
  }
  if (!how.save.empty() && !saved.flush()) {
    return failure{reason::storage, "cannot write " + how.save};
  }
  return into.all_good();
}

} // namespace consentd::hubsim
