// Where in the journal a stream begins.
#ifndef CONSENTD_LOCALAPI_STARTING_POINT_HPP
#define CONSENTD_LOCALAPI_STARTING_POINT_HPP

#include "localapi/problem.hpp"
#include "localapi/target.hpp"
#include "net/http.hpp"
#include "store/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::localapi {

// Why a stream could not go on from the place that was asked for.
enum class reset_reason : std::uint8_t {
  unknown,     // no place of any journal
  other_epoch, // of the journal before a restore from a backup
  pruned,      // entries after it are gone
  past_end     // newer than the newest entry
};

std::string_view to_string(reset_reason why) noexcept;

struct starting_point {
  std::uint64_t after = 0;
  // The place asked for is none of this journal: the stream says so first, and `after` is the oldest place there is.
  std::optional<reset_reason> reset;
  std::string requested; // as it was asked for, cut to 128 bytes; empty where nothing was
};

// From what may be a place.
starting_point begin_at(std::string_view text, store::journal_extent const& extent);

// The sequence number of a place of this journal, whether or not entries behind it are gone. Nothing for a place of
// another journal, beyond the newest entry, or of none.
std::optional<std::uint64_t> place_of_entry(std::string_view text, store::journal_extent const& extent);

// From `Last-Event-ID` (a client that reconnects sends it beside the query of its first request, so it counts more),
// else from `after`: a place, or `latest`; from the oldest entry kept when neither came. invalid_argument only for an
// `after` that is not of a place's form: a browser's EventSource would never come back after a 400 to its own header.
parsed<starting_point> read_starting_point(net::request_head const& head, target const& query,
                                           store::journal_extent const& extent);

// Whether either names a place to go on from.
bool names_a_place(net::request_head const& head, target const& query);

// The line of an SSE `data` field that explains a reset.
std::string describe_reset(reset_reason why, std::string_view requested, std::uint64_t after,
                           store::journal_extent const& extent);

} // namespace consentd::localapi

#endif
