#include "localapi/announce.hpp"

#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "localapi/sent_object.hpp"
#include "json/writer.hpp"

#include <array>
#include <optional>

namespace consentd::localapi {

namespace {

std::optional<problem> put_kind(store::announcement& into, std::string_view text) {
  auto const kind = consent::parse_kind(text);
  if (!kind) {
    return invalid("kind", "One of account-access, payment, insurance.");
  }
  into.kind = *kind;
  return std::nullopt;
}

std::optional<problem> put_issuer(store::announcement& into, std::string_view text) {
  if (text.empty() || text.size() > max_text) {
    return invalid("issuer", "A text of 1 to " + std::to_string(max_text) + " bytes.");
  }
  into.issuer = text;
  return std::nullopt;
}

std::optional<problem> put_expiry(store::announcement& into, std::string_view text) {
  into.expiry = parse_date_time(text);
  if (!into.expiry) {
    return invalid("expirationDateTime", "A date and time of RFC 3339, such as 2026-03-27T13:27:13Z.");
  }
  return std::nullopt;
}

std::optional<problem> put_base(store::announcement& into, std::string_view text) {
  if (!consent::is_consent_id(text) || text == into.consent_id) {
    return invalid("baseConsentId", "The id of another consent.");
  }
  into.base_consent_id = text;
  return std::nullopt;
}

using put = std::optional<problem> (*)(store::announcement& into, std::string_view text);

struct known_member {
  std::string_view name;
  bool required;
  put take;
};

constexpr std::array<known_member, 4> members{{{"kind", true, put_kind},
                                               {"issuer", true, put_issuer},
                                               {"expirationDateTime", false, put_expiry},
                                               {"baseConsentId", false, put_base}}};

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
  auto const sent = sent_object::read(std::move(body), {"kind", "issuer", "expirationDateTime", "baseConsentId"});
  if (!sent) {
    return sent.error();
  }
  store::announcement made;
  made.consent_id = std::move(id);
  for (auto const& member : members) {
    auto const text = sent->find(member.name);
    if (!text && member.required) {
      return invalid(member.name, "This member is required.");
    }
    if (auto wrong = text ? member.take(made, *text) : std::nullopt) {
      return *wrong;
    }
  }
  return made;
}

boost::asio::awaitable<net::response> announce_consent(store::event_store& to, std::size_t body_limit,
                                                       net::exchange& request, call const& asked) {
  auto wanted = co_await read_said(request, asked, body_limit, read_announcement);
  if (!wanted) {
    co_return to_response(wanted.error());
  }
  bool const decides = asked.route->where == endpoint::bind_consent;
  auto operation = decides ? to.bind(std::move(*wanted)) : to.announce(std::move(*wanted));
  auto done = co_await std::move(operation);
  if (!done) {
    co_return to_response(from_failure(done.error()));
  }
  co_return created_or_known(*done, to.extent().epoch);
}

} // namespace consentd::localapi
