#include "tools/hubsim/campaign.hpp"

#include "tools/hubsim/https_client.hpp"
#include "tools/hubsim/pace.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace consentd::hubsim {

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

// The record file. Each line is one write to a file opened for appending: lines of several threads do not mix, and a
// killed simulator leaves whole ones.
class record {
public:
  explicit record(std::string const& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)), error_(fd_ < 0 ? errno : 0) {}
  record(record const&) = delete;
  record& operator=(record const&) = delete;
  ~record() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  void put(campaign_event const& event, unsigned attempt, answer const& got) {
    json::writer out;
    out.begin_object().name("event").integer(static_cast<std::int64_t>(event.number)).name("attempt").integer(attempt);
    out.member("interaction_id", event.interaction_id).member("consent_id", event.spec.consent_id);
    out.member("issuer", event.from->id).member("kind", to_string(event.spec.family));
    out.member("status", event.spec.status).member("status_time", format_date_time(event.spec.status_time));
    out.name("answer");
    got.status == 0 ? out.string("unanswered") : out.integer(got.status);
    out.end_object();
    auto const line = out.take() + "\n";
    if (::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      error_ = errno == 0 ? EIO : errno;
    }
  }

  // Of the first failure; 0 when there was none.
  int error() const noexcept { return error_; }

private:
  int fd_;
  std::atomic<int> error_;
};

struct tally {
  std::atomic<std::uint64_t> acknowledged = 0;
  std::atomic<std::uint64_t> attempts = 0;
  std::atomic<std::uint64_t> unanswered = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<bool> given_up = false;
};

// One connection and the consents that are its own.
class sender {
public:
  sender(deployment const& by, campaign_options const& how, record& into, tally& counts)
      : by_(by), how_(how), into_(into), counts_(counts),
        client_(how.url.empty() ? by.url : how.url, by.file(place::ca_certificate).string(), how.patience) {}

  void run(unsigned own, pace const& steady) {
    for (std::uint64_t number = 0; number != how_.events && !counts_.given_up; ++number) {
      if (number % how_.consents % how_.connections == own) {
        steady.wait_for(number);
        deliver(plan_campaign_event(by_, how_, number));
      }
    }
  }

private:
  void deliver(campaign_event const& event) {
    auto const end = steady_clock::now() + how_.give_up;
    auto made = make(event);
    for (unsigned attempt = 1; !counts_.given_up; ++attempt) {
      auto const got = reach(made, end);
      if (counts_.given_up) {
        return;
      }
      note(event, attempt, got);
      if (got.accepted()) {
        return;
      }
      if (steady_clock::now() > end || into_.error() != 0) {
        counts_.given_up = true;
        return;
      }
      pause_after(got, attempt);
      // The Hub may deliver an event again as it is, or sign and encrypt it anew: both must be known for the same
      // event.
      if (attempt % 2 == 0) {
        made = make(event);
      } else {
        made.bearer = make_bearer(plan_bearer(by_, system_clock().now()));
      }
    }
  }

  // Knocks until somebody listens; a bearer that grew old meanwhile is replaced.
  answer reach(request& made, steady_clock::time_point end) {
    for (;;) {
      auto got = client_.post(made);
      if (got.sent != 0 || got.status != 0) {
        return got;
      }
      if (steady_clock::now() > end) {
        counts_.given_up = true;
        return got;
      }
      std::this_thread::sleep_for(20ms);
      made.bearer = make_bearer(plan_bearer(by_, system_clock().now()));
    }
  }

  request make(campaign_event const& event) const {
    return make_request(plan_request(by_, *event.from, event.spec, system_clock().now(), event.interaction_id));
  }

  // What libcurl had to send again by itself was sent before without an answer.
  void note(campaign_event const& event, unsigned attempt, answer const& got) {
    for (unsigned lost = 1; lost < got.sent; ++lost) {
      into_.put(event, attempt, {});
      count({});
    }
    into_.put(event, attempt, got);
    count(got);
  }

  void count(answer const& got) {
    ++counts_.attempts;
    if (got.accepted()) {
      ++counts_.acknowledged;
    } else if (got.status == 0) {
      ++counts_.unanswered;
    } else {
      ++counts_.refused;
    }
  }

  static void pause_after(answer const& got, unsigned attempt) {
    if (got.status == 0) {
      std::this_thread::sleep_for(10ms);
    } else if (got.retry_after) {
      std::this_thread::sleep_for(std::min<std::chrono::seconds>(*got.retry_after, 5s));
    } else {
      std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(50ms * attempt, 2000ms));
    }
  }

  deployment const& by_;
  campaign_options const& how_;
  record& into_;
  tally& counts_;
  https_client client_;
};

void summarize(tally const& counts, std::chrono::duration<double> took, std::ostream& summary) {
  json::writer out;
  auto const number = [&out](std::string_view name, std::uint64_t value) {
    out.name(name).integer(static_cast<std::int64_t>(value));
  };
  out.begin_object();
  number("acknowledged", counts.acknowledged);
  number("attempts", counts.attempts);
  number("unanswered", counts.unanswered);
  number("refused", counts.refused);
  out.name("seconds").number(took.count()).end_object();
  summary << out.take() << '\n' << std::flush;
}

} // namespace

result<void> run_campaign(deployment const& by, campaign_options const& how, std::ostream& summary) {
  if (how.connections == 0 || how.consents < how.connections) {
    return failure{reason::bad_setting, "a campaign needs at least as many consents as connections"};
  }
  record into(how.out);
  if (into.error() == 0) {
    tally counts;
    auto const start = steady_clock::now();
    pace const steady(how.rate);
    {
      std::vector<std::jthread> threads;
      std::vector<std::unique_ptr<sender>> senders;
      for (unsigned own = 0; own != how.connections; ++own) {
        senders.push_back(std::make_unique<sender>(by, how, into, counts));
      }
      for (unsigned own = 0; own != how.connections; ++own) {
        threads.emplace_back([&each = *senders[own], own, &steady] { each.run(own, steady); });
      }
      for (auto& each : threads) {
        each.join();
      }
    }
    summarize(counts, steady_clock::now() - start, summary);
    if (counts.given_up && into.error() == 0) {
      return failure{reason::request_timeout,
                     "an event was not acknowledged within " + std::to_string(how.give_up.count()) + " s"};
    }
  }
  if (into.error() != 0) {
    return failure{reason::storage,
                   "cannot write " + how.out + ": " + std::error_code(into.error(), std::generic_category()).message()};
  }
  return {};
}

} // namespace consentd::hubsim
