#include "tools/hubsim/campaign.hpp"

#include "base/digest.hpp"
#include "json/writer.hpp"

namespace consentd::hubsim {

namespace {

// A UUID that depends on what it is for, in the form of version 4.
std::string uuid_for(std::string const& what) {
  constexpr std::string_view digits = "0123456789abcdef";
  auto bytes = sha256(what);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i != 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text += '-';
    }
    text += digits[bytes.at(i) >> 4U];
    text += digits[bytes.at(i) & 0x0fU];
  }
  return text;
}

// Who is concerned by an event: the family goes round, the insurance consents stay with the insurer.
struct subject {
  std::string consent_id;
  hubsim::family family;
  issuer const* from;
};

subject subject_of(deployment const& by, campaign_options const& how, std::uint64_t consent) {
  subject made{"campaign-" + std::to_string(how.seed) + "-" + std::to_string(consent), family::account_access, nullptr};
  switch (consent % 3) {
  case 0:
    break;
  case 1:
    made.family = family::payment;
    break;
  default:
    made.family = family::insurance;
  }
  made.from = made.family == family::insurance ? &by.issuers.at(2) : &by.issuers.at((consent / 3) % 2);
  return made;
}

std::string status_of(campaign_options const& how, std::uint64_t number, family of) {
  auto const step = number / how.consents;
  auto const last = number + how.consents >= how.events;
  if (last && step >= 2) {
    return of == family::payment && step % 2 == 0 ? "Consumed" : "Revoked";
  }
  if (step == 0) {
    return "AwaitingAuthorization";
  }
  return step % 2 == 1 ? "Authorized" : "Suspended";
}

} // namespace

campaign_event plan_campaign_event(deployment const& by, campaign_options const& how, std::uint64_t number) {
  auto const mark = std::to_string(how.seed) + "/" + std::to_string(number);
  auto const who = subject_of(by, how, number % how.consents);
  campaign_event made;
  made.number = number;
  made.interaction_id = uuid_for("interaction/" + mark);
  made.from = who.from;
  made.spec.family = who.family;
  made.spec.consent_id = who.consent_id;
  made.spec.status = status_of(how, number, who.family);
  made.spec.revoked_by = made.spec.status == "Revoked" ? "LFI.InitiatedByUser" : "";
  made.spec.created = by.created;
  made.spec.status_time = by.created + std::chrono::milliseconds(1 + number / how.consents);
  made.spec.event_time = made.spec.status_time;
  made.spec.expiry = by.created + std::chrono::days(365);
  made.spec.jti = uuid_for("jti/" + mark);
  return made;
}

void list_campaign_consents(deployment const& by, campaign_options const& how, std::ostream& out) {
  for (std::uint64_t consent = 0; consent != how.consents; ++consent) {
    auto const who = subject_of(by, how, consent);
    json::writer line;
    line.begin_object().member("consent_id", who.consent_id).member("kind", to_string(who.family));
    line.member("issuer", who.from->id).end_object();
    out << line.take() << '\n';
  }
}

} // namespace consentd::hubsim
