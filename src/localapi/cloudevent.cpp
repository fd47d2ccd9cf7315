#include "localapi/cloudevent.hpp"

#include "localapi/render.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace consentd::localapi {

namespace {

constexpr std::array<std::pair<store::entry_type, std::string_view>, 11> names{{
    {store::entry_type::status, "ae.openfinance.consent.status"},
    {store::entry_type::announced, "ae.openfinance.consent.announced"},
    {store::entry_type::lapsed, "ae.openfinance.consent.lapsed"},
    {store::entry_type::payment_status, "ae.openfinance.payment.status"},
    {store::entry_type::insurance_quote_status, "ae.openfinance.insurance-quote.status"},
    {store::entry_type::fx_quote_status, "ae.openfinance.fx-quote.status"},
    {store::entry_type::account_opening_status, "ae.openfinance.account-opening.status"},
    {store::entry_type::unknown, "ae.openfinance.unknown"},
    {store::entry_type::erased, "ae.openfinance.consent.erased"},
    {store::entry_type::doubt_settled, "ae.openfinance.consent.doubt-settled"},
    {store::entry_type::unlinked, "ae.openfinance.consent.unlinked"},
}};

// 20 digits hold every 64-bit number, so that the texts order as the numbers do.
std::string padded(std::uint64_t sequence) {
  constexpr std::size_t width = 20;
  auto digits = std::to_string(sequence);
  return std::string(width - digits.size(), '0') + digits;
}

std::string_view word_of(consent::change what) noexcept {
  switch (what) {
  case consent::change::created:
    return "Resource.Created";
  case consent::change::updated:
    return "Resource.Updated";
  case consent::change::deleted:
    return "Resource.Deleted";
  }
  return "";
}

void put_unknown(json::writer& out, store::journal_entry const& entry, store::resource_change const& of) {
  put_text(out, "idName", of.id_name);
  put_text(out, "resourceId", of.id);
  put_text(out, "eventType", word_of(of.what));
  put_time(out, "eventDateTime", entry.event_time);
}

void put_resource_change(json::writer& out, store::journal_entry const& entry, consent::resource_family family,
                         store::resource_change const& of) {
  put_text(out, "family", to_string(family));
  put_text(out, "resourceId", of.id);
  put_text(out, "consentId", of.consent_id ? std::string_view(*of.consent_id) : std::string_view{});
  put_word(out, "status", of.status);
  put_word(out, "previousStatus", of.previous);
  put_texts(out, "rejectReasonCodes", of.reject_reason_codes);
  put_time(out, "statusUpdateDateTime", entry.status_time);
}

void put_consent_change(json::writer& out, store::journal_entry const& entry) {
  put_text(out, "consentId", entry.consent_id);
  put_text(out, "kind", to_string(entry.kind));
  put_word(out, "status", entry.status);
  put_word(out, "previousStatus", entry.previous);
  put_text(out, "revokedBy", entry.revoked_by ? std::string_view(*entry.revoked_by) : std::string_view{});
  put_time(out, "statusUpdateDateTime", entry.status_time);
  put_time(out, "expirationDateTime", entry.expiry);
  put_flags(out, entry.flags);
}

void put_data(json::writer& out, store::journal_entry const& entry) {
  out.name("data").begin_object();
  if (!entry.of_resource) {
    put_consent_change(out, entry);
  } else if (auto const family = store::family_of(entry.type)) {
    put_resource_change(out, entry, *family, *entry.of_resource);
  } else {
    put_unknown(out, entry, *entry.of_resource);
  }
  put_object(out, "resource", entry.resource);
  out.end_object();
}

// The attribute must be there and is never null: what has no status time happened at the time that the event names, and
// without an event when it was recorded.
timestamp time_of(store::journal_entry const& entry) noexcept {
  return entry.status_time.value_or(entry.of_resource ? entry.event_time.value_or(entry.recorded) : entry.recorded);
}

} // namespace

std::string_view subject_of(store::journal_entry const& entry) noexcept {
  return entry.of_resource ? std::string_view(entry.of_resource->id) : std::string_view(entry.consent_id);
}

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
  out.member("subject", subject_of(entry));
  out.member("time", format_date_time(time_of(entry)));
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
