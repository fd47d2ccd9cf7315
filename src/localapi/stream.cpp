#include "localapi/stream.hpp"

#include "localapi/attend.hpp"
#include "localapi/consumer_progress.hpp"
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

// When one that is paused may be asked for again: whoever resumes it tells nobody who waits.
constexpr std::chrono::seconds while_paused{30};

problem conflict(std::string detail, std::chrono::seconds retry_after) {
  return {problem_kind::conflict, std::move(detail), {}, {}, retry_after};
}

problem held_by_another(std::chrono::milliseconds still) {
  return conflict("Another connection follows this consumer.", std::chrono::ceil<std::chrono::seconds>(still));
}

stream_form form_of(call const& asked) noexcept {
  return asked.media == "application/x-ndjson" ? stream_form::ndjson : stream_form::sse;
}

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
  if (query.find("after") == "latest") {
    return invalid("after", "A place; what comes from now on, without a copy, is in /v1/events.");
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

event_streams::event_streams(store::event_store& from, journal_bell& bell, current<access_rules> const& access,
                             clock const& now, log_sink& log, stream_settings const& how)
    : from_(from), pages_(from), bell_(bell), access_(access), now_(now), log_(log), how_(how) {
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
  standing_right may(access_, request.head().peer, asked.at_most, right::read);
  follower reader(out, pages_, std::move(*filter), begin->after, may);
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
  standing_right may(access_, request.head().peer, asked.at_most, right::read);
  result<void> done;
  if (wanted->resumes) {
    done = co_await begin_journal(out, wanted->begin, extent);
  } else {
    done = co_await out.start();
  }
  if (done) {
    journal_bell::sleeper sleeper(bell_, co_await asio::this_coro::executor);
    auto work = copy_and_keep_up(sleeper, out, std::move(*wanted), may);
    done = co_await attend(request, sleeper, std::move(work));
  }
  tell_of_end(done);
}

asio::awaitable<result<void>> event_streams::copy_and_keep_up(journal_bell::sleeper& sleeper, stream_writer& out,
                                                              snapshot_wanted wanted, standing_right& may) {
  auto begin = std::move(wanted.begin);
  bool resumes = wanted.resumes;
  result<void> done;
  for (bool going_on = true; done && going_on;) {
    if (!resumes) {
      // Taken before the first row is read: what changes afterwards is in the journal behind it, and in the rows
      // perhaps.
      begin.after = from_.extent().last;
      done = co_await write_rows(sleeper, out, wanted.rows, begin, may);
    }
    follower reader(out, pages_, wanted.changes, begin.after, may, at_gap::stop);
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
                                                        starting_point const& begin, standing_right& may) {
  if (begin.reset) {
    out.put_reset_before_rows(*begin.reset, begin.requested, begin.after, from_.extent());
  }
  std::optional<std::string> next = std::string();
  while (next && !sleeper.dismissed()) {
    if (!may.holds()) {
      co_return result<void>{}; // whoever follows the journal behind the rows says so
    }
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
  std::unique_ptr<consumer_leases::lease> held;
  store::consumer_record record; // as it was once the lease was held
};

asio::awaitable<parsed<event_streams::followed_consumer>>
event_streams::take_consumer(net::request_head const& head, call const& asked, consumer_leases& leases) {
  auto const known = co_await find_own(from_, head, asked);
  if (!known) {
    co_return known.error();
  }
  if (now_.now() - known->seen >= seen_interval) {
    static_cast<void>(co_await from_.note_seen(known->of.name));
  }
  auto held = leases.take(known->of.name, steady_clock::now());
  if (!held) {
    co_return held_by_another(held.error());
  }
  // Only now: who changes it changes its record first, and then ends the lease.
  auto record = co_await find_own(from_, head, asked);
  if (!record) {
    co_return record.error();
  }
  if (record->paused) {
    co_return conflict("The consumer is paused.", while_paused);
  }
  co_return followed_consumer{std::move(*held), std::move(*record)};
}

asio::awaitable<void> event_streams::serve_consumer(net::exchange& request, call const& asked,
                                                    consumer_leases& leases) {
  bool const in_pages = asked.media == "application/json";
  auto const limit = read_limit(asked.where);
  auto refused = first_problem(limit);
  if (!refused && !in_pages && asked.where.find("limit")) {
    refused = invalid("limit", "A stream has none: ask for a page of JSON.");
  }
  if (refused) {
    co_await refuse(request, std::move(*refused));
    co_return;
  }
  auto const taken = co_await take_consumer(request.head(), asked, leases);
  if (!taken) {
    co_await refuse(request, taken.error());
  } else if (in_pages) {
    auto answer = co_await answer_page(*taken, *limit);
    co_await request.send(std::move(answer));
  } else {
    co_await stream_consumer(request, asked, *taken);
  }
}

asio::awaitable<net::response> event_streams::answer_page(followed_consumer const& of, std::size_t limit) {
  auto const extent = from_.extent();
  consumer_progress consumer(from_, *of.held, of.record, extent.epoch);
  page_wanted const wanted{begin_at(make_place(of.record.epoch, of.record.place), extent), of.record.of.filter, limit};
  auto made = co_await make_events_page(from_, wanted);
  if (!made) {
    co_return to_response(from_failure(made.error()));
  }
  if (made->entries == 0 && !wanted.begin.reset) {
    // There is nothing to acknowledge, and it would look through the same for ever.
    co_await consumer.advance(made->after);
  } else if (auto const may = co_await consumer.may_send(made->after); !may) {
    co_return to_response(from_failure(may.error()));
  }
  if (!consumer.ended().empty()) {
    co_return to_response(conflict("It was changed while this page was read.", std::chrono::seconds(1)));
  }
  co_return json_response(200, std::move(made->body));
}

asio::awaitable<void> event_streams::stream_consumer(net::exchange& request, call const& asked,
                                                     followed_consumer const& of) {
  auto const user = caller_of(request.head());
  if (auto full = take_place(user)) {
    co_await refuse(request, std::move(*full));
    co_return;
  }
  place_taken const taken(*this, user);
  auto const extent = from_.extent();
  auto const begin = begin_at(make_place(of.record.epoch, of.record.place), extent);
  consumer_progress consumer(from_, *of.held, of.record, extent.epoch);
  stream_writer out(request, form_of(asked), extent.epoch);
  standing_right may(access_, request.head().peer, asked.at_most,
                     of.record.of.uid == user ? right::read : right::operate);
  follower reader(out, pages_, of.record.of.filter, begin.after, may, at_gap::tell, &consumer);
  result<void> done;
  if (begin.reset) {
    // Told again with each stream until it is acknowledged: only then it is known to have been read.
    consumer.owes(begin.after);
    done = co_await consumer.may_send(begin.after);
  }
  if (done) {
    done = co_await begin_journal(out, begin, extent);
  }
  if (done) {
    done = co_await follow(request, out, reader, &consumer);
  }
  tell_of_end(done);
}

asio::awaitable<result<void>> event_streams::follow(net::exchange& request, stream_writer& out, follower& reader,
                                                    consumer_progress* consumer) {
  journal_bell::sleeper sleeper(bell_, co_await asio::this_coro::executor);
  auto work = keep_up(sleeper, out, reader, consumer);
  co_return co_await attend(request, sleeper, std::move(work));
}

asio::awaitable<result<void>> event_streams::keep_up(journal_bell::sleeper& sleeper, stream_writer& out,
                                                     follower& reader, consumer_progress* consumer) {
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
    }
    if (consumer != nullptr && consumer->is_note_due()) {
      co_await consumer->note_seen();
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
