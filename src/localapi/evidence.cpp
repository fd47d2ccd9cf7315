#include "localapi/evidence.hpp"

#include "base/base64url.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "localapi/sent_object.hpp"
#include "json/writer.hpp"

namespace consentd::localapi {
namespace {

void put_evidence(json::writer& out, store::evidence const& of, std::string_view epoch) {
  put_delivery_members(out, of.of, epoch);
  put_text(out, "jws", of.original.jws);
  auto const& digest = of.signing_input_digest;
  put_text(out, "signingInputDigest", digest ? encode_base64url(as_bytes(*digest)) : std::string());
  put_time(out, "erasedAt", of.erased);
  put_object(out, "jwk", of.original.jwk);
}

} // namespace

boost::asio::awaitable<net::response> show_evidence(store::event_store& from, call const& asked) {
  auto const id = delivery_id(asked.id);
  if (!id) {
    co_return to_response(id.error());
  }
  auto const found = co_await from.find_evidence(*id);
  if (!found) {
    co_return to_response(from_failure(found.error()));
  }
  if (!*found) {
    problem const none{problem_kind::not_found, "No signed original of this delivery is kept.", "delivery_id", {}};
    co_return to_response(none);
  }
  json::writer out;
  out.begin_object();
  put_evidence(out, **found, from.extent().epoch);
  out.end_object();
  co_return json_response(200, out.take());
}

boost::asio::awaitable<net::response> erase_consent_data(store::event_store& in, net::exchange& request,
                                                         call const& asked) {
  auto id = consent_id(asked.id);
  if (!id) {
    co_return to_response(id.error());
  }
  auto const done = co_await in.erase(*id, caller_of(request.head()));
  if (!done) {
    co_return to_response(from_failure(done.error()));
  }
  if (!*done) {
    problem const unknown{problem_kind::not_found, "No consent of this id is known here.", "consent_id", {}};
    co_return to_response(unknown);
  }
  json::writer out;
  out.begin_object();
  put_text(out, "consentId", *id);
  put_number(out, "resources", (*done)->resources);
  put_number(out, "originals", (*done)->originals);
  put_number(out, "quarantined", (*done)->quarantined);
  out.end_object();
  co_return json_response(200, out.take());
}

} // namespace consentd::localapi
