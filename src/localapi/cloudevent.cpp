#include "localapi/cloudevent.hpp"

#include "localapi/render.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace consentd::localapi {

namespace {

constexpr std::array<std::pair<store::entry_type, std::string_view>, 3> names{{
    {store::entry_type::status, "ae.openfinance.consent.status"},
    {store::entry_type::announced, "ae.openfinance.consent.announced"},
    {store::entry_type::lapsed, "ae.openfinance.consent.lapsed"},
}};

// 20 digits hold every 64-bit number, so that the texts order as the numbers do.
std::string padded(std::uint64_t sequence) {
  constexpr std::size_t width = 20;
  auto digits = std::to_string(sequence);
  return std::string(width - digits.size(), '0') + digits;
}

void put_data(json::writer& out, store::journal_entry const& entry) {
  out.name("data").begin_object();
  put_text(out, "consentId", entry.consent_id);
  put_text(out, "kind", to_string(entry.kind));
  put_word(out, "status", entry.status);
  put_word(out, "previousStatus", entry.previous);
  put_text(out, "revokedBy", entry.revoked_by ? std::string_view(*entry.revoked_by) : std::string_view{});
  put_time(out, "statusUpdateDateTime", entry.status_time);
  put_time(out, "expirationDateTime", entry.expiry);
  put_flags(out, entry.flags);
  out.name("resource");
  if (entry.resource.empty()) {
    out.null();
  } else {
    out.raw(entry.resource);
  }
  out.end_object();
}

} // namespace

std::string_view event_type(store::entry_type type) noexcept {
  for (auto const& [known, name] : names) {
    if (known == type) {
      return name;
    }
  }
  return "";
}

std::optional<store::entry_type> parse_event_type(std::string_view name) noexcept {
  for (auto const& [type, known] : names) {
    if (known == name) {
      return type;
    }
  }
  return std::nullopt;
}

std::string to_cloudevent(store::journal_entry const& entry, std::string_view epoch) {
  json::writer out;
  out.begin_object();
  out.member("specversion", "1.0");
  out.member("id", make_place(epoch, entry.sequence));
  out.member("source", entry.issuer);
  out.member("type", event_type(entry.type));
  out.member("subject", entry.consent_id);
  // The attribute must be there and is never null: what has no status time happened when it was recorded.
  out.member("time", format_date_time(entry.status_time.value_or(entry.recorded)));
  out.member("datacontenttype", "application/json");
  out.member("sequence", padded(entry.sequence));
  if (!entry.interaction_id.empty()) {
    out.member("interactionid", entry.interaction_id);
  }
  if (entry.disposition) {
    out.member("disposition", to_string(*entry.disposition));
  }
  put_data(out, entry);
  out.end_object();
  auto text = out.take();
  // Strict JSON has line breaks between tokens only, so this changes no value.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

} // namespace consentd::localapi
