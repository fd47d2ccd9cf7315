#include "hub/issuer_keys.hpp"

#include "tests/support/jose_maker.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/hub/authority.hpp"
#include "tests/unit/hub/key_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <map>

using namespace consentd;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr auto bank = "https://a.example";

std::string set_with(std::string const& kid) {
  static auto const key = tests::rsa_key::generate();
  return tests::jwk_set_of({key.public_jwk(kid)});
}

std::shared_ptr<jose::jwk_set const> parsed(std::string const& kid) {
  return std::make_shared<jose::jwk_set const>(jose::jwk_set::parse(set_with(kid)).value());
}

std::shared_ptr<hub::fetcher const> loopback_fetcher() {
  tests::temporary_folder const folder;
  tests::write_text(folder / "ca.crt", tests::authority().certificate());
  hub::fetch_rules rules;
  rules.hosts = {"localhost"};
  rules.private_addresses = true;
  return std::make_shared<hub::fetcher const>(hub::make_client_context(folder / "ca.crt").value(), rules);
}

timestamp now() {
  return system_clock().now();
}

// Refreshing runs in a thread; what it tells is waited for.
struct refreshing {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy{context.get_executor()};
  std::mutex guard;
  std::condition_variable changed;
  std::map<std::string, int> arrivals;
  std::vector<hub::published_set> kept;
  std::map<std::string, std::vector<std::string>> in_force; // key ids, by issuer
  hub::issuer_keys keys;
  std::thread thread;

  explicit refreshing(std::vector<hub::key_origin> origins, hub::refresh_settings how = {})
      : keys(context.get_executor(), {std::move(origins), how, loopback_fetcher()}, system_clock(), silent_log(),
             {.arrived =
                  [this](std::string const& issuer) {
                    std::lock_guard const lock(guard);
                    ++arrivals[issuer];
                    changed.notify_all();
                  },
              .changed =
                  [this](std::string const& issuer, std::vector<std::string> const& kids) {
                    std::lock_guard const lock(guard);
                    in_force[issuer] = kids;
                    changed.notify_all();
                  },
              .keep =
                  [this](std::string const&, hub::published_set const& set) {
                    std::lock_guard const lock(guard);
                    kept.push_back(set);
                  }}) {
    keys.start();
    thread = std::thread([this] { context.run(); });
  }
  ~refreshing() {
    asio::co_spawn(context, keys.stop(), asio::use_future).get();
    busy.reset();
    thread.join();
  }
  void wait_for(std::string const& issuer, int times = 1) {
    std::unique_lock lock(guard);
    BOOST_REQUIRE(changed.wait_for(lock, 60s, [&] { return arrivals[issuer] >= times; }));
  }
  std::string find(std::string const& issuer, std::string const& kid, timestamp received = now()) {
    auto const found = keys.find(issuer, kid, received);
    return found ? "found" : std::string(to_string(found.error().code));
  }
  void replace(std::vector<hub::key_origin> origins) {
    asio::co_spawn(context, keys.replace({std::move(origins), {}, loopback_fetcher()}), asio::use_future).get();
  }
  hub::refreshed refresh(std::chrono::milliseconds patience = 60s) {
    return asio::co_spawn(context, keys.refresh(bank, patience), asio::use_future).get();
  }
};

hub::refresh_settings at_once() {
  hub::refresh_settings how;
  how.early = 0ms;
  how.first_retry = 1ms;
  return how;
}

