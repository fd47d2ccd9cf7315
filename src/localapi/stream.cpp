#include "localapi/stream.hpp"

#include "localapi/attend.hpp"
#include "localapi/consumers.hpp"
#include "localapi/entry_filter.hpp"
#include "localapi/events_page.hpp"
#include "localapi/follower.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "localapi/sent_object.hpp"
#include "localapi/starting_point.hpp"
#include "localapi/stream_writer.hpp"
#include "json/writer.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace consentd::localapi {

namespace asio = boost::asio;
using std::chrono::steady_clock;

struct snapshot_wanted {
  store::consent_filter rows;
  store::entry_filter changes;
  starting_point begin;
  bool resumes = false; // the rows were had before: the changes after `begin` are left
};

namespace {

problem paused() {
  return {problem_kind::conflict, "The consumer is paused.", {}, {}};
}

stream_form form_of(call const& asked) noexcept {
  return asked.media == "application/x-ndjson" ? stream_form::ndjson : stream_form::sse;
}

// How often a consumer that has nothing to acknowledge is noted to be there.
constexpr std::chrono::hours seen_interval{1};

// Rows of a snapshot that are read at once.
constexpr std::size_t snapshot_rows = 256;

// The rows may be narrowed by status. The changes may not: what a consent becomes that was in a row is told, whatever
// it is.
parsed<snapshot_wanted> read_snapshot(net::request_head const& head, target const& query,
                                      store::journal_extent const& extent) {
  auto begin = read_starting_point(head, query, extent);
  auto status = read_status(query);
  auto kind = read_kind(query);
  auto issuer = read_text(query, "issuer");
  if (auto wrong = first_problem(begin, status, kind, issuer)) {
    return *wrong;
  }
  snapshot_wanted made;
  made.rows.status = *status;
  made.rows.kind = *kind;
  made.rows.issuer = *issuer;
  made.changes.kind = *kind;
  made.changes.issuer = std::move(*issuer);
  made.resumes = !begin->reset && names_a_place(head, query);
  made.begin = std::move(*begin);
  return made;
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

event_streams::event_streams(store::event_store& from, journal_bell& bell, log_sink& log, stream_settings const& how)
    : from_(from), pages_(from), bell_(bell), log_(log), how_(how) {
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

asio::awaitable<void> event_streams::refuse(net::exchange& request, problem why) {
  auto answer = to_response(why);
  co_await request.send(std::move(answer));
}

asio::awaitable<void> event_streams::serve(net::exchange& request, call const& asked) {
  auto const extent = from_.extent();
  auto begin = read_starting_point(request.head(), asked.where, extent);
  auto filter = read_filter(asked.where);
  auto refused = asked.where.find("limit")
                     ? std::optional(invalid("limit", "A stream has none: ask for a page of JSON."))
                     : first_problem(begin, filter);
  auto const user = caller_of(request.head());
  if (!refused) {
    refused = take_place(user);
  }
  if (refused) {
    co_await refuse(request, std::move(*refused));
    co_return;
  }
  place_taken const taken(*this, user);
  stream_writer out(request, form_of(asked), extent.epoch);
  follower reader(out, pages_, std::move(*filter), begin->after);
  auto done = co_await begin_journal(out, *begin, extent);
  if (done) {
    done = co_await follow(request, out, reader);
  }
  tell_of_end(done);
}

asio::awaitable<result<void>> event_streams::begin_journal(stream_writer& out, starting_point const& begin,
                                                           store::journal_extent const& extent) {
  auto started = co_await out.start();
  if (!started) {
    co_return started.error();
  }
  out.put_opening(begin.after);
  if (begin.reset) {
    out.put_reset(*begin.reset, begin.requested, begin.after, extent);
  }
  co_return co_await out.flush();
}

asio::awaitable<void> event_streams::serve_snapshot(net::exchange& request, call const& asked) {
  auto const extent = from_.extent();
  auto wanted = read_snapshot(request.head(), asked.where, extent);
  auto refused = first_problem(wanted);
  auto const user = caller_of(request.head());
  if (!refused) {
    refused = take_place(user);
  }
  if (refused) {
    co_await refuse(request, std::move(*refused));
    co_return;
  }
  place_taken const taken(*this, user);
  stream_writer out(request, form_of(asked), extent.epoch);
  result<void> done;
  if (wanted->resumes) {
    done = co_await begin_journal(out, wanted->begin, extent);
  } else {
    done = co_await out.start();
  }
  if (done) {
    journal_bell::sleeper sleeper(bell_, co_await asio::this_coro::executor);
    auto work = copy_and_keep_up(sleeper, out, std::move(*wanted));
    done = co_await attend(request, sleeper, std::move(work));
  }
  tell_of_end(done);
}

asio::awaitable<result<void>> event_streams::copy_and_keep_up(journal_bell::sleeper& sleeper, stream_writer& out,
                                                              snapshot_wanted wanted) {
  auto begin = std::move(wanted.begin);
  bool resumes = wanted.resumes;
  result<void> done;
  for (bool going_on = true; done && going_on;) {
    if (!resumes) {
      // Taken before the first row is read: what changes afterwards is in the journal behind it, and in the rows
      // perhaps.
      begin.after = from_.extent().last;
      done = co_await write_rows(sleeper, out, wanted.rows, begin);
    }
    follower reader(out, pages_, wanted.changes, begin.after, at_gap::stop);
    if (done) {
      done = co_await keep_up(sleeper, out, reader, nullptr);
    }
    // A copy that lacks changes is made anew.
    going_on = reader.stopped();
    begin = {0, reset_reason::pruned, out.place(reader.after())};
    resumes = false;
  }
  co_return done;
}

// In pages, each read in a transaction of its own: a reader that stalls in the middle holds up nothing but itself.
asio::awaitable<result<void>> event_streams::write_rows(journal_bell::sleeper const& sleeper, stream_writer& out,
                                                        store::consent_filter const& filter,
                                                        starting_point const& begin) {
  if (begin.reset) {
    out.put_reset_before_rows(*begin.reset, begin.requested, begin.after, from_.extent());
  }
  std::optional<std::string> next = std::string();
  while (next && !sleeper.dismissed()) {
    auto page = co_await from_.list(filter, *next, snapshot_rows);
    if (!page) {
      co_return page.error();
    }
    for (auto const& row : page->consents) {
      json::writer object;
      object.begin_object();
      put_consent(object, row, from_.extent().epoch, detail_level::summary);
      object.end_object();
      out.put_row(object.take());
    }
    // Where the filter lets little pass nothing may come for long.
    if (page->consents.empty() && steady_clock::now() - out.last_written() >= how_.heartbeat) {
      out.put_sign_of_life();
    }
    next = std::move(page->next);
    auto written = co_await out.flush();
    if (!written) {
      co_return written.error();
    }
  }
  if (!next) {
    out.put_snapshot_end(begin.after);
  }
  co_return co_await out.flush();
}

struct event_streams::followed_consumer {
  std::string name;
  consumer_leases::lease& held;
  std::uint64_t place = 0; // as it is kept
  steady_clock::time_point noted = steady_clock::now();
};

// What passes its filter was all acknowledged: what did not pass need not be looked through again.
asio::awaitable<void> event_streams::advance(follower const& reader, followed_consumer& consumer) {
  auto const settled = consumer.held.settled();
  if (settled) {
    consumer.place = std::max(consumer.place, *settled);
  }
  bool const further = settled && reader.after() > consumer.place;
  if (!further && steady_clock::now() - consumer.noted < seen_interval) {
    co_return;
  }
  consumer.noted = steady_clock::now();
  auto const from = consumer.place;
  consumer.place = further ? reader.after() : from;
  static_cast<void>(co_await from_.advance(consumer.name, from, consumer.place));
}

asio::awaitable<void> event_streams::serve_consumer(net::exchange& request, call const& asked,
                                                    consumer_leases& leases) {
  auto const known = co_await find_own(from_, request.head(), asked);
  bool const in_pages = asked.media == "application/json";
  auto const limit = read_limit(asked.where);
  auto refused = first_problem(known, limit);
  if (!refused && !in_pages && asked.where.find("limit")) {
    refused = invalid("limit", "A stream has none: ask for a page of JSON.");
  }
  if (refused) {
    co_await refuse(request, std::move(*refused));
    co_return;
  }
  std::chrono::milliseconds retry_after{};
  auto const held = leases.take(known->of.name, steady_clock::now(), retry_after);
  if (!held) {
    auto answer = to_response({problem_kind::conflict, "Another connection follows this consumer.", {}, {}});
    answer.fields.push_back(
        {"Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(retry_after).count())});
    co_await request.send(std::move(answer));
    co_return;
  }
  // Only now: who seeks or pauses it changes its record first, and then ends the lease.
  auto const record = co_await find_own(from_, request.head(), asked);
  if (!record || record->paused) {
    auto why = record ? paused() : record.error();
    co_await refuse(request, std::move(why));
    co_return;
  }
  auto const extent = from_.extent();
  auto begin = begin_at(make_place(record->epoch, record->place), extent);
  if (in_pages) {
    page_wanted const wanted{std::move(begin), record->of.filter, *limit};
    auto answer = co_await events_page(from_, wanted);
    co_await request.send(std::move(answer));
    co_return;
  }
  auto const user = caller_of(request.head());
  if (auto full = take_place(user)) {
    co_await refuse(request, std::move(*full));
    co_return;
  }
  place_taken const taken(*this, user);
  static_cast<void>(co_await from_.note_seen(record->of.name));
  stream_writer out(request, form_of(asked), extent.epoch);
  follower reader(out, pages_, record->of.filter, begin.after, at_gap::tell, held.get());
  followed_consumer consumer{record->of.name, *held, begin.after};
  auto done = co_await begin_journal(out, begin, extent);
  if (done) {
    done = co_await follow(request, out, reader, &consumer);
  }
  tell_of_end(done);
}

asio::awaitable<result<void>> event_streams::follow(net::exchange& request, stream_writer& out, follower& reader,
                                                    followed_consumer* consumer) {
  journal_bell::sleeper sleeper(bell_, co_await asio::this_coro::executor);
  auto work = keep_up(sleeper, out, reader, consumer);
  co_return co_await attend(request, sleeper, std::move(work));
}

asio::awaitable<result<void>> event_streams::keep_up(journal_bell::sleeper& sleeper, stream_writer& out,
                                                     follower& reader, followed_consumer* consumer) {
  while (!sleeper.dismissed()) {
    auto done = co_await reader.catch_up(sleeper, how_.heartbeat);
    if (!done) {
      co_return done.error();
    }
    if (reader.stopped()) {
      co_return result<void>{};
    }
    if (auto const why = reader.ended(); !why.empty()) {
      out.put_end(why);
      co_return co_await out.flush();
    }
    auto const due = out.last_written() + how_.heartbeat;
    sleeper.arm(due);
    if (!reader.ended().empty()) {
      continue;
    }
    // Only now is it certain that what comes from here on rings.
    if (reader.is_behind()) {
      continue;
    }
    co_await sleeper.wait();
    if (!sleeper.dismissed() && steady_clock::now() >= due) {
      done = co_await reader.heartbeat();
      if (!done) {
        co_return done.error();
      }
      if (consumer != nullptr) {
        co_await advance(reader, *consumer);
      }
    }
  }
  co_return result<void>{};
}

void event_streams::tell_of_end(result<void> const& how) const {
  if (!how && how.error().code != reason::disconnected) {
    log_.write(severity::warning, "event stream ended", {{"reason", describe(how.error())}});
  }
}

} // namespace consentd::localapi
