#include "ingress/header_checks.hpp"
#include "ingress/webhook.hpp"

#include "base/interaction_id.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace consentd;

constexpr std::size_t limit = 1000;

net::request_head good() {
  net::request_head head;
  head.method = "POST";
  head.target = "/webhook";
  head.fields = {{"Content-Type", "application/jwe"}, {"Authorization", "Bearer a.b.c"}, {"Accept", "application/jwt"}};
  head.content_length = limit;
  return head;
}

net::request_head with(std::string const& name, std::string const& value) {
  auto head = good();
  std::erase_if(head.fields, [&](auto const& field) { return field.name == name; });
  head.fields.push_back({name, value});
  return head;
}

std::string refusal_of(net::request_head const& head) {
  auto const checked = ingress::check_head(head, "/webhook", limit);
  return checked ? "none" : std::string(to_string(checked.error().code));
}

std::string bearer_refusal_of(net::request_head const& head) {
  auto const token = ingress::bearer_of(head);
  return token ? "none" : std::string(to_string(token.error().code));
}

} // namespace

BOOST_AUTO_TEST_SUITE(header_checks)

BOOST_AUTO_TEST_CASE(the_hubs_requests_of_every_version_pass) {
  BOOST_TEST(refusal_of(good()) == "none");
  for (auto const* type :
       {"application/jwt", "Application/JWE", "application/jwe; charset=utf-8", "application/jwt ;x=y"}) {
    BOOST_TEST(refusal_of(with("Content-Type", type)) == "none");
  }
}

BOOST_AUTO_TEST_CASE(the_path_is_compared_whole) {
  for (auto const* target : {"/", "/webhook/", "/webhook2", "/Webhook", "/%77ebhook", "//webhook", "/x/../webhook"}) {
    auto head = good();
    head.target = target;
    BOOST_TEST(refusal_of(head) == "path-unknown");
  }
  auto head = good();
  head.target = "/webhook?source=hub";
  BOOST_TEST(refusal_of(head) == "none");
}

BOOST_AUTO_TEST_CASE(only_post_is_answered) {
  for (auto const* method : {"GET", "PUT", "HEAD", "OPTIONS", "DELETE", "post", "PATCH"}) {
    auto head = good();
    head.method = method;
    BOOST_TEST(refusal_of(head) == "method-not-allowed");
  }
}

BOOST_AUTO_TEST_CASE(other_content_is_refused) {
  for (auto const* type : {"application/json", "text/plain", "application/jwe2", "application/jose", ""}) {
    BOOST_TEST(refusal_of(with("Content-Type", type)) == "media-type");
  }
  auto none = good();
  std::erase_if(none.fields, [](auto const& field) { return field.name == "Content-Type"; });
  BOOST_TEST(refusal_of(none) == "media-type");
  auto twice = good();
  twice.fields.push_back({"content-type", "application/jwt"});
  BOOST_TEST(refusal_of(twice) == "header-not-allowed");
  BOOST_TEST(refusal_of(with("Content-Encoding", "gzip")) == "media-type");
  BOOST_TEST(refusal_of(with("Content-Encoding", "Identity")) == "none");
}

BOOST_AUTO_TEST_CASE(accept_is_honoured_without_losing_events_over_it) {
  for (auto const* accept : {"*/*", "application/*;q=0.5", "text/html, application/jwt", "application/json", ""}) {
    BOOST_TEST(refusal_of(with("Accept", accept)) == "none");
  }
  for (auto const* accept : {"text/html", "image/*, text/plain"}) {
    BOOST_TEST(refusal_of(with("Accept", accept)) == "not-acceptable");
  }
  auto none = good();
  std::erase_if(none.fields, [](auto const& field) { return field.name == "Accept"; });
  BOOST_TEST(refusal_of(none) == "none");
}

BOOST_AUTO_TEST_CASE(an_announced_length_is_held_to_the_limit) {
  auto head = good();
  head.content_length = limit + 1;
  BOOST_TEST(refusal_of(head) == "body-too-large");
  head.content_length = std::nullopt;
  BOOST_TEST(refusal_of(head) == "none");
}

BOOST_AUTO_TEST_CASE(the_bearer_token_is_taken_from_one_field_alone) {
  BOOST_TEST(ingress::bearer_of(good()).value() == "a.b.c");
  BOOST_TEST(ingress::bearer_of(with("Authorization", "bearer  a.b.c ")).value() == "a.b.c");
  BOOST_TEST(bearer_refusal_of(with("Authorization", "Basic YTpi")) == "bearer-missing");
  BOOST_TEST(bearer_refusal_of(with("Authorization", "a.b.c")) == "bearer-missing");
  auto none = good();
  std::erase_if(none.fields, [](auto const& field) { return field.name == "Authorization"; });
  BOOST_TEST(bearer_refusal_of(none) == "bearer-missing");
  auto twice = good();
  twice.fields.push_back({"authorization", "Bearer a.b.c"});
  BOOST_TEST(bearer_refusal_of(twice) == "header-not-allowed");
}

BOOST_AUTO_TEST_CASE(the_interaction_id_is_echoed_only_when_it_is_one_uuid) {
  auto const given = "49df2c2c-6b80-40ee-96a1-71910a248048";
  BOOST_TEST(ingress::interaction_id_of(with("x-fapi-interaction-id", given)) == given);
  BOOST_TEST(is_uuid(ingress::interaction_id_of(good())));
  BOOST_TEST(is_uuid(ingress::interaction_id_of(with("x-fapi-interaction-id", "1\r\nSet-Cookie: a"))));
  auto twice = with("x-fapi-interaction-id", given);
  twice.fields.push_back({"X-FAPI-Interaction-Id", given});
  BOOST_TEST(ingress::interaction_id_of(twice) != given);
}

BOOST_AUTO_TEST_CASE(a_fault_of_ours_is_never_answered_as_the_senders) {
  for (auto const code : all_reasons()) {
    auto const status = ingress::status_of(code);
    BOOST_TEST((status >= 400 && status < 600));
    if (code == reason::storage || code == reason::keys_unavailable || code == reason::shutting_down) {
      BOOST_TEST(status == 503U);
    }
  }
  BOOST_TEST(ingress::status_of(reason::inbox_full) == 429U);
  BOOST_TEST(ingress::status_of(reason::bearer_replay) == 401U);
}

BOOST_AUTO_TEST_CASE(jwt_is_accepted_as_the_most_specific_range_says) {
  auto const accepts = [](std::string const& value) { return ingress::accepts_jwt(with("Accept", value)); };
  for (auto const* const yes : {"application/jwt", "APPLICATION/JWT", "application/*", "*/*", "",
                                "text/html, application/jwt;q=0.1", "application/jwt;version=1;q=0.5",
                                "*/*;q=0, application/jwt", "application/*;q=0.000, application/jwt;q=0.001"}) {
    BOOST_TEST(accepts(yes), yes);
  }
  for (auto const* const no : {"application/json", "application/jwe", "text/*", "application/jwt;q=0", "*/*;q=0.0",
                               "application/jwt; Q=0, */*", "application/*;q=0, */*", "application/jwtx"}) {
    BOOST_TEST(!accepts(no), no);
  }
  auto head = good();
  std::erase_if(head.fields, [](auto const& field) { return field.name == "Accept"; });
  BOOST_TEST(ingress::accepts_jwt(head));
  head.fields.push_back({"Accept", "text/html"});
  BOOST_TEST(!ingress::accepts_jwt(head));
  head.fields.push_back({"accept", "application/jwt"});
  BOOST_TEST(ingress::accepts_jwt(head));
}

BOOST_AUTO_TEST_SUITE_END()
