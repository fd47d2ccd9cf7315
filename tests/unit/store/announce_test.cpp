#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using consent::status;

BOOST_FIXTURE_TEST_SUITE(announce, store_fixture)

BOOST_AUTO_TEST_CASE(new_consent_is_created_and_told) {
  open();
  auto const made = announce("c", bank, consent::kind::payment, noon() + std::chrono::hours(1));
  BOOST_TEST(made.created);
  BOOST_TEST(made.released == 0U);
  BOOST_TEST(made.consent.state.consent_id == "c");
  BOOST_TEST(made.consent.sequence == 1U);
  auto const entries = told();
  BOOST_REQUIRE_EQUAL(entries.size(), 1U);
  BOOST_TEST((entries[0].type == store::entry_type::announced));
  BOOST_TEST((entries[0].uid == 1000U));
  BOOST_TEST(entries[0].interaction_id.empty());
  BOOST_TEST(!entries[0].delivery);
  BOOST_TEST(!entries[0].disposition);
  reopen();
  auto const kept = find("c");
  BOOST_TEST((kept->state.bound == consent::binding::announced));
  BOOST_TEST((kept->state.kind == consent::kind::payment));
  BOOST_TEST((kept->state.expiry == noon() + std::chrono::hours(1)));
  BOOST_TEST(!kept->state.status);
  BOOST_TEST(count().consents == 1U);
}

BOOST_AUTO_TEST_CASE(same_announcement_again_changes_nothing) {
  open();
  announce("c");
  auto const again = announce("c");
  BOOST_TEST(!again.created);
  BOOST_TEST(again.consent.sequence == 1U);
  BOOST_TEST(told().size() == 1U);
  BOOST_TEST(count().consents == 1U);
}

BOOST_AUTO_TEST_CASE(another_issuer_or_kind_conflicts_and_the_detail_says_what_is_known) {
  open();
  announce("c");
  store::announcement asked;
  asked.consent_id = "c";
  asked.issuer = other_bank;
  auto const issuer = await(store->announce(asked));
  BOOST_REQUIRE(!issuer);
  BOOST_TEST(issuer.error().code == reason::conflict);
  BOOST_TEST(issuer.error().detail.find(bank) != std::string::npos);
  asked.issuer = bank;
  asked.kind = consent::kind::insurance;
  auto const kind = await(store->announce(asked));
  BOOST_REQUIRE(!kind);
  BOOST_TEST(kind.error().code == reason::conflict);
  BOOST_TEST(kind.error().detail.find("account-access") != std::string::npos);
  BOOST_TEST(told().size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_base_consent_conflicts_and_none_is_no_other) {
  open();
  announce("base");
  announce("base-2");
  store::announcement asked;
  asked.consent_id = "c";
  asked.issuer = bank;
  asked.base_consent_id = "base";
  BOOST_REQUIRE(await(store->announce(asked)));
  asked.base_consent_id = "base-2";
  auto const other = await(store->announce(asked));
  BOOST_REQUIRE(!other);
  BOOST_TEST(other.error().code == reason::conflict);
  BOOST_TEST(other.error().detail.ends_with(": base"));
  asked.base_consent_id.reset();
  BOOST_REQUIRE(await(store->announce(asked)));
  BOOST_TEST((find("c")->state.base_consent_id == "base"));
}

BOOST_AUTO_TEST_CASE(narrower_expiry_is_taken_and_told_a_wider_one_is_not) {
  open();
  auto const hour = [](int hours) { return noon() + std::chrono::hours(hours); };
  announce("c", bank, consent::kind::account_access, hour(5));
  BOOST_TEST((announce("c", bank, consent::kind::account_access, hour(6)).consent.state.expiry == hour(5)));
  BOOST_TEST(told().size() == 1U);
  BOOST_TEST((announce("c", bank, consent::kind::account_access, hour(4)).consent.state.expiry == hour(4)));
  BOOST_TEST(told().size() == 2U);
  BOOST_TEST((find("c")->state.expiry == hour(4)));
}

BOOST_AUTO_TEST_CASE(consent_bound_by_an_event_becomes_announced_with_its_resource) {
  settings.unknown = store::sqlite::unknown_consents::bind;
  open();
  auto const event = report_of("c", status::authorized, 0);
  settle(event);
  auto const made = announce("c");
  BOOST_TEST(!made.created);
  BOOST_TEST((made.consent.state.bound == consent::binding::announced));
  BOOST_TEST(made.consent.state.resource == event.resource);
  BOOST_TEST((made.consent.state.status == status::authorized));
  BOOST_TEST(made.consent.sequence == 2U);
  BOOST_TEST((find("c")->state.bound == consent::binding::announced));
}

BOOST_AUTO_TEST_CASE(unfit_base_consent_is_flagged_once) {
  open();
  announce("foreign", other_bank);
  store::announcement asked;
  asked.consent_id = "c";
  asked.issuer = bank;
  asked.base_consent_id = "foreign";
  for (int i = 0; i < 2; ++i) {
    auto const made = await(store->announce(asked));
    BOOST_REQUIRE(made);
    BOOST_TEST(!made->consent.state.base_consent_id);
    BOOST_TEST(made->consent.state.flags.unlinked);
  }
  BOOST_TEST(told().size() == 2U);
}

BOOST_AUTO_TEST_CASE(live_consents_lapse_at_their_expiry_once) {
  open();
  announce("a", bank, consent::kind::account_access, noon() + std::chrono::seconds(10));
  settle(report_of("b", status::authorized, 0)); // held, not a consent
  announce("c", bank, consent::kind::account_access, noon() + std::chrono::seconds(11));
  announce("ended", bank, consent::kind::account_access, noon() + std::chrono::seconds(1));
  auto const held = take_ids();
  settle(report_of("ended", status::revoked, 0));
  announce("never");
  auto const before = told().size();

  BOOST_TEST(*await(store->lapse(noon() + std::chrono::microseconds(9'999'999), 10)) == 0U);
  BOOST_TEST(*await(store->lapse(noon() + std::chrono::seconds(10), 10)) == 1U);
  BOOST_TEST(*await(store->lapse(noon() + std::chrono::seconds(10), 10)) == 0U);
  BOOST_TEST(find("a")->state.flags.lapsed);
  auto const entries = told();
  BOOST_REQUIRE_EQUAL(entries.size(), before + 1);
  BOOST_TEST((entries.back().type == store::entry_type::lapsed));
  BOOST_TEST(entries.back().consent_id == "a");
  BOOST_TEST(entries.back().flags.lapsed);
  reopen();
  BOOST_TEST(*await(store->lapse(noon() + std::chrono::hours(1000), 10)) == 1U);
  BOOST_TEST(find("c")->state.flags.lapsed);
  BOOST_TEST(!find("ended")->state.flags.lapsed);
}

BOOST_AUTO_TEST_CASE(lapse_stops_at_its_bound) {
  open();
  for (auto const* id : {"a", "b", "c"}) {
    announce(id, bank, consent::kind::account_access, noon());
  }
  BOOST_TEST(*await(store->lapse(noon(), 2)) == 2U);
  BOOST_TEST(*await(store->lapse(noon(), 2)) == 1U);
  BOOST_TEST(*await(store->lapse(noon(), 2)) == 0U);
}

BOOST_AUTO_TEST_CASE(expiry_that_an_event_narrows_moves_the_lapse) {
  open();
  announce("c", bank, consent::kind::account_access, noon() + std::chrono::hours(48));
  settle(report_of("c", status::authorized, 0)); // 24 hours
  BOOST_TEST(*await(store->lapse(noon() + std::chrono::hours(24), 10)) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
