// The calls of the local API (docs/openapi.yaml), made ready here, and made by a daemon or an async_daemon:
//
//   client::daemon daemon;
//   if (daemon.ask(client::usable("c-7f1e")).value().usable) …
#ifndef CONSENTD_CLIENT_CALL_HPP
#define CONSENTD_CLIENT_CALL_HPP

#include <consentd/client/error.hpp>
#include <consentd/client/values.hpp>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace consentd::client {

// A call in HTTP's terms, for what has no function below.
struct request {
  std::string method = "GET";
  std::string target = {}; // path and query, encoded
  std::optional<std::string> json = {};
  // It may be sent again when the connection broke before there was an answer. GET, PUT and DELETE may in any case (RFC
  // 9110 section 9.2.2).
  bool repeatable = false;
  // In addition to settings::timeout, where the daemon holds its answer.
  std::chrono::milliseconds patience{};
};

// An answer with a status below 400; all others are errors.
struct answer {
  unsigned status = 0;
  std::string content_type;
  std::string body;
};

// A request, and how its answer is read.
template <class T>
struct call {
  request asks;
  result<T> (*read)(answer const& told);
};

// A path or query value as a target may hold it (RFC 3986: all but the unreserved characters is percent-encoded).
std::string percent_encode(std::string_view text);
// The path, which is encoded already, with those parameters that have a value.
std::string make_target(std::string_view path,
                        std::initializer_list<std::pair<std::string_view, std::string_view>> parameters);

// May it be used now? Of a consent that nobody knows, too, with the reason "unknown".
call<usability> usable(std::string_view consent_id);
// At most 1000, answered in their order.
call<std::vector<usability>> usable(std::span<std::string const> consent_ids);

// refused with status 404 when it is not known.
call<consent> get_consent(std::string_view consent_id);

// What is empty does not narrow.
struct consent_query {
  std::string status = {};
  std::string kind = {};
  std::string issuer = {};
  std::string base_consent_id = {};
  std::optional<time_point> updated_after = {};
  std::optional<time_point> expires_before = {};
  unsigned limit = 100;    // up to 1000
  std::string cursor = {}; // of the page before
};
call<consent_page> list_consents(consent_query const& wanted = {});

// Held by the daemon until the consent has one of the statuses, at most for `timeout` (1 to 300 s, whole seconds). A
// consent that is not known yet is waited for, too; refused with status 404 when it never came.
call<awaited_consent> wait_for(std::string_view consent_id, std::span<std::string const> statuses,
                               std::chrono::seconds timeout);

// Oldest first.
call<history_page> get_history(std::string_view consent_id, std::string_view cursor = {}, unsigned limit = 100);

struct announcement {
  std::string kind;   // "account-access", "payment" or "insurance"
  std::string issuer; // of the institution, at the Hub
  std::optional<time_point> expires = {};
  std::string base_consent_id = {}; // the consent that it renews
};
// This TPP created the consent: from now on only events of that issuer and kind move it. Needs the right `register`;
// refused with status 409 when it is bound to another.
call<announced_consent> announce(std::string_view consent_id, announcement const& what);

// `family`: "payment", "insurance-quote", "fx-quote" or "account-opening". refused with status 404 when it is not
// known.
call<resource> get_resource(std::string_view family, std::string_view id, std::string_view issuer);

// Which entries of the journal; what is empty does not narrow.
struct event_filter {
  std::string type = {}; // of CloudEvents, such as "ae.openfinance.consent.status"
  std::string subject = {};
  std::string status = {};
  std::string kind = {};
  std::string issuer = {};
};

// Makes a durable consumer, or gives the one that is there another filter, which ends its stream and has everything
// come that it lets through from its place on. `begin`, for a new one: a place, "earliest" or "latest". Read it by an
// event_stream of consumed_by().
call<consumer_state> keep_consumer(std::string_view name, event_filter const& filter = {},
                                   std::string_view begin = "earliest");
call<consumer_state> get_consumer(std::string_view name);
call<std::vector<consumer_state>> list_consumers();
// Everything up to this place was dealt with. Older places than the newest acknowledged change nothing. refused with
// status 409 when it was sent before somebody sought, or gave it another filter: it comes again.
call<consumer_state> acknowledge(std::string_view name, std::string_view place);
// Begin elsewhere: behind a place, "earliest" or "latest"; or with the first entry recorded at or after a time. Ends
// its stream.
call<consumer_state> seek(std::string_view name, std::string_view place);
call<consumer_state> seek(std::string_view name, time_point when);
// Paused, it has no stream.
call<consumer_state> pause(std::string_view name);
call<consumer_state> resume(std::string_view name);
// Its place is forgotten. Answers what it was.
call<consumer_state> remove_consumer(std::string_view name);

} // namespace consentd::client

#endif
