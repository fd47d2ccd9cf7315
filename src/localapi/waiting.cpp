#include "localapi/waiting.hpp"

#include "localapi/attend.hpp"
#include "localapi/consents.hpp"
#include "localapi/cut.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace consentd::localapi {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::int64_t most_seconds = 300;
constexpr std::int64_t usual_seconds = 30;
// While the journal grows all the time nobody looks again sooner: a thousand that wait must not take the readers from
// everybody else.
constexpr std::chrono::milliseconds between_looks{10};

struct wait_terms {
  std::string id;
  std::vector<consent::status> statuses;
  std::chrono::seconds timeout{};
};

parsed<std::vector<consent::status>> read_statuses(target const& from) {
  auto rest = from.find("wait_for").value_or(std::string_view{});
  std::vector<consent::status> statuses;
  bool more = true;
  while (more) {
    more = rest.find(',') != std::string_view::npos;
    auto const status = consent::parse_status(cut(rest, ','));
    if (!status) {
      return invalid("wait_for", "Statuses with commas between them, each one of AwaitingAuthorization, Authorized, "
                                 "Suspended, Rejected, Consumed, Expired, Revoked.");
    }
    statuses.push_back(*status);
  }
  return statuses;
}

parsed<std::chrono::seconds> read_timeout(target const& from) {
  auto const text = from.find("timeout");
  auto const number = text ? read_number(*text) : usual_seconds;
  if (!number || *number < 1 || *number > most_seconds) {
    return invalid("timeout", "Whole seconds from 1 to " + std::to_string(most_seconds) + ", beside wait_for.");
  }
  return std::chrono::seconds(*number);
}

parsed<wait_terms> read_wait(call const& asked) {
  auto id = consent_id(asked.id);
  auto statuses = read_statuses(asked.where);
  auto const timeout = read_timeout(asked.where);
  if (auto wrong = first_problem(id, statuses, timeout)) {
    return *wrong;
  }
  return wait_terms{std::move(*id), std::move(*statuses), *timeout};
}

bool is_there(std::optional<store::consent_record> const& found, wait_terms const& wanted) {
  return found && found->state.status &&
         std::find(wanted.statuses.begin(), wanted.statuses.end(), *found->state.status) != wanted.statuses.end();
}

net::response answer_of(std::optional<store::consent_record> const& found, bool reached, std::string_view epoch) {
  if (!found) {
    return to_response(no_such_consent());
  }
  json::writer out;
  out.begin_object();
  put_consent(out, *found, epoch, detail_level::full);
  put_text(out, "waited", reached ? "reached" : "timeout");
  out.end_object();
  return json_response(200, out.take());
}

asio::awaitable<void> pause() {
  asio::steady_timer timer(co_await asio::this_coro::executor, between_looks);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<net::response> look_until(store::event_store& from, journal_bell::sleeper& sleeper,
                                          wait_terms const& wanted) {
  auto const deadline = steady_clock::now() + wanted.timeout;
  for (;;) {
    sleeper.arm(deadline); // before the look: what comes after it rings
    auto found = co_await from.find(wanted.id);
    if (!found) {
      co_return to_response(from_failure(found.error()));
    }
    bool const reached = is_there(*found, wanted);
    bool const over = steady_clock::now() >= deadline;
    if (reached || over) {
      co_return answer_of(*found, reached, from.extent().epoch);
    }
    if (sleeper.dismissed()) {
      // Whoever is still there must not take this for the end of the time.
      co_return to_response(from_failure({reason::shutting_down, "it was waited for, and the time is not over"}));
    }
    co_await sleeper.wait();
    co_await pause();
  }
}

} // namespace

asio::awaitable<net::response> wait_for_consent(store::event_store& from, journal_bell& bell, net::exchange& request,
                                                call const& asked) {
  auto const wanted = read_wait(asked);
  if (!wanted) {
    co_return to_response(wanted.error());
  }
  journal_bell::sleeper sleeper(bell, co_await asio::this_coro::executor);
  auto work = look_until(from, sleeper, *wanted);
  co_return co_await attend(request, sleeper, std::move(work));
}

} // namespace consentd::localapi
