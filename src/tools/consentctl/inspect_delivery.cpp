#include "authz/bearer.hpp"
#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/policies.hpp"
#include "events/event.hpp"
#include "events/family.hpp"
#include "tools/consentctl/inspect.hpp"
#include "tools/consentctl/offline_keys.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace consentd::consentctl {

namespace {

std::optional<config::settings> load_settings(inspect_options const& asked, inspection& out) {
  auto loaded = config::load(asked.config, config::named_files::left_alone);
  if (!loaded) {
    for (auto const& wrong : loaded.error()) {
      // What keeps a file from being read names the file.
      bool const named = wrong.what.find(wrong.file) != std::string::npos;
      out.cannot_check({reason::bad_setting, named ? wrong.what : describe(wrong)});
    }
    return std::nullopt;
  }
  return std::move(*loaded);
}

bool take_files(offline_keys& keys, std::vector<std::string> const& given, inspection& out) {
  for (auto const& one : given) {
    // An issuer is a URL and may hold "=" in its query; a file's name after the last one is as good as any other.
    auto const equals = one.rfind('=');
    if (equals == std::string::npos || !keys.replace(one.substr(0, equals), one.substr(equals + 1))) {
      out.cannot_check({reason::bad_setting, "--jwks " + one + ": ISSUER=FILE with a configured issuer is expected"});
      return false;
    }
  }
  return true;
}

std::string time_or_dash(std::optional<timestamp> const& time) {
  return time ? format_date_time(*time) : "-";
}

void add_facts(consent::report const& from, inspection& out) {
  out.fact("issuer", from.issuer);
  out.fact("consent", from.consent_id);
  out.fact("kind", from.kind ? std::string(to_string(*from.kind)) : "-");
  out.fact("status", from.status ? std::string(to_string(*from.status)) : "-");
  out.fact("status-time", time_or_dash(from.status_time));
  out.fact("event-time", format_date_time(from.event_time));
  out.fact("expiry", time_or_dash(from.expiry));
}

void add_facts(consent::resource_report const& from, inspection& out) {
  out.fact("issuer", from.issuer);
  out.fact("family", std::string(to_string(from.family)));
  out.fact("resource", from.id);
  out.fact("consent", from.consent_id.value_or("-"));
  out.fact("status", from.status ? std::string(to_string(*from.status)) : "-");
  out.fact("status-time", time_or_dash(from.status_time));
  out.fact("event-time", format_date_time(from.event_time));
}

void add_facts(consent::unknown_report const& from, inspection& out) {
  out.fact("issuer", from.issuer);
  out.fact("id-name", from.id_name);
  out.fact("resource", from.id);
  out.fact("event-time", format_date_time(from.event_time));
}

std::string_view describe(consent::report const& /*of*/) {
  return "a consent event of contract section 5";
}
std::string_view describe(consent::resource_report const& of) {
  return events::describe(of.family);
}
std::string_view describe(consent::unknown_report const& /*of*/) {
  return "of a family that is not known: passed on, and the state of nothing";
}

void read_payload(inspect_options const& asked, jose::signed_event const& event, inspection& out) {
  auto const read = events::read_event(event);
  if (!read) {
    out.fails(read.error());
  } else {
    std::visit(
        [&out](auto const& one) {
          out.holds("event", describe(one.report));
          add_facts(one.report, out);
        },
        *read);
  }
  if (asked.show_payload) {
    out.payload(std::string(event.payload.root().raw()));
  }
}

} // namespace

void inspect_event(inspect_options const& asked, std::string const& token, timestamp received, inspection& out) {
  auto const settings = load_settings(asked, out);
  if (!settings) {
    return;
  }
  offline_keys issuers(settings->jwks.max_keys);
  for (auto const& issuer : settings->issuers) {
    issuers.add(issuer.id, issuer.jwks);
  }
  if (!take_files(issuers, asked.jwks, out)) {
    return;
  }
  auto const keys = config::load_decryption_keys(*settings);
  if (!keys) {
    out.cannot_check(keys.error());
    return;
  }
  auto const event = jose::open_event(token, received, keys->ring, issuers, config::event_policy_of(*settings), &out);
  if (!event) {
    out.fails(event.error());
    return;
  }
  if (event->expired) {
    out.fails({reason::expired,
               "exp " + time_or_dash(event->claims.exp) + " is not after receipt at " + format_date_time(received)});
  }
  read_payload(asked, *event, out);
  out.note("Not known offline: the issuer that the consent is bound to, and whether its jti was spent.");
}

void inspect_bearer(inspect_options const& asked, std::string const& token, timestamp now, inspection& out) {
  auto const settings = load_settings(asked, out);
  if (!settings) {
    return;
  }
  offline_keys hub(settings->jwks.max_keys);
  hub.add(settings->bearer.issuer, settings->bearer.jwks);
  if (!take_files(hub, asked.jwks, out)) {
    return;
  }
  auto const caller = authz::check_bearer(token, now, hub, config::bearer_policy_of(*settings), &out);
  if (!caller) {
    out.fails(caller.error());
    return;
  }
  out.fact("issuer", caller->issuer);
  out.fact("identity", caller->identity);
  out.fact("kid", caller->kid);
  out.note("Not known offline: whether it was spent on another body.");
}

} // namespace consentd::consentctl
