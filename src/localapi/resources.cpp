#include "localapi/resources.hpp"

#include "localapi/etag.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

#include <utility>

namespace consentd::localapi {
namespace {

parsed<consent::resource_family> read_family(std::string_view segment) {
  auto const family = consent::parse_resource_family(segment);
  if (!family) {
    return invalid("family", "One of payment, insurance-quote, fx-quote, account-opening.");
  }
  return *family;
}

parsed<std::string> read_issuer(target const& from) {
  auto issuer = read_text(from, "issuer");
  if (!issuer) {
    return issuer.error();
  }
  if (!*issuer) {
    return invalid("issuer", "It must be named: two issuers may give the same id.");
  }
  return std::move(**issuer);
}

} // namespace

boost::asio::awaitable<net::response> show_resource(store::event_store& from, net::request_head const& head,
                                                    call const& asked) {
  auto const family = read_family(asked.within);
  auto id = resource_id(asked.id);
  auto issuer = read_issuer(asked.where);
  if (auto wrong = first_problem(family, id, issuer)) {
    co_return to_response(*wrong);
  }
  store::resource_key key{std::move(*issuer), *family, std::move(*id)};
  auto const found = co_await from.find(std::move(key));
  if (!found) {
    co_return to_response(from_failure(found.error()));
  }
  if (!*found) {
    problem const unknown{problem_kind::not_found, "No event of this resource has come.", "resource_id", {}};
    co_return to_response(unknown);
  }
  json::writer out;
  out.begin_object();
  auto const epoch = from.extent().epoch;
  put_resource(out, **found, epoch);
  out.end_object();
  co_return json_unless_known(head, make_place(epoch, (*found)->sequence), out.take());
}

} // namespace consentd::localapi
