#include "localapi/usable.hpp"

#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "localapi/sent_object.hpp"
#include "json/document.hpp"
#include "json/writer.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace consentd::localapi {

namespace {

constexpr std::size_t most_ids = 1000;
constexpr std::size_t longest_id = 128;
// Above most_ids, so that one id too many is told as that.
constexpr std::size_t values_read = 4 * most_ids;
// As many ids as may be, each as long as may be, in quotes and with room for a space and a comma.
constexpr std::size_t bytes_read = most_ids * (longest_id + 4) + 64;

// The members of a verdict, without the braces.
void put_verdict(json::writer& out, std::string const& id, store::standing of, timestamp as_of,
                 std::chrono::seconds patience) {
  std::optional<consent::state> state;
  if (of.consent) {
    state = std::move(of.consent->state);
  }
  auto const verdict = consent::usable(state, of.backlog, as_of, patience);
  put_text(out, "consentId", id);
  out.name("usable").boolean(verdict == consent::usability::usable);
  put_text(out, "reason", to_string(verdict));
  put_time(out, "asOf", as_of);
  put_word(out, "status", state ? state->status : std::optional<consent::status>{});
  put_time(out, "expirationDateTime", state ? state->expiry : std::optional<timestamp>{});
}

parsed<json::value> find_ids(json::value const& root) {
  for (auto member = root.first(); root.is_object() && member; member = member->next()) {
    if (member->name() != "consentIds") {
      return invalid(member->name(), "There is no such member.");
    }
  }
  auto const list = root.find("consentIds");
  if (!list || !list->is_array() || list->size() == 0 || list->size() > most_ids) {
    return invalid("consentIds",
                   "An object with one member, a list of 1 to " + std::to_string(most_ids) + " consent ids.");
  }
  return *list;
}

parsed<std::vector<std::string>> read_ids(std::string body) {
  auto const size = body.size();
  auto const read = json::document::parse(std::move(body), {.bytes = size, .depth = 3, .values = values_read});
  if (!read) {
    return problem{problem_kind::request_malformed, "The body is not sound JSON: " + read.error().detail, {}, {}};
  }
  auto const list = find_ids(read->root());
  if (!list) {
    return list.error();
  }
  std::vector<std::string> ids;
  ids.reserve(list->size());
  for (auto item = list->first(); item; item = item->next()) {
    auto const text = item->get().string();
    if (!text || text->size() > longest_id || !consent::is_consent_id(*text)) {
      return invalid("consentIds", "Consent ids: 1 to 128 characters of A-Z a-z 0-9 . _ : ~ -");
    }
    ids.emplace_back(*text);
  }
  return ids;
}

} // namespace

boost::asio::awaitable<net::response> consent_usable(store::event_store& from, clock const& now,
                                                     std::chrono::seconds patience, call const& asked) {
  auto id = consent_id(asked.id);
  if (!id) {
    co_return to_response(id.error());
  }
  auto found = co_await from.find_standing(*id);
  if (!found) {
    co_return to_response(from_failure(found.error()));
  }
  json::writer out;
  out.begin_object();
  // The time is read after the state: an expiry that passed meanwhile counts.
  put_verdict(out, *id, std::move(*found), now.now(), patience);
  out.end_object();
  co_return json_response(200, out.take());
}

boost::asio::awaitable<net::response> consents_usable(store::event_store& from, clock const& now,
                                                      std::chrono::seconds patience, net::exchange& request) {
  auto body = co_await read_json_body(request, bytes_read);
  if (!body) {
    co_return to_response(body.error());
  }
  auto const ids = read_ids(std::move(*body));
  if (!ids) {
    co_return to_response(ids.error());
  }
  auto found = co_await from.find_standings(*ids);
  if (!found) {
    co_return to_response(from_failure(found.error()));
  }
  auto const as_of = now.now();
  json::writer out;
  out.begin_object().name("consents").begin_array();
  for (std::size_t i = 0; i < ids->size(); ++i) {
    out.begin_object();
    put_verdict(out, (*ids)[i], std::move((*found)[i]), as_of, patience);
    out.end_object();
  }
  out.end_array().end_object();
  co_return json_response(200, out.take());
}

} // namespace consentd::localapi
