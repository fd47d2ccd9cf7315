#include "localapi/stream.hpp"

#include "localapi/cloudevent.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "localapi/sent_object.hpp"
#include "localapi/starting_point.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace consentd::localapi {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t page_entries = 256;
// A page and a write are meant to stay near these, whatever the size of the resources.
constexpr std::size_t page_bytes = std::size_t{1024} * 1024;
constexpr std::size_t write_bytes = std::size_t{64} * 1024;

struct entry_filter {
  std::optional<store::entry_type> type;
  std::optional<std::string> subject;
  std::optional<std::string> status;
  std::optional<consent::kind> kind;
  std::optional<std::string> issuer;

  bool passes(store::journal_entry const& entry) const {
    return (!type || *type == entry.type) && (!subject || *subject == subject_of(entry)) &&
           (!status || *status == status_of(entry)) && (!kind || (!entry.of_resource && *kind == entry.kind)) &&
           (!issuer || *issuer == entry.issuer);
  }

private:
  static std::string_view status_of(store::journal_entry const& entry) noexcept {
    if (entry.of_resource) {
      return entry.of_resource->status ? to_string(*entry.of_resource->status) : std::string_view();
    }
    return entry.status ? to_string(*entry.status) : std::string_view();
  }
};

parsed<std::optional<store::entry_type>> read_type(target const& from) {
  auto const text = from.find("type");
  if (!text) {
    return std::optional<store::entry_type>{};
  }
  auto const type = parse_event_type(*text);
  if (!type) {
    return invalid("type", "A type of docs/openapi.yaml, such as ae.openfinance.consent.status.");
  }
  return type;
}

parsed<entry_filter> read_filter(target const& from) {
  auto type = read_type(from);
  auto subject = read_consent_id(from, "subject");
  auto status = read_any_status(from);
  auto kind = read_kind(from);
  auto issuer = read_text(from, "issuer");
  if (auto wrong = first_problem(type, subject, status, kind, issuer)) {
    return *wrong;
  }
  return entry_filter{*type, std::move(*subject), std::move(*status), *kind, std::move(*issuer)};
}

net::response stream_head() {
  net::response head;
  head.fields.push_back({"Content-Type", "text/event-stream"});
  head.fields.push_back({"Cache-Control", "no-store"});
  return head;
}

// One open stream, in the frame of its coroutine.
class stream {
public:
  stream(net::exchange& to, store::journal& from, starting_point const& begin, entry_filter filter, std::string epoch)
      : to_(to), journal_(from), filter_(std::move(filter)), epoch_(std::move(epoch)), after_(begin.after) {}

  bool is_behind() const { return journal_.extent().last > after_; }

  steady_clock::time_point last_written() const noexcept { return last_written_; }

  asio::awaitable<result<void>> open(starting_point const& begin, store::journal_extent const& extent) {
    // With a place from the start: a client that began at the latest entry and is cut off before the next one comes
    // must not begin at a later one.
    pending_ += "retry: 1000\nid: " + make_place(epoch_, after_) + "\n\n";
    if (begin.reset) {
      put_reset(*begin.reset, begin.requested, extent);
    }
    co_return co_await flush();
  }

  // Sends all that there is.
  asio::awaitable<result<void>> catch_up() {
    while (is_behind()) {
      auto page = co_await journal_.read(after_, page_limit_);
      if (!page) {
        co_return page.error();
      }
      auto const extent = journal_.extent();
      if (extent.pruned > after_) {
        // Pruned from under a reader that was too slow; whether the page still had them all cannot be told.
        auto const requested = make_place(epoch_, after_);
        after_ = extent.pruned;
        put_reset(reset_reason::pruned, requested, extent);
        continue;
      }
      auto sent = co_await send(*page, extent.last);
      if (!sent) {
        co_return sent.error();
      }
    }
    co_return result<void>{};
  }

  // A comment that keeps the connection alive, and the place for readers whose filter lets little pass: an `id` without
  // data moves an EventSource's last event id and calls nobody.
  asio::awaitable<result<void>> heartbeat() {
    pending_ += ": heartbeat\nid: " + make_place(epoch_, after_) + "\n\n";
    co_return co_await flush();
  }

private:
  void put_reset(reset_reason why, std::string_view requested, store::journal_extent const& extent) {
    pending_ += "id: " + make_place(epoch_, after_) +
                "\nevent: reset\ndata: " + describe_reset(why, requested, after_, extent) + "\n\n";
  }

  void put_entry(store::journal_entry const& entry) {
    pending_ += "id: ";
    pending_ += make_place(epoch_, entry.sequence);
    pending_ += "\nevent: ";
    pending_ += event_type(entry.type);
    pending_ += "\ndata: ";
    pending_ += to_cloudevent(entry, epoch_);
    pending_ += "\n\n";
  }

