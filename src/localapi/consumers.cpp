#include "localapi/consumers.hpp"

#include "localapi/cloudevent.hpp"
#include "localapi/entry_filter.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "localapi/sent_object.hpp"
#include "localapi/starting_point.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace consentd::localapi {

namespace asio = boost::asio;

namespace {

constexpr std::size_t longest_name = 64;

parsed<std::string> consumer_name(std::string_view segment) {
  if (segment.size() > longest_name || !consent::is_consent_id(segment)) {
    return invalid("name", "1 to 64 characters of A-Z a-z 0-9 . _ : ~ -");
  }
  return std::string(segment);
}

problem no_such_consumer() {
  return {problem_kind::not_found, "There is no consumer of this name: PUT makes one.", "name", {}};
}

asio::awaitable<parsed<store::consumer_record>> find_named(store::event_store& from, call const& asked) {
  auto name = consumer_name(asked.id);
  if (!name) {
    co_return name.error();
  }
  auto found = co_await from.find_consumer(std::move(*name));
  if (!found) {
    co_return from_failure(found.error());
  }
  if (!*found) {
    co_return no_such_consumer();
  }
  co_return std::move(**found);
}

void put_filter(json::writer& out, store::entry_filter const& filter) {
  auto const text = [](std::optional<std::string> const& value) {
    return value ? std::string_view(*value) : std::string_view();
  };
  out.name("filter").begin_object();
  put_text(out, "type", filter.type ? event_type(*filter.type) : std::string_view());
  put_text(out, "subject", text(filter.subject));
  put_text(out, "status", text(filter.status));
  put_word(out, "kind", filter.kind);
  put_text(out, "issuer", text(filter.issuer));
  out.end_object();
}

void put_consumer(json::writer& out, store::consumer_record const& of, consumer_calls const& with) {
  auto const extent = with.store.extent();
  bool const here = of.epoch == extent.epoch;
  auto const behind = extent.last - std::min(extent.last, here ? of.place : extent.pruned);
  auto const waiting =
      behind != 0 && of.oldest_unhandled ? with.now.now() - *of.oldest_unhandled : timestamp::duration{};
  out.begin_object();
  put_text(out, "name", of.of.name);
  put_filter(out, of.of.filter);
  put_text(out, "place", make_place(of.epoch, of.place));
  put_number(out, "lagEntries", behind);
  out.name("lagSeconds").number(std::max(0.0, std::chrono::duration<double>(waiting).count()));
  out.name("paused").boolean(of.paused);
  out.name("connected").boolean(with.leases.is_held(of.of.name));
  out.name("uid").integer(of.of.uid);
  put_time(out, "createdAt", of.created);
  put_time(out, "seenAt", of.seen);
  out.end_object();
}

net::response answer_of(store::consumer_record const& of, consumer_calls const& with, unsigned status = 200) {
  json::writer out;
  put_consumer(out, of, with);
  return json_response(status, out.take());
}

problem why_refused(failure const& why) {
  switch (why.code) {
  case reason::not_found:
    return no_such_consumer();
  case reason::invalid_argument:
    return invalid("place", "It is beyond the newest entry.");
  case reason::not_permitted:
    return {problem_kind::not_permitted, why.detail, "name", {}};
  default:
    return from_failure(why);
  }
}

net::response answer_of(result<store::consumer_record> const& changed, consumer_calls const& with) {
  return changed ? answer_of(*changed, with) : to_response(why_refused(changed.error()));
}

store::consumer_caller by_caller(net::request_head const& head, call const& asked) {
  return {caller_of(head), asked.has >= right::operate};
}

// A place of this journal, which is still kept or just before what is.
parsed<std::uint64_t> read_sent_place(std::string_view text, std::string_view field,
                                      store::journal_extent const& extent) {
  if (text == "latest") {
    return extent.last;
  }
  if (text == "earliest") {
    return extent.pruned;
  }
  auto const begin = begin_at(text, extent);
  if (begin.reset) {
    return invalid(field,
                   "A place of this journal that can be resumed from, \"earliest\" or \"latest\"; this one is: " +
                       std::string(to_string(*begin.reset)) + ".");
  }
  return begin.after;
}

} // namespace

asio::awaitable<parsed<store::consumer_record>> find_own(store::event_store& from, net::request_head const& head,
                                                         call const& asked) {
  auto found = co_await find_named(from, asked);
  if (!found) {
    co_return found.error();
  }
  if (auto const theirs = check_owner(*found, by_caller(head, asked)); !theirs) {
    co_return why_refused(theirs.error());
  }
  co_return std::move(*found);
}

asio::awaitable<net::response> list_consumers(consumer_calls const& with) {
  auto found = co_await with.store.list_consumers();
  if (!found) {
    co_return to_response(from_failure(found.error()));
  }
  json::writer out;
  out.begin_object().name("consumers").begin_array();
  for (auto const& one : *found) {
    put_consumer(out, one, with);
  }
  out.end_array().end_object();
  co_return json_response(200, out.take());
}

asio::awaitable<net::response> show_consumer(consumer_calls const& with, call const& asked) {
  auto const found = co_await find_named(with.store, asked);
  co_return found ? answer_of(*found, with) : to_response(found.error());
}

