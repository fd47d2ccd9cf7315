#include "events/end.hpp"

#include "events/consent_data.hpp"
#include "events/envelope.hpp"
#include "events/family.hpp"
#include "events/members.hpp"

#include <string>
#include <string_view>

namespace consentd::events {
namespace {

std::optional<consent::status> terminal_status(json::value const& data) {
  for (std::string_view const name : {"Status", "ConsentStatus"}) {
    auto const found = member(data, name);
    auto const text = found ? found->string() : std::nullopt;
    auto const status = text ? consent::parse_status(*text) : std::nullopt;
    if (status && consent::is_terminal(*status)) {
      return status;
    }
  }
  return std::nullopt;
}

} // namespace

std::optional<consent::report> find_end(json::value const& message, std::string issuer) {
  auto const from = read_envelope(message, std::move(issuer));
  if (!from || !from->id.known || recognise(from->id)) {
    return std::nullopt;
  }
  auto data = member(message, "Data");
  if (data && !data->is_object()) {
    data.reset();
  }
  // A payment's `Rejected` is not its consent's.
  if (data && member(*data, "PaymentId")) {
    return std::nullopt;
  }
  auto report = report_of_meta(*from);
  report.status = data ? terminal_status(*data) : std::nullopt;
  return consent::may_end(report) ? std::optional(std::move(report)) : std::nullopt;
}

std::optional<consent::report> find_end(jose::signed_event const& event) {
  auto const message = event.payload.root().find("message");
  if (!message || !event.claims.iss) {
    return std::nullopt;
  }
  return find_end(*message, *event.claims.iss);
}

} // namespace consentd::events