  // Entries beyond `last` wait for the next turn: a reader that came back with such a place at once would seem past the
  // end.
  asio::awaitable<result<void>> send(store::journal_page const& page, std::uint64_t last) {
    std::size_t bytes = 0;
    for (auto const& entry : page.entries) {
      if (entry.sequence > last) {
        break;
      }
      bytes += entry.resource.size();
      after_ = entry.sequence;
      if (filter_.passes(entry)) {
        put_entry(entry);
      }
      if (pending_.size() >= write_bytes) {
        auto written = co_await flush();
        if (!written) {
          co_return written.error();
        }
      }
    }
    after_ = std::max(after_, std::min(page.examined, last));
    fit_page(page.entries.size(), bytes);
    // At each page's end, too: in a journal that never stands still nothing may wait for a full buffer.
    co_return co_await flush();
  }

  void fit_page(std::size_t entries, std::size_t bytes) {
    auto const average = entries == 0 ? 0 : bytes / entries;
    page_limit_ = std::clamp<std::size_t>(page_bytes / (average + 1), 1, page_entries);
  }

  asio::awaitable<result<void>> flush() {
    if (pending_.empty()) {
      co_return result<void>{};
    }
    auto written = co_await to_.write(pending_);
    pending_.clear();
    // A waiting stream keeps no memory for a large event that has gone.
    pending_.shrink_to_fit();
    last_written_ = steady_clock::now();
    co_return written;
  }

  net::exchange& to_;
  store::journal& journal_;
  entry_filter const filter_;
  std::string const epoch_;
  std::uint64_t after_;
  std::size_t page_limit_ = 16; // until the size of this journal's entries is known
  std::string pending_;
  steady_clock::time_point last_written_ = steady_clock::now();
};

// True: something may have happened. False: the peer has gone or the listener stops.
asio::awaitable<bool> sleep(net::exchange& request, journal_bell::sleeper& sleeper) {
  using namespace asio::experimental::awaitable_operators;
  auto const first = co_await (sleeper.wait() || request.closed());
  co_return first.index() == 0;
}

} // namespace

class event_streams::place_taken {
public:
  place_taken(event_streams& of, std::uint32_t user) : of_(of), user_(user) {}
  place_taken(place_taken const&) = delete;
  place_taken& operator=(place_taken const&) = delete;
  ~place_taken() { of_.give_back(user_); }

private:
  event_streams& of_;
  std::uint32_t const user_;
};

event_streams::event_streams(store::journal& from, journal_bell& bell, log_sink& log, stream_settings const& how)
    : journal_(from), bell_(bell), log_(log), how_(how) {
}

std::size_t event_streams::open() const {
  std::lock_guard const lock(guard_);
  return open_;
}

std::optional<problem> event_streams::take_place(std::uint32_t user) {
  std::lock_guard const lock(guard_);
  auto const found = of_.find(user);
  auto const of_theirs = found == of_.end() ? 0 : found->second;
  if (open_ >= how_.max_streams) {
    return problem{
        problem_kind::too_many_streams, "At most " + std::to_string(how_.max_streams) + " at a time.", {}, {}};
  }
  if (of_theirs >= how_.max_streams_per_user) {
    return problem{problem_kind::too_many_streams,
                   "At most " + std::to_string(how_.max_streams_per_user) + " of one user at a time.",
                   {},
                   {}};
  }
  ++open_;
  of_[user] = of_theirs + 1;
  return std::nullopt;
}

void event_streams::give_back(std::uint32_t user) noexcept {
  std::lock_guard const lock(guard_);
  --open_;
  auto const found = of_.find(user);
  if (found != of_.end() && --found->second == 0) {
    of_.erase(found);
  }
}

asio::awaitable<void> event_streams::serve(net::exchange& request, call const& asked) {
  auto const extent = journal_.extent();
  auto begin = read_starting_point(request.head(), asked.where, extent);
  auto filter = read_filter(asked.where);
  auto refused = first_problem(begin, filter);
  auto const user = caller_of(request.head());
  if (!refused) {
    refused = take_place(user);
  }
  if (refused) {
    auto answer = to_response(*refused);
    co_await request.send(std::move(answer));
    co_return;
  }
  place_taken const taken(*this, user);

  auto head = stream_head();
  auto done = co_await request.start(std::move(head));
  if (!done) {
    co_return;
  }
  journal_bell::sleeper sleeper(bell_, co_await asio::this_coro::executor);
  stream out(request, journal_, *begin, std::move(*filter), extent.epoch);
  done = co_await out.open(*begin, extent);
  for (bool here = true; here && done;) {
    done = co_await out.catch_up();
    if (!done) {
      break;
    }
    auto const due = out.last_written() + how_.heartbeat;
    sleeper.arm(due);
    // Only now is it certain that what comes from here on rings.
    if (out.is_behind()) {
      continue;
    }
    here = co_await sleep(request, sleeper);
    if (here && steady_clock::now() >= due) {
      done = co_await out.heartbeat();
    }
  }
  if (!done && done.error().code != reason::disconnected) {
    log_.write(severity::warning, "event stream ended", {{"reason", describe(done.error())}});
  }
}

} // namespace consentd::localapi
