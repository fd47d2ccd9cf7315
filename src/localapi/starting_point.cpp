#include "localapi/starting_point.hpp"

#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

#include <cstddef>

namespace consentd::localapi {

namespace {

struct place {
  std::string_view epoch;
  std::uint64_t sequence = 0;
};

std::optional<place> parse_place(std::string_view text) noexcept {
  auto const dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) {
    return std::nullopt;
  }
  auto const sequence = read_number(text.substr(dash + 1));
  if (!sequence) {
    return std::nullopt;
  }
  return place{text.substr(0, dash), static_cast<std::uint64_t>(*sequence)};
}

std::optional<reset_reason> judge(place const& asked, store::journal_extent const& extent) noexcept {
  if (asked.epoch != extent.epoch) {
    return reset_reason::other_epoch;
  }
  if (asked.sequence < extent.pruned) {
    return reset_reason::pruned;
  }
  if (asked.sequence > extent.last) {
    return reset_reason::past_end;
  }
  return std::nullopt;
}

} // namespace

starting_point begin_at(std::string_view text, store::journal_extent const& extent) {
  constexpr std::size_t shown = 128;
  starting_point made{extent.pruned, reset_reason::unknown, std::string(text.substr(0, shown))};
  if (auto const asked = parse_place(text)) {
    made.reset = judge(*asked, extent);
    if (!made.reset) {
      made.after = asked->sequence;
    }
  }
  return made;
}

std::string_view to_string(reset_reason why) noexcept {
  switch (why) {
  case reset_reason::unknown:
    return "unknown";
  case reset_reason::other_epoch:
    return "other-epoch";
  case reset_reason::pruned:
    return "pruned";
  case reset_reason::past_end:
    return "past-end";
  }
  return "";
}

parsed<starting_point> read_starting_point(net::request_head const& head, target const& query,
                                           store::journal_extent const& extent) {
  if (head.count("Last-Event-ID") > 1) {
    return invalid("Last-Event-ID", "The header field comes twice.");
  }
  auto const after = query.find("after");
  if (after && *after != "latest" && !parse_place(*after)) {
    return invalid("after", "A place, as in the id of an event, or \"latest\".");
  }
  // An empty Last-Event-ID is what EventSource has before its first event: none.
  if (auto const header = head.find("Last-Event-ID"); header && !header->empty()) {
    return begin_at(*header, extent);
  }
  if (!after) {
    return starting_point{extent.pruned, std::nullopt, {}};
  }
  if (*after == "latest") {
    return starting_point{extent.last, std::nullopt, {}};
  }
  return begin_at(*after, extent);
}

std::optional<std::uint64_t> place_of_entry(std::string_view text, store::journal_extent const& extent) {
  auto const asked = parse_place(text);
  auto const wrong = asked ? judge(*asked, extent) : reset_reason::unknown;
  return !wrong || *wrong == reset_reason::pruned ? std::optional(asked->sequence) : std::nullopt;
}

bool names_a_place(net::request_head const& head, target const& query) {
  auto const header = head.find("Last-Event-ID");
  return (header && !header->empty()) || query.find("after");
}

std::string describe_reset(reset_reason why, std::string_view requested, std::uint64_t after,
                           store::journal_extent const& extent) {
  json::writer out;
  out.begin_object();
  put_text(out, "reason", to_string(why));
  put_text(out, "requested", requested);
  put_text(out, "continuesAfter", make_place(extent.epoch, after));
  put_text(out, "epoch", extent.epoch);
  put_number(out, "prunedUpTo", extent.pruned);
  put_number(out, "lastSequence", extent.last);
  out.end_object();
  return out.take();
}

} // namespace consentd::localapi