struct issuer_scene {
  tests::key_server server{tests::authority().issue()};
  issuer_scene() { server.answer(200, set_with("one")); }
  void wait_until_asked(std::size_t times) {
    while (server.asked() < times) {
      std::this_thread::yield();
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(issuer_keys, issuer_scene)

BOOST_AUTO_TEST_CASE(a_key_is_known_by_issuer_and_kid_together) {
  refreshing pinned({{bank, parsed("one")}, {"https://b.example", parsed("two")}});
  BOOST_TEST(pinned.find(bank, "one") == "found");
  BOOST_TEST(pinned.find(bank, "two") == "unknown-signing-key");
  BOOST_TEST(pinned.find("https://b.example", "one") == "unknown-signing-key");
  BOOST_TEST(pinned.find("https://c.example", "one") == "unknown-issuer");
  BOOST_TEST(pinned.find("https://a.example/", "one") == "unknown-issuer");
  BOOST_TEST((pinned.refresh() == hub::refreshed::pinned));
}

BOOST_AUTO_TEST_CASE(issuers_are_replaced_while_keys_are_asked_for) {
  server.answer(503, "");
  refreshing live({{bank, server.url()}, {"https://b.example", parsed("two")}});
  BOOST_TEST(live.find(bank, "one") == "keys-unavailable");
  live.replace({{bank, parsed("one")}, {"https://c.example", parsed("three")}});
  BOOST_TEST(live.find(bank, "one") == "found");
  BOOST_TEST(live.find("https://b.example", "two") == "unknown-issuer");
  BOOST_TEST(live.find("https://c.example", "three") == "found");
  live.wait_for("https://c.example");
  live.wait_for(bank);
  BOOST_TEST(live.in_force[bank] == std::vector<std::string>{"one"}, boost::test_tools::per_element());
  BOOST_TEST(live.keys.standing().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_place_that_stays_is_not_asked_again_by_a_replacement_and_distrust_counts_at_once) {
  refreshing live({{bank, server.url()}});
  live.wait_for(bank);
  live.replace({{bank, server.url()}});
  BOOST_TEST(live.find(bank, "one") == "found");
  live.replace({{.issuer = bank, .from = server.url(), .distrusted = {"one"}}});
  BOOST_TEST(live.find(bank, "one") == "unknown-signing-key");
  live.replace({{bank, server.url()}});
  BOOST_TEST(live.find(bank, "one") == "found");
  BOOST_TEST(server.asked() == 1U);
}

BOOST_AUTO_TEST_CASE(a_place_that_changes_is_asked_at_once_and_what_was_published_holds_for_what_came_before) {
  tests::key_server other{tests::authority().issue()};
  other.answer(200, set_with("two"));
  refreshing live({{bank, server.url()}});
  live.wait_for(bank);
  auto const before = now();
  live.replace({{bank, other.url()}});
  live.wait_for(bank, 2);
  BOOST_TEST(live.find(bank, "one", before) == "found");
  BOOST_TEST(live.find(bank, "two", before) == "found");
  BOOST_TEST(live.find(bank, "one", now()) == "keys-unavailable"); // not asked for since
  BOOST_TEST(live.find(bank, "two", now()) == "found");
  BOOST_TEST(server.asked() == 1U);
}

BOOST_AUTO_TEST_CASE(whoever_waits_for_an_issuer_that_is_replaced_is_told_so) {
  // Connections are taken by the kernel, and nobody answers.
  auto const silent = net::bound_socket::tcp("127.0.0.1", 0).value();
  refreshing live({{bank, "https://localhost:" + silent.name().substr(silent.name().rfind(':') + 1) + "/"}});
  auto waits = asio::co_spawn(live.context, live.keys.refresh(bank, 60s), asio::use_future);
  live.replace({{bank, parsed("one")}});
  BOOST_TEST((waits.get() == hub::refreshed::failed));
  BOOST_TEST(live.find(bank, "one") == "found");
}

BOOST_AUTO_TEST_CASE(an_issuer_without_a_set_lacks_keys_until_they_arrive) {
  server.answer(503, "");
  refreshing live({{bank, server.url()}, {"https://b.example", parsed("two")}}, at_once());
  BOOST_TEST(live.find(bank, "one") == "keys-unavailable");
  // Another issuer is not touched by that.
  BOOST_TEST(live.find("https://b.example", "two") == "found");
  server.answer(200, set_with("one"));
  live.wait_for(bank);
  BOOST_TEST(live.find(bank, "one") == "found");
}

BOOST_AUTO_TEST_CASE(the_last_good_set_serves_on_while_refreshing_fails) {
  auto often = at_once();
  often.fresh = 0s;
  refreshing live({{bank, server.url()}}, often);
  live.wait_for(bank);
  for (auto const* broken : {"", "{}", "not json", R"({"keys":7})"}) {
    server.answer(200, broken);
    wait_until_asked(server.asked() + 2);
    BOOST_TEST(live.find(bank, "one") == "found");
  }
  BOOST_TEST(live.keys.standing().front().failures > 0U);
}

BOOST_AUTO_TEST_CASE(a_set_that_is_too_old_is_no_longer_in_force) {
  auto brief = at_once();
  brief.stale_for = 0s;
  refreshing live({{bank, server.url()}}, brief);
  live.wait_for(bank);
  BOOST_TEST(live.find(bank, "one", now() + 500s) == "found");
  BOOST_TEST(live.find(bank, "one", now() + 700s) == "keys-unavailable");
}

BOOST_AUTO_TEST_CASE(an_unknown_kid_has_the_set_asked_for_at_once_and_is_judged_by_that) {
  refreshing live({{bank, server.url()}});
  live.wait_for(bank);
  auto const received = now();
  server.answer(200, set_with("two"));
  BOOST_TEST(live.find(bank, "two", received) == "keys-unavailable");
  live.wait_for(bank, 2);
  BOOST_TEST(live.find(bank, "two", received) == "found");
  BOOST_TEST(live.find(bank, "three", received) == "unknown-signing-key");
  BOOST_TEST(server.asked() == 2U);
}

BOOST_AUTO_TEST_CASE(however_many_unknown_kids_come_the_issuer_is_asked_out_of_turn_once_in_a_while) {
  refreshing live({{bank, server.url()}});
  live.wait_for(bank);
  for (int turn = 0; turn < 1000; ++turn) {
    BOOST_TEST(live.find(bank, "unknown", now()) == "keys-unavailable");
  }
  live.wait_for(bank, 2);
  for (int turn = 0; turn < 1000; ++turn) {
    live.find(bank, "unknown", now());
  }
  BOOST_TEST((live.refresh() == hub::refreshed::too_soon));
  BOOST_TEST(server.asked() == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_too_soon_is_asked_for_later) {
  auto how = at_once();
  how.early = 50ms;
  refreshing live({{bank, server.url()}}, how);
  live.wait_for(bank);
  for (int turn = 2; turn < 6; ++turn) {
    live.keys.ask_for(bank);
    live.wait_for(bank, turn);
  }
  BOOST_TEST(server.asked() >= 5U);
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_refresh_learns_what_came_of_it) {
  refreshing live({{bank, server.url()}}, at_once());
  live.wait_for(bank);
  BOOST_TEST((live.refresh() == hub::refreshed::fetched));
  server.answer(500, "");
  BOOST_TEST((live.refresh() == hub::refreshed::failed));
  BOOST_TEST((live.refresh(0ms) == hub::refreshed::failed));
}

BOOST_AUTO_TEST_CASE(who_waits_for_what_was_just_found_lacking_gets_that_fetch) {
  refreshing live({{bank, server.url()}});
  live.wait_for(bank);
  server.answer(200, set_with("two"));
  auto const received = now();
  // On the one thread that refreshes, so that the wait begins before the fetch.
  auto const became = asio::co_spawn(
                          live.context,
                          [](refreshing* by, timestamp at) -> asio::awaitable<hub::refreshed> {
                            by->find(bank, "two", at);
                            co_return co_await by->keys.refresh(bank, 60s);
                          }(&live, received),
                          asio::use_future)
                          .get();
  BOOST_TEST((became == hub::refreshed::fetched));
  BOOST_TEST(live.find(bank, "two", received) == "found");
  BOOST_TEST(server.asked() == 2U);
}

BOOST_AUTO_TEST_CASE(those_who_wait_at_the_same_time_share_one_fetch) {
  refreshing live({{bank, server.url()}});
  live.wait_for(bank);
  std::vector<std::future<hub::refreshed>> all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(asio::co_spawn(live.context, live.keys.refresh(bank, 60s), asio::use_future));
  }
  int fetched = 0;
  for (auto& each : all) {
    auto const became = each.get();
    BOOST_TEST((became == hub::refreshed::fetched || became == hub::refreshed::too_soon));
    fetched += became == hub::refreshed::fetched ? 1 : 0;
  }
  BOOST_TEST(fetched > 0);
  BOOST_TEST(server.asked() == 2U);
}

BOOST_AUTO_TEST_CASE(waiting_ends_with_the_daemon) {
  std::future<hub::refreshed> waits;
  {
    auto never = at_once();
    never.early = 3600s;
    server.answer(500, "");
    refreshing live({{bank, "https://localhost:1/jwks"}}, never);
    waits = asio::co_spawn(live.context, live.keys.refresh(bank, 3600s), asio::use_future);
  }
  BOOST_TEST((waits.get() == hub::refreshed::failed));
}

BOOST_AUTO_TEST_CASE(the_discovery_document_says_where_the_keys_are) {
  server.answer(404, "");
  auto const issuer = server.origin() + "/bank";
  server.answer_at("/bank/.well-known/openid-configuration",
                   R"({"issuer":")" + issuer + R"(","jwks_uri":")" + server.origin() + R"(/store/bank"})");
  server.answer_at("/store/bank", set_with("one"));
  refreshing live({{issuer, hub::discovered{}}});
  live.wait_for(issuer);
  BOOST_TEST(live.find(issuer, "one") == "found");
  BOOST_TEST(server.asked() == 2U);
}

BOOST_AUTO_TEST_CASE(the_discovery_document_of_another_issuer_gives_no_keys) {
  auto const issuer = server.origin() + "/bank";
  server.answer_at("/bank/.well-known/openid-configuration",
                   R"({"issuer":")" + server.origin() + R"(/other","jwks_uri":")" + server.url() + R"("})");
  refreshing live({{issuer, hub::discovered{}}}, at_once());
  wait_until_asked(3);
  BOOST_TEST(live.find(issuer, "one") == "keys-unavailable");
}

BOOST_AUTO_TEST_CASE(discovery_does_not_lead_to_hosts_that_are_not_listed) {
  auto const issuer = server.origin() + "/bank";
  server.answer_at("/bank/.well-known/openid-configuration",
                   R"({"issuer":")" + issuer + R"(","jwks_uri":")" + server.url("127.0.0.1") + R"("})");
  refreshing live({{issuer, hub::discovered{}}}, at_once());
  wait_until_asked(3); // the document alone, again and again
  BOOST_TEST(live.find(issuer, "one") == "keys-unavailable");
}

BOOST_AUTO_TEST_CASE(a_key_set_that_moves_is_found_again) {
  server.answer(404, "");
  auto const issuer = server.origin() + "/bank";
  auto const document = [&](std::string const& path) {
    return R"({"issuer":")" + issuer + R"(","jwks_uri":")" + server.origin() + path + R"("})";
  };
  server.answer_at("/bank/.well-known/openid-configuration", document("/old"));
  server.answer_at("/old", set_with("one"));
  auto often = at_once();
  often.fresh = 0s;
  refreshing live({{issuer, hub::discovered{}}}, often);
  live.wait_for(issuer);
  server.answer_at("/new", set_with("two"));
  server.answer_at("/bank/.well-known/openid-configuration", document("/new"));
  server.answer_at("/old", "gone");
  while (live.find(issuer, "two") != "found") {
    std::this_thread::yield();
  }
}

BOOST_AUTO_TEST_CASE(a_start_without_network_has_the_keys_of_the_run_before) {
  std::vector<hub::published_set> kept;
  {
    refreshing before({{bank, server.url()}});
    before.wait_for(bank);
    std::lock_guard const lock(before.guard);
    kept = before.kept;
  }
  BOOST_REQUIRE(kept.size() == 1U);
  hub::key_origin origin{bank, "https://localhost:1/jwks"};
  origin.kept = kept;
  refreshing after({origin});
  BOOST_TEST(after.find(bank, "one") == "found");
  BOOST_TEST(after.keys.standing().front().keys == 1U);
}

BOOST_AUTO_TEST_CASE(a_distrusted_kid_does_not_count_though_it_is_published) {
  hub::key_origin origin{bank, server.url()};
  origin.distrusted = {"one"};
  refreshing live({origin});
  live.wait_for(bank);
  BOOST_TEST(live.find(bank, "one") == "unknown-signing-key");
}

BOOST_AUTO_TEST_SUITE_END()
