#include "tools/hubsim/event_spec.hpp"

#include "tools/hubsim/resource.hpp"
#include "json/writer.hpp"

namespace consentd::hubsim {

namespace {

std::string_view collection(family of) {
  switch (of) {
  case family::account_access:
    return "/account-access-consents/";
  case family::payment:
    return "/payment-consents/";
  case family::insurance:
    break;
  }
  return "/insurance-consents/";
}

std::string make_meta(event_spec const& spec) {
  json::writer out;
  out.begin_object();
  out.member("EventDateTime", format_date_time(spec.event_time));
  out.member("EventResource", std::string(collection(spec.family)) + spec.consent_id);
  out.member("EventType", spec.event_type);
  out.member("ConsentId", spec.consent_id);
  out.end_object();
  auto meta = out.take();
  if (!spec.more_meta.empty()) {
    meta.insert(meta.size() - 1, "," + spec.more_meta);
  }
  return meta;
}

} // namespace

std::string_view to_string(family value) noexcept {
  switch (value) {
  case family::account_access:
    return "account-access";
  case family::payment:
    return "payment";
  case family::insurance:
    break;
  }
  return "insurance";
}

std::optional<family> parse_family(std::string_view text) noexcept {
  for (auto const candidate : {family::account_access, family::payment, family::insurance}) {
    if (text == to_string(candidate)) {
      return candidate;
    }
  }
  return std::nullopt;
}

std::optional<version> parse_version(std::string_view text) noexcept {
  if (text == "v1.2") {
    return version::v1_2;
  }
  if (text == "v2.0") {
    return version::v2_0;
  }
  if (text == "v2.1") {
    return version::v2_1;
  }
  return std::nullopt;
}

std::string make_message(event_spec const& spec) {
  std::string message = "{";
  if (spec.event_type != "Resource.Deleted") {
    message += "\"Data\":" + make_resource(spec) + ",";
  }
  return message + "\"Meta\":" + make_meta(spec) + "}";
}

} // namespace consentd::hubsim
