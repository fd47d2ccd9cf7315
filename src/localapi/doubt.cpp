#include "localapi/doubt.hpp"

#include "localapi/render.hpp"
#include "localapi/sent_object.hpp"
#include "json/writer.hpp"

#include <utility>

namespace consentd::localapi {

parsed<store::finding> read_finding(std::string id, std::string body) {
  auto const sent = sent_object::read(std::move(body), {"verdict", "status"});
  if (!sent) {
    return sent.error();
  }
  auto const verdict = sent->find("verdict");
  auto const status = sent->find("status");
  store::finding made;
  made.consent_id = std::move(id);
  if (verdict == "stands") {
    return status ? parsed<store::finding>(invalid("status", "What stands has the status that it had.")) : made;
  }
  if (verdict != "ended") {
    return invalid("verdict", "Either stands or ended.");
  }
  made.ended = consent::parse_status(status.value_or(""));
  if (!made.ended || !consent::is_terminal(*made.ended)) {
    return invalid("status", "The status that it ended with, such as Revoked.");
  }
  return made;
}

boost::asio::awaitable<net::response> settle_doubt(store::event_store& in, std::size_t body_limit,
                                                   net::exchange& request, call const& asked) {
  auto found = co_await read_said(request, asked, body_limit, read_finding);
  if (!found) {
    co_return to_response(found.error());
  }
  auto const done = co_await in.settle_doubt(std::move(*found));
  if (!done) {
    co_return to_response(from_failure(done.error()));
  }
  json::writer out;
  out.begin_object();
  put_consent(out, *done, in.extent().epoch, detail_level::full);
  out.end_object();
  co_return json_response(200, out.take());
}

} // namespace consentd::localapi
