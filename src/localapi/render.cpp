#include "localapi/render.hpp"

#include <array>
#include <utility>

namespace consentd::localapi {

namespace {

void put_optional_text(json::writer& out, std::string_view name, std::optional<std::string> const& text) {
  put_text(out, name, text ? std::string_view(*text) : std::string_view{});
}

// A consent's history has entries of these types alone.
std::string_view to_string(store::entry_type type) noexcept {
  switch (type) {
  case store::entry_type::status:
    return "status";
  case store::entry_type::announced:
    return "announced";
  case store::entry_type::lapsed:
    return "lapsed";
  case store::entry_type::erased:
    return "erased";
  case store::entry_type::doubt_settled:
    return "doubt-settled";
  case store::entry_type::unlinked:
    return "unlinked";
  default:
    return "";
  }
}

} // namespace

void put_flags(json::writer& out, consent::flags const& set) {
  std::array<std::pair<bool, std::string_view>, 9> const words{{
      {set.in_doubt, "in-doubt"},
      {set.contested, "contested"},
      {set.deleted, "deleted"},
      {set.changed, "changed"},
      {set.gap, "gap"},
      {set.late, "late"},
      {set.clock, "clock"},
      {set.lapsed, "lapsed"},
      {set.unlinked, "unlinked"},
  }};
  out.name("flags").begin_array();
  for (auto const& [is_set, word] : words) {
    if (is_set) {
      out.string(word);
    }
  }
  out.end_array();
}

std::string make_place(std::string_view epoch, std::uint64_t sequence) {
  return std::string(epoch) + "-" + std::to_string(sequence);
}

void put_text(json::writer& out, std::string_view name, std::string_view text_or_empty) {
  out.name(name);
  if (text_or_empty.empty()) {
    out.null();
  } else {
    out.string(text_or_empty);
  }
}

void put_time(json::writer& out, std::string_view name, std::optional<timestamp> time) {
  put_text(out, name, time ? format_date_time(*time) : std::string());
}

void put_texts(json::writer& out, std::string_view name, std::vector<std::string> const& texts) {
  out.name(name).begin_array();
  for (auto const& text : texts) {
    out.string(text);
  }
  out.end_array();
}

void put_object(json::writer& out, std::string_view name, std::string const& json_or_empty) {
  out.name(name);
  if (json_or_empty.empty()) {
    out.null();
  } else {
    out.raw(json_or_empty);
  }
}

void put_number(json::writer& out, std::string_view name, std::uint64_t number) {
  // SQL and most JSON readers stop at 2^63; so do the numbers counted here.
  out.name(name).integer(static_cast<std::int64_t>(number));
}

void put_consent(json::writer& out, store::consent_record const& of, std::string_view epoch, detail_level how) {
  auto const& state = of.state;
  put_text(out, "consentId", state.consent_id);
  put_text(out, "kind", to_string(state.kind));
  put_text(out, "issuer", state.issuer);
  put_text(out, "binding", to_string(state.bound));
  put_word(out, "status", state.status);
  put_time(out, "statusUpdateDateTime", state.status_time);
  put_time(out, "eventDateTime", state.event_time);
  put_time(out, "expirationDateTime", state.expiry);
  put_optional_text(out, "baseConsentId", state.base_consent_id);
  put_optional_text(out, "revokedBy", state.revoked_by);
  put_flags(out, state.flags);
  put_optional_text(out, "contestedBy", state.claimant);
  put_text(out, "place", make_place(epoch, of.sequence));
  put_time(out, "createdAt", of.created);
  put_time(out, "updatedAt", of.updated);
  if (how == detail_level::full) {
    put_object(out, "resource", state.resource);
  }
}

void put_resource(json::writer& out, store::resource_record const& of, std::string_view epoch) {
  auto const& state = of.state;
  put_text(out, "family", to_string(state.family));
  put_text(out, "resourceId", state.id);
  put_text(out, "issuer", state.issuer);
  put_optional_text(out, "consentId", state.consent_id);
  put_word(out, "status", state.status);
  put_time(out, "statusUpdateDateTime", state.status_time);
  put_time(out, "eventDateTime", state.event_time);
  put_texts(out, "rejectReasonCodes", state.reject_reason_codes);
  consent::flags same;
  same.deleted = state.flags.deleted;
  same.late = state.flags.late;
  same.clock = state.flags.clock;
  put_flags(out, same);
  put_text(out, "place", make_place(epoch, of.sequence));
  put_time(out, "createdAt", of.created);
  put_time(out, "updatedAt", of.updated);
  put_object(out, "resource", state.resource);
}

void put_history_entry(json::writer& out, store::journal_entry const& of, std::string_view epoch) {
  out.begin_object();
  put_text(out, "place", make_place(epoch, of.sequence));
  put_text(out, "type", to_string(of.type));
  put_time(out, "recordedAt", of.recorded);
  put_word(out, "disposition", of.disposition);
  put_word(out, "status", of.status);
  put_word(out, "previousStatus", of.previous);
  put_word(out, "reportedStatus", of.reported);
  put_time(out, "statusUpdateDateTime", of.status_time);
  put_time(out, "eventDateTime", of.event_time);
  put_time(out, "expirationDateTime", of.expiry);
  put_optional_text(out, "revokedBy", of.revoked_by);
  put_flags(out, of.flags);
  out.name("told").boolean(of.told);
  out.name("alert").boolean(of.alert);
  out.name("deliveryId");
  of.delivery ? out.integer(*of.delivery) : out.null();
  put_text(out, "interactionId", of.interaction_id);
  out.name("uid");
  of.uid ? out.integer(*of.uid) : out.null();
  out.end_object();
}

void put_quarantine_entry(json::writer& out, store::quarantine_entry const& of) {
  out.begin_object();
  out.name("deliveryId").integer(of.id);
  put_text(out, "reason", to_string(of.why.code));
  put_text(out, "meaning", meaning(of.why.code));
  put_text(out, "detail", of.why.detail);
  put_text(out, "contractCode", contract_code(of.why.code));
  put_time(out, "receivedAt", of.received);
  put_time(out, "recordedAt", of.recorded);
  put_text(out, "interactionId", of.interaction_id);
  put_text(out, "claimedIssuer", of.issuer);
  put_text(out, "claimedConsentId", of.consent_id);
  put_number(out, "attempts", of.attempts);
  put_number(out, "bodyBytes", of.body_bytes);
  if (!of.body.empty()) {
    put_text(out, "body", of.body);
  }
  out.end_object();
}

void put_delivery_members(json::writer& out, store::delivery_record const& of, std::string_view epoch) {
  out.name("deliveryId").integer(of.id);
  put_text(out, "interactionId", of.interaction_id);
  put_time(out, "receivedAt", of.received);
  put_text(out, "state", to_string(of.state));
  put_text(out, "waitsFor", of.waits_for);
  put_time(out, "finishedAt", of.finished);
  put_text(out, "place", of.sequence ? make_place(epoch, *of.sequence) : std::string());
  put_word(out, "disposition", of.disposition);
  put_word(out, "reason", of.why);
  put_text(out, "detail", of.detail);
  put_text(out, "issuer", of.issuer);
  put_text(out, "consentId", of.consent_id);
  put_text(out, "jweKid", of.jwe_kid);
  put_text(out, "jwsKid", of.jws_kid);
  put_number(out, "attempts", of.attempts);
  out.name("repeatsDeliveryId");
  of.repeats ? out.integer(*of.repeats) : out.null();
}

void put_delivery(json::writer& out, store::delivery_record const& of, std::string_view epoch) {
  out.begin_object();
  put_delivery_members(out, of, epoch);
  out.end_object();
}

net::response json_response(unsigned status, std::string body) {
  net::response answer;
  answer.status = status;
  answer.fields.push_back({"Content-Type", "application/json"});
  answer.fields.push_back({"Cache-Control", "no-store"});
  answer.body = std::move(body);
  return answer;
}

} // namespace consentd::localapi