asio::awaitable<net::response> keep_consumer(consumer_calls const& with, net::exchange& request, call const& asked) {
  auto name = consumer_name(asked.id);
  auto body = co_await read_json_body(request, with.body_bytes);
  if (auto wrong = first_problem(name, body)) {
    co_return to_response(*wrong);
  }
  auto const sent = sent_object::read(std::move(*body), {"type", "subject", "status", "kind", "issuer", "after"});
  if (!sent) {
    co_return to_response(sent.error());
  }
  auto filter = read_filter(*sent);
  auto const after = read_sent_place(sent->find("after").value_or("earliest"), "after", with.store.extent());
  if (auto wrong = first_problem(filter, after)) {
    co_return to_response(*wrong);
  }
  auto const kept =
      co_await with.store.keep(std::move(*name), std::move(*filter), *after, by_caller(request.head(), asked));
  if (!kept) {
    co_return to_response(why_refused(kept.error()));
  }
  // What the old filter kept out and the new one lets pass is not to be passed over.
  with.leases.end(kept->consumer.of.name, kept->consumer.generation, "filter");
  co_return answer_of(kept->consumer, with, kept->created ? 201 : 200);
}

asio::awaitable<net::response> remove_consumer(consumer_calls const& with, net::exchange& request, call const& asked) {
  auto const name = consumer_name(asked.id);
  if (!name) {
    co_return to_response(name.error());
  }
  auto const gone = co_await with.store.remove_consumer(*name, by_caller(request.head(), asked));
  if (gone) {
    with.leases.end(*name, gone->generation, "removed");
  }
  co_return answer_of(gone, with);
}

namespace {

// What a caller says of a consumer of theirs: a place, or where the call knows it a time.
struct own_call {
  std::string name;
  sent_object sent;
};

// Whose it is, is asked first: nobody need send a body to be refused. The body comes when its sender likes, so the
// store asks again.
asio::awaitable<parsed<own_call>> read_own(consumer_calls const& with, net::exchange& request, call const& asked) {
  auto known = co_await find_own(with.store, request.head(), asked);
  if (!known) {
    co_return known.error();
  }
  auto body = co_await read_json_body(request, with.body_bytes);
  if (!body) {
    co_return body.error();
  }
  bool const knows_times = asked.route->where == endpoint::seek;
  auto sent = knows_times ? sent_object::read(std::move(*body), {"place", "time"})
                          : sent_object::read(std::move(*body), {"place"});
  if (!sent) {
    co_return sent.error();
  }
  co_return own_call{std::move(known->of.name), std::move(*sent)};
}

} // namespace

asio::awaitable<net::response> acknowledge(consumer_calls const& with, net::exchange& request, call const& asked) {
  auto const said = co_await read_own(with, request, asked);
  if (!said) {
    co_return to_response(said.error());
  }
  auto const& [name, sent] = *said;
  auto const text = sent.find("place");
  if (!text) {
    co_return to_response(invalid("place", "This member is required."));
  }
  // Exactly as far as it says: were entries behind it pruned, the next stream must tell of the gap.
  auto const place = place_of_entry(*text, with.store.extent());
  if (!place) {
    co_return to_response(invalid("place", "The id of an entry of this journal, or the place of a heartbeat."));
  }
  auto const moved = co_await with.store.acknowledge(name, *place, by_caller(request.head(), asked));
  if (moved) {
    with.leases.acknowledged(name, moved->generation, *place, std::chrono::steady_clock::now());
  }
  co_return answer_of(moved, with);
}

asio::awaitable<net::response> seek(consumer_calls const& with, net::exchange& request, call const& asked) {
  auto const said = co_await read_own(with, request, asked);
  if (!said) {
    co_return to_response(said.error());
  }
  auto const& [name, sent] = *said;
  auto const place = sent.find("place");
  auto const time = sent.find("time");
  if (place.has_value() == time.has_value()) {
    co_return to_response(invalid("place", "Either place or time."));
  }
  std::uint64_t to = 0;
  if (place) {
    auto const read = read_sent_place(*place, "place", with.store.extent());
    if (!read) {
      co_return to_response(read.error());
    }
    to = *read;
  } else {
    auto const when = parse_date_time(*time);
    if (!when) {
      co_return to_response(invalid("time", "A date and time of RFC 3339, such as 2026-03-27T13:27:13Z."));
    }
    auto const found = co_await with.store.place_before(*when);
    if (!found) {
      co_return to_response(from_failure(found.error()));
    }
    to = *found;
  }
  auto const moved = co_await with.store.seek(name, to, by_caller(request.head(), asked));
  if (moved) {
    with.leases.end(name, moved->generation, "seek");
  }
  co_return answer_of(moved, with);
}

asio::awaitable<net::response> pause_consumer(consumer_calls const& with, net::exchange& request, call const& asked) {
  auto const name = consumer_name(asked.id);
  if (!name) {
    co_return to_response(name.error());
  }
  bool const pauses = asked.route->where == endpoint::pause_consumer;
  auto const changed = co_await with.store.pause(*name, pauses, by_caller(request.head(), asked));
  if (changed && pauses) {
    with.leases.end(*name, changed->generation, "paused");
  }
  co_return answer_of(changed, with);
}

} // namespace consentd::localapi
