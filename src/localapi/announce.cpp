#include "localapi/announce.hpp"

#include "localapi/media.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "json/document.hpp"
#include "json/writer.hpp"

#include <limits>
#include <optional>

namespace consentd::localapi {

namespace {

constexpr json::limits body_bounds{.bytes = std::size_t{64} * 1024, .depth = 4, .values = 64};

parsed<std::string> read_string(json::value::item const& member) {
  auto const text = member.get().string();
  if (!text) {
    return invalid(member.name(), "A string is expected.");
  }
  return std::string(*text);
}

std::optional<problem> put_kind(store::announcement& into, std::string const& text) {
  auto const kind = consent::parse_kind(text);
  if (!kind) {
    return invalid("kind", "One of account-access, payment, insurance.");
  }
  into.kind = *kind;
  return std::nullopt;
}

std::optional<problem> put_issuer(store::announcement& into, std::string text) {
  if (text.empty() || text.size() > max_text) {
    return invalid("issuer", "A text of 1 to " + std::to_string(max_text) + " bytes.");
  }
  into.issuer = std::move(text);
  return std::nullopt;
}

std::optional<problem> put_expiry(store::announcement& into, std::string const& text) {
  into.expiry = parse_date_time(text);
  if (!into.expiry) {
    return invalid("expirationDateTime", "A date and time of RFC 3339, such as 2026-03-27T13:27:13Z.");
  }
  return std::nullopt;
}

std::optional<problem> put_base(store::announcement& into, std::string text) {
  if (!consent::is_consent_id(text) || text == into.consent_id) {
    return invalid("baseConsentId", "The id of another consent.");
  }
  into.base_consent_id = std::move(text);
  return std::nullopt;
}

std::optional<problem> put_member(store::announcement& into, std::string_view name, std::string text) {
  if (name == "kind") {
    return put_kind(into, text);
  }
  if (name == "issuer") {
    return put_issuer(into, std::move(text));
  }
  if (name == "expirationDateTime") {
    return put_expiry(into, text);
  }
  return put_base(into, std::move(text));
}

bool is_known(std::string_view name) noexcept {
  return name == "kind" || name == "issuer" || name == "expirationDateTime" || name == "baseConsentId";
}

net::response created_or_known(store::announced const& done, std::string_view epoch) {
  json::writer out;
  out.begin_object();
  put_consent(out, done.consent, epoch, detail_level::full);
  put_number(out, "releasedEvents", done.released);
  out.end_object();
  auto answer = json_response(done.created ? 201 : 200, out.take());
  if (done.created) {
    // A consent id has no character that a path must encode.
    answer.fields.push_back({"Location", "/v1/consents/" + done.consent.state.consent_id});
  }
  return answer;
}

} // namespace

parsed<store::announcement> read_announcement(std::string id, std::string body) {
  auto read = json::document::parse(std::move(body), body_bounds);
  if (!read) {
    return problem{problem_kind::request_malformed, "The body is not sound JSON: " + read.error().detail, {}, {}};
  }
  auto const root = read->root();
  if (!root.is_object()) {
    return problem{problem_kind::request_malformed, "The body is not a JSON object.", {}, {}};
  }
  for (auto const* required : {"kind", "issuer"}) {
    if (!root.find(required)) {
      return invalid(required, "This member is required.");
    }
  }
  store::announcement made;
  made.consent_id = std::move(id);
  for (auto member = root.first(); member; member = member->next()) {
    if (!is_known(member->name())) {
      return invalid(member->name().substr(0, 64), "There is no such member.");
    }
    auto text = read_string(*member);
    if (!text) {
      return text.error();
    }
    if (auto wrong = put_member(made, member->name(), std::move(*text))) {
      return *wrong;
    }
  }
  return made;
}

boost::asio::awaitable<net::response> announce_consent(store::event_store& to, std::size_t body_limit,
                                                       net::exchange& request, call const& asked) {
  auto id = consent_id(asked.id);
  if (!id) {
    co_return to_response(id.error());
  }
  if (!is_sent_as(request.head(), "application/json")) {
    problem const wrong{problem_kind::media_type, "The body must be application/json.", "Content-Type", {}};
    co_return to_response(wrong);
  }
  auto body = co_await request.read_body(body_limit);
  if (!body) {
    co_return to_response(from_failure(body.error()));
  }
  auto wanted = read_announcement(std::move(*id), std::move(*body));
  if (!wanted) {
    co_return to_response(wanted.error());
  }
  // No credentials, no name: the value that stands for "no uid" (chown(2)), never root's.
  wanted->uid = request.head().peer.uid.value_or(std::numeric_limits<uid_t>::max());
  bool const decides = asked.route->where == endpoint::bind_consent;
  auto operation = decides ? to.bind(std::move(*wanted)) : to.announce(std::move(*wanted));
  auto done = co_await std::move(operation);
  if (!done) {
    co_return to_response(from_failure(done.error()));
  }
  co_return created_or_known(*done, to.extent().epoch);
}

} // namespace consentd::localapi
