#include "localapi/events_page.hpp"

#include "localapi/cloudevent.hpp"
#include "localapi/entry_filter.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "localapi/starting_point.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace consentd::localapi {

namespace {

// Entries come with their resources: so few at a time that a page of a thousand costs little memory beside its answer.
constexpr std::size_t entries_at_once = 64;
constexpr std::uint64_t most_examined = 10'000;
// An answer that has grown beyond this ends, whatever the limit.
constexpr std::size_t most_bytes = std::size_t{4} * 1024 * 1024;

struct page {
  json::writer out;
  std::size_t entries = 0;
  std::size_t bytes = 0;
  std::uint64_t after = 0;
};

// Appends what passes, until there are enough; false then.
bool take(page& into, store::journal_page const& read, store::entry_filter const& filter, std::string const& epoch,
          std::size_t limit) {
  for (auto const& entry : read.entries) {
    into.after = entry.sequence;
    if (!passes(filter, entry)) {
      continue;
    }
    auto const text = to_cloudevent(entry, epoch);
    into.out.raw(text);
    into.bytes += text.size();
    if (++into.entries == limit || into.bytes >= most_bytes) {
      return false;
    }
  }
  into.after = std::max(into.after, read.examined);
  return true;
}

} // namespace

boost::asio::awaitable<net::response> events_page(store::journal& from, net::request_head const& head,
                                                  call const& asked) {
  auto const extent = from.extent();
  auto begin = read_starting_point(head, asked.where, extent);
  auto filter = read_filter(asked.where);
  auto const limit = read_limit(asked.where);
  if (auto wrong = first_problem(begin, filter, limit)) {
    co_return to_response(*wrong);
  }
  page_wanted const wanted{std::move(*begin), std::move(*filter), *limit};
  auto made = co_await make_events_page(from, wanted);
  co_return made ? json_response(200, std::move(made->body)) : to_response(from_failure(made.error()));
}

boost::asio::awaitable<result<made_page>> make_events_page(store::journal& from, page_wanted const& wanted) {
  auto const extent = from.extent();
  auto const& begin = wanted.begin;
  page made;
  made.after = begin.after;
  made.out.begin_object();
  made.out.name("reset");
  begin.reset ? made.out.raw(describe_reset(*begin.reset, begin.requested, begin.after, extent)) : made.out.null();
  made.out.name("events").begin_array();
  bool more_wanted = true;
  while (more_wanted && made.after < extent.last && made.after - begin.after < most_examined) {
    auto read = co_await from.read(made.after, entries_at_once);
    if (!read) {
      co_return read.error();
    }
    if (from.extent().pruned > made.after) {
      // From under us, which the next page will say, since it asks for a place that is gone.
      break;
    }
    more_wanted = take(made, *read, wanted.filter, extent.epoch, wanted.limit);
  }
  made.out.end_array();
  put_text(made.out, "place", make_place(extent.epoch, made.after));
  made.out.name("more").boolean(made.after < from.extent().last);
  made.out.end_object();
  co_return made_page{made.out.take(), made.entries, made.after};
}

} // namespace consentd::localapi
