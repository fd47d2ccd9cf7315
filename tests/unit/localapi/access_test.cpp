// Who may do what: the rules by themselves, and on a real socket, where the kernel says who calls.
#include "tests/unit/localapi/fixture.hpp"
#include "tests/unit/localapi/subscriber.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/types.h>
#include <unistd.h>

namespace consentd::localapi::testing {
namespace {

net::peer peer_of(uid_t user, gid_t group, std::vector<gid_t> others = {}) {
  net::peer made;
  made.address = "unix";
  made.uid = user;
  made.gid = group;
  made.groups = std::make_shared<std::vector<gid_t> const>(std::move(others));
  return made;
}

access_rule user(uid_t number, right allows) {
  return {.user = number, .group = {}, .allows = allows};
}
access_rule group(gid_t number, right allows) {
  return {.user = {}, .group = number, .allows = allows};
}
access_rule anybody(right allows) {
  return {.user = {}, .group = {}, .allows = allows};
}

constexpr uid_t overflow_user = 65534;

access_rules this_user(right allows) {
  return access_rules({user(::geteuid(), allows)});
}

struct may_read : fixture {
  may_read() : fixture({}, this_user(right::read)) {}
};
struct may_register : fixture {
  may_register() : fixture({}, this_user(right::registers)) {}
};
struct may_nothing : fixture {
  may_nothing() : fixture({}, access_rules({user(::geteuid() + 1, right::operate)})) {}
};
struct readers_socket : fixture {
  readers_socket() : fixture({}, this_user(right::operate), right::read) {}
};

} // namespace

BOOST_AUTO_TEST_SUITE(access_by_rules)

BOOST_AUTO_TEST_CASE(the_highest_right_of_user_and_groups_counts) {
  access_rules const rules({user(1000, right::registers), group(50, right::read), group(51, right::operate)});
  BOOST_TEST((rules.of(peer_of(1000, 1000)) == right::registers));
  BOOST_TEST((rules.of(peer_of(1000, 50)) == right::registers));
  BOOST_TEST((rules.of(peer_of(1000, 1000, {49, 51})) == right::operate));
  BOOST_TEST((rules.of(peer_of(1001, 1001, {50})) == right::read));
  BOOST_TEST((rules.of(peer_of(1001, 50)) == right::read));
  BOOST_TEST((rules.of(peer_of(1001, 1001)) == right::none));
}

BOOST_AUTO_TEST_CASE(root_and_users_without_a_number_here_count_only_where_that_user_is_named) {
  access_rules const general({anybody(right::registers), group(0, right::operate), group(50, right::operate)});
  for (auto const each : {uid_t{0}, overflow_user, static_cast<uid_t>(-1)}) {
    BOOST_TEST((general.of(peer_of(each, 0, {50})) == right::none));
    access_rules const named({user(each, right::read)});
    BOOST_TEST((named.of(peer_of(each, 0)) == right::read));
  }
}

BOOST_AUTO_TEST_CASE(nobody_without_credentials_has_a_right) {
  access_rules const rules({anybody(right::operate)});
  BOOST_TEST((rules.of({}) == right::none));
  BOOST_TEST((rules.of(peer_of(1000, 1000)) == right::operate));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(access_over_the_socket)

// Each call that needs a right, with a request that would otherwise come to something else than a 403.
BOOST_AUTO_TEST_CASE(every_route_is_held_to_its_right) {
  readers_socket only_reading;
  may_register also_registering;
  fixture everything;
  for (auto const& each : routes()) {
    std::string path(each.path);
    for (auto const* const name : {"{consent_id}", "{delivery_id}", "{resource_id}", "{family}", "{name}"}) {
      auto const at = path.find(name);
      if (at != std::string::npos) {
        path.replace(at, std::string_view(name).size(), std::string_view(name) == "{family}" ? "payment" : "7");
      }
    }
    if (each.where == endpoint::stream_events || each.where == endpoint::snapshot) {
      path += "?after=nonsense"; // refused as such, or there would be no end
    }
    auto const refused = [&](fixture& by) { return by.call(std::string(each.method), path).status == 403; };
    BOOST_TEST_CONTEXT(each.method << ' ' << each.path) {
      BOOST_TEST(refused(only_reading) == (each.needs > right::read));
      BOOST_TEST(refused(also_registering) == (each.needs > right::registers));
      BOOST_TEST(!refused(everything));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(refusal_says_who_has_which_right_and_which_is_needed, may_read) {
  auto const answer = put("/v1/consents/c", R"({"kind":"account-access","issuer":"https://bank-a.example"})");
  BOOST_TEST(field_of_problem(answer, 403, "not-permitted").empty());
  BOOST_TEST(answer.body.find("User " + std::to_string(::geteuid()) + " has the right \\\"read\\\"") !=
             std::string::npos);
  BOOST_TEST(answer.body.find("needs \\\"register\\\"") != std::string::npos);
  BOOST_TEST(get("/v1/consents/c").status == 404);
}

BOOST_FIXTURE_TEST_CASE(who_has_no_right_learns_nothing, may_nothing) {
  for (auto const* const target :
       {"/v1/consents", "/v1/status", "/v1/events", "/v1/no-such-call", "/v1/consents/c?x=y"}) {
    BOOST_TEST(get(target).status == 403);
  }
}

BOOST_FIXTURE_TEST_CASE(connection_goes_on_after_a_refusal, may_read) {
  BOOST_TEST(call("POST", "/v1/reload").status == 403);
  BOOST_TEST(get("/v1/status").status == 200);
}

BOOST_FIXTURE_TEST_CASE(new_rules_count_from_the_next_call_on, may_read) {
  BOOST_TEST(call("POST", "/v1/reload").status == 403);
  calls().replace(this_user(right::operate));
  BOOST_TEST(call("POST", "/v1/reload").status == 200);
  calls().replace(access_rules({}));
  BOOST_TEST(get("/v1/status").status == 403);
}

// They would go on with what their reader may not see any more, until the daemon restarts.
BOOST_FIXTURE_TEST_CASE(streams_of_whom_new_rules_give_nothing_end, may_read) {
  announce("c");
  BOOST_TEST(put("/v1/consumers/a", "{}").status == 201);
  int announced = 0;
  for (auto const* const target : {"/v1/events", "/v1/snapshot", "/v1/consumers/a/events"}) {
    calls().replace(this_user(right::read));
    subscriber reader(socket(), target);
    reader.wait_for(1);
    calls().replace(this_user(right::operate));
    auto const more = "more-" + std::to_string(++announced);
    announce(more);
    reader.wait_for_text(more);
    calls().replace(access_rules({}));
    reader.wait_for_end();
    BOOST_TEST(reader.text().ends_with("event: end\ndata: {\"reason\":\"not-permitted\"}\n\n"), reader.text());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::localapi::testing
