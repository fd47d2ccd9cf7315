#include "client/answers.hpp"

#include "base/time.hpp"
#include "client/waits.hpp"
#include "json/writer.hpp"

#include <consentd/client/call.hpp>

#include <algorithm>
#include <utility>

namespace consentd::client {

namespace {

std::string consent_path(std::string_view id, std::string_view rest = {}) {
  return "/v1/consents/" + percent_encode(id) + std::string(rest);
}

std::string consumer_path(std::string_view name, std::string_view rest = {}) {
  return "/v1/consumers/" + percent_encode(name) + std::string(rest);
}

std::string time_or_nothing(std::optional<time_point> const& when) {
  return when ? format_date_time(*when) : std::string();
}

request get(std::string target) {
  return {.method = "GET", .target = std::move(target)};
}

// A POST that says how something is to be, and so may be said twice.
request say(std::string target, std::optional<std::string> json = {}) {
  return {.method = "POST", .target = std::move(target), .json = std::move(json), .repeatable = true};
}

// An object of the texts that are not empty.
std::string object_of(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  json::writer out;
  out.begin_object();
  for (auto const& [name, text] : members) {
    if (!text.empty()) {
      out.member(name, text);
    }
  }
  return out.end_object().take();
}

request at_place(std::string target, std::string_view place) {
  auto made = say(std::move(target), object_of({{"place", place}}));
  if (place.empty()) {
    made.flaw = "no place was given";
  }
  return made;
}

template <class Texts>
call<std::vector<usability>> usable_all(Texts const& consent_ids) {
  json::writer body;
  body.begin_object().name("consentIds").begin_array();
  for (auto const& id : consent_ids) {
    body.string(id);
  }
  body.end_array().end_object();
  return {say("/v1/usable", body.take()), read_usabilities};
}

template <class Texts>
call<awaited_consent> wait_for_any(std::string_view consent_id, Texts const& statuses, std::chrono::seconds timeout) {
  std::string listed;
  for (std::string_view const one : statuses) {
    listed += listed.empty() ? "" : ",";
    listed += one;
  }
  auto asks =
      get(make_target(consent_path(consent_id), {{"wait_for", listed}, {"timeout", std::to_string(timeout.count())}}));
  asks.patience = std::min<std::chrono::seconds>(timeout, longest_wait);
  if (listed.empty()) {
    asks.flaw = "no status was given to wait for";
  }
  return {std::move(asks), read_awaited};
}

} // namespace

call<usability> usable(std::string_view consent_id) {
  return {get(consent_path(consent_id, "/usable")), read_usability};
}

call<std::vector<usability>> usable(std::span<std::string const> consent_ids) {
  return usable_all(consent_ids);
}

call<std::vector<usability>> usable(std::initializer_list<std::string_view> consent_ids) {
  return usable_all(consent_ids);
}

call<consent> get_consent(std::string_view consent_id) {
  return {get(consent_path(consent_id)), read_consent};
}

call<consent_page> list_consents(consent_query const& wanted) {
  auto target = make_target("/v1/consents", {{"status", wanted.status},
                                             {"kind", wanted.kind},
                                             {"issuer", wanted.issuer},
                                             {"base_consent_id", wanted.base_consent_id},
                                             {"updated_after", time_or_nothing(wanted.updated_after)},
                                             {"expires_before", time_or_nothing(wanted.expires_before)},
                                             {"limit", std::to_string(wanted.limit)},
                                             {"cursor", wanted.cursor}});
  return {get(std::move(target)), read_consents};
}

call<awaited_consent> wait_for(std::string_view consent_id, std::span<std::string const> statuses,
                               std::chrono::seconds timeout) {
  return wait_for_any(consent_id, statuses, timeout);
}

call<awaited_consent> wait_for(std::string_view consent_id, std::initializer_list<std::string_view> statuses,
                               std::chrono::seconds timeout) {
  return wait_for_any(consent_id, statuses, timeout);
}

call<history_page> get_history(std::string_view consent_id, std::string_view cursor, unsigned limit) {
  return {
      get(make_target(consent_path(consent_id, "/history"), {{"limit", std::to_string(limit)}, {"cursor", cursor}})),
      read_history};
}

call<announced_consent> announce(std::string_view consent_id, announcement const& what) {
  request asks{.method = "PUT", .target = consent_path(consent_id)};
  asks.json = object_of({{"kind", what.kind},
                         {"issuer", what.issuer},
                         {"expirationDateTime", time_or_nothing(what.expires)},
                         {"baseConsentId", what.base_consent_id}});
  return {std::move(asks), read_announced};
}

call<resource> get_resource(std::string_view family, std::string_view id, std::string_view issuer) {
  auto const path = "/v1/resources/" + percent_encode(family) + "/" + percent_encode(id);
  return {get(make_target(path, {{"issuer", issuer}})), read_resource};
}

call<consumer_state> keep_consumer(std::string_view name, event_filter const& filter, std::string_view begin) {
  request asks{.method = "PUT", .target = consumer_path(name)};
  asks.json = object_of({{"type", filter.type},
                         {"subject", filter.subject},
                         {"status", filter.status},
                         {"kind", filter.kind},
                         {"issuer", filter.issuer},
                         {"after", begin}});
  return {std::move(asks), read_consumer};
}

call<consumer_state> get_consumer(std::string_view name) {
  return {get(consumer_path(name)), read_consumer};
}

call<std::vector<consumer_state>> list_consumers() {
  return {get("/v1/consumers"), read_consumers};
}

call<consumer_state> acknowledge(std::string_view name, std::string_view place) {
  return {at_place(consumer_path(name, "/ack"), place), read_consumer};
}

call<consumer_state> seek(std::string_view name, std::string_view place) {
  return {at_place(consumer_path(name, "/seek"), place), read_consumer};
}

call<consumer_state> seek(std::string_view name, time_point when) {
  return {say(consumer_path(name, "/seek"), object_of({{"time", format_date_time(when)}})), read_consumer};
}

call<consumer_state> pause(std::string_view name) {
  return {say(consumer_path(name, "/pause")), read_consumer};
}

call<consumer_state> resume(std::string_view name) {
  return {say(consumer_path(name, "/resume")), read_consumer};
}

call<consumer_state> remove_consumer(std::string_view name) {
  return {{.method = "DELETE", .target = consumer_path(name)}, read_consumer};
}

subscription journal(event_filter const& filter, std::string_view place) {
  bool const latest = place == "latest";
  subscription made;
  made.target = make_target("/v1/events", {{"after", latest ? place : std::string_view()},
                                           {"type", filter.type},
                                           {"subject", filter.subject},
                                           {"status", filter.status},
                                           {"kind", filter.kind},
                                           {"issuer", filter.issuer}});
  made.place = latest ? std::string_view() : place;
  return made;
}

subscription snapshot(row_filter const& filter, std::string_view place) {
  subscription made;
  made.target =
      make_target("/v1/snapshot", {{"status", filter.status}, {"kind", filter.kind}, {"issuer", filter.issuer}});
  made.place = place;
  made.has_rows = true;
  return made;
}

subscription consumed_by(std::string_view consumer) {
  subscription made;
  made.target = consumer_path(consumer, "/events");
  made.by_consumer = true;
  return made;
}

} // namespace consentd::client
