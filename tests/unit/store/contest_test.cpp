// Who may say whose consent it is where the first event binds it.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

struct binding_store : store_fixture {
  binding_store() {
    settings.unknown = store::sqlite::unknown_consents::bind;
    open();
  }

  store::announcement named(std::string_view issuer, consent::kind kind = consent::kind::account_access) {
    store::announcement asked;
    asked.consent_id = "c";
    asked.issuer = issuer;
    asked.kind = kind;
    asked.uid = 4711;
    return asked;
  }

  store::announced bind(store::announcement asked) {
    auto made = await(store->bind(std::move(asked)));
    BOOST_REQUIRE_MESSAGE(made, "bind");
    return std::move(*made);
  }

  failure bind_fails(store::announcement asked) {
    auto const made = await(store->bind(std::move(asked)));
    BOOST_REQUIRE(!made);
    return made.error();
  }

  // What other_bank says of the same consent.
  static consent::report claim(status what, int at) {
    auto event = report_of("c", what, at);
    event.issuer = other_bank;
    return event;
  }

  consent::usability usable() {
    auto const kept = find("c");
    return consent::usable(kept ? std::optional(kept->state) : std::nullopt, {}, noon(), std::chrono::seconds(60));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(contest, binding_store)

BOOST_AUTO_TEST_CASE(event_of_a_second_issuer_contests_what_only_an_event_has_bound) {
  settle(report_of("c", status::authorized, 0));
  BOOST_TEST((usable() == consent::usability::usable));
  BOOST_TEST(word(settle(claim(status::authorized, 1), "j")) == "issuer-mismatch");
  auto const kept = find("c");
  BOOST_TEST(kept->state.flags.contested);
  BOOST_TEST(kept->state.claimant.value() == other_bank);
  BOOST_TEST(kept->state.issuer == bank);
  BOOST_TEST((kept->state.status == status::authorized));
  BOOST_TEST((usable() == consent::usability::contested));
  auto const entries = told();
  BOOST_REQUIRE_EQUAL(entries.size(), 2U);
  BOOST_TEST(entries[1].alert);
  BOOST_TEST(entries[1].flags.contested);
  BOOST_TEST((entries[1].delivery == 2));
  BOOST_TEST(!entries[1].disposition);
  reopen();
  BOOST_TEST((usable() == consent::usability::contested));
  BOOST_TEST(find("c")->state.claimant.value() == other_bank);
}

BOOST_AUTO_TEST_CASE(the_same_claim_again_is_not_told_again_and_another_claimant_is) {
  settle(report_of("c", status::authorized, 0));
  settle(claim(status::authorized, 1));
  settle(claim(status::revoked, 2));
  BOOST_TEST(told().size() == 2U);
  auto third = claim(status::authorized, 3);
  third.issuer = "https://bank-c.example";
  settle(third);
  BOOST_TEST(told().size() == 3U);
  BOOST_TEST(find("c")->state.claimant.value() == "https://bank-c.example");
}

BOOST_AUTO_TEST_CASE(expired_claim_contests_and_a_replayed_one_does_not) {
  settle(report_of("c", status::authorized, 0));
  auto other = report_of("d", status::authorized, 0);
  other.issuer = other_bank;
  settle(other, "j");
  BOOST_TEST(word(settle(claim(status::authorized, 1), "j")) == "replay");
  BOOST_TEST(!find("c")->state.flags.contested);
  auto const id = append("late");
  take();
  auto late = settlement_of(id, claim(status::revoked, 1));
  late.expired = true;
  auto const became = settle(std::move(late));
  BOOST_TEST(word(became) == "expired");
  BOOST_TEST(find("c")->state.flags.contested);
  BOOST_TEST(!find("c")->state.flags.in_doubt);
}

BOOST_AUTO_TEST_CASE(announced_consent_cannot_be_contested) {
  settle(report_of("c", status::authorized, 0));
  announce("c");
  BOOST_TEST(word(settle(claim(status::revoked, 1))) == "issuer-mismatch");
  BOOST_TEST(!find("c")->state.flags.contested);
  BOOST_TEST(told().size() == 2U);
}

BOOST_AUTO_TEST_CASE(contested_consent_goes_on_to_be_recorded_and_stays_contested) {
  settle(report_of("c", status::authorized, 0));
  settle(claim(status::authorized, 1));
  BOOST_TEST(word(settle(report_of("c", status::suspended, 2))) == "applied");
  BOOST_TEST(word(settle(report_of("c", status::revoked, 3))) == "applied");
  BOOST_TEST(find("c")->state.flags.contested);
  BOOST_TEST((find("c")->state.status == status::revoked));
}

BOOST_AUTO_TEST_CASE(announcing_a_contested_consent_is_a_conflict_whoever_is_named) {
  settle(report_of("c", status::authorized, 0));
  settle(claim(status::authorized, 1));
  for (auto const issuer : {bank, other_bank}) {
    auto const made = await(store->announce(named(issuer)));
    BOOST_REQUIRE(!made);
    BOOST_TEST(made.error().code == reason::conflict);
    BOOST_TEST(made.error().detail.find("contested") != std::string::npos);
    BOOST_TEST(made.error().detail.find(bank) != std::string::npos);
    BOOST_TEST(made.error().detail.find(other_bank) != std::string::npos);
  }
  BOOST_TEST(find("c")->state.flags.contested);
  BOOST_TEST((find("c")->state.bound == consent::binding::by_event));
}

BOOST_AUTO_TEST_CASE(decision_for_the_present_issuer_keeps_the_state) {
  settle(report_of("c", status::authorized, 0));
  settle(claim(status::authorized, 1));
  auto const made = bind(named(bank));
  BOOST_TEST(!made.created);
  BOOST_TEST((made.consent.state.status == status::authorized));
  BOOST_TEST(made.consent.state.resource == report_of("c", status::authorized, 0).resource);
  reopen();
  auto const kept = find("c")->state;
  BOOST_TEST(!kept.flags.contested);
  BOOST_TEST(!kept.claimant);
  BOOST_TEST((kept.bound == consent::binding::announced));
  BOOST_TEST((usable() == consent::usability::usable));
  auto const entry = told().back();
  BOOST_TEST((entry.type == store::entry_type::announced));
  BOOST_TEST((entry.uid == 4711U));
  BOOST_TEST(entry.issuer == bank);
  // It cannot be contested again.
  settle(claim(status::revoked, 2));
  BOOST_TEST((usable() == consent::usability::usable));
}

BOOST_AUTO_TEST_CASE(decision_for_the_claimant_drops_all_that_the_squatter_said) {
  auto squatter = report_of("c", status::revoked, 9);
  squatter.kind = consent::kind::payment;
  squatter.base_consent_id = "squatters-base";
  squatter.revoked_by = "LFI";
  squatter.permissions = consent::permission_set::of({"ReadNothing"});
  settle(squatter);
  settle(claim(status::authorized, 1), "j");
  auto const made = bind(named(other_bank));
  BOOST_TEST(!made.consent.state.status);
  BOOST_TEST(made.consent.state.resource.empty());
  reopen();
  auto const kept = find("c")->state;
  BOOST_TEST(kept.issuer == other_bank);
  BOOST_TEST((kept.kind == consent::kind::account_access));
  BOOST_TEST((kept.bound == consent::binding::announced));
  BOOST_TEST(!kept.status);
  BOOST_TEST(!kept.status_time);
  BOOST_TEST(!kept.event_time);
  BOOST_TEST(!kept.expiry);
  BOOST_TEST(!kept.base_consent_id);
  BOOST_TEST(!kept.revoked_by);
  BOOST_TEST(!kept.permissions);
  BOOST_TEST(!kept.claimant);
  BOOST_TEST(kept.resource.empty());
  BOOST_TEST((kept.flags == consent::flags{}));
  BOOST_TEST((usable() == consent::usability::unknown));
  auto const entry = told().back();
  BOOST_TEST((entry.type == store::entry_type::announced));
  BOOST_TEST((entry.uid == 4711U));
  BOOST_TEST(entry.issuer == other_bank);
  BOOST_TEST((entry.previous == status::revoked));
  BOOST_TEST(!entry.status);
  BOOST_TEST(count().consents == 1U);
  // The right bank's events count, though older than the squatter's; the squatter's do not.
  BOOST_TEST(word(settle(claim(status::authorized, 1), "j")) == "applied");
  BOOST_TEST(word(settle(squatter)) == "issuer-mismatch");
  BOOST_TEST((usable() == consent::usability::usable));
}

BOOST_AUTO_TEST_CASE(event_equal_to_the_squatters_is_no_duplicate_of_it) {
  settle(report_of("c", status::authorized, 0));
  settle(claim(status::authorized, 0));
  bind(named(other_bank));
  BOOST_TEST(word(settle(claim(status::authorized, 0))) == "applied");
  BOOST_TEST(word(settle(claim(status::authorized, 0))) == "duplicate");
}

BOOST_AUTO_TEST_CASE(decision_names_one_of_the_two_and_a_kind_that_fits) {
  settle(report_of("c", status::authorized, 0));
  settle(claim(status::authorized, 1));
  auto const third = bind_fails(named("https://bank-c.example"));
  BOOST_TEST(third.code == reason::conflict);
  BOOST_TEST(third.detail.find(other_bank) != std::string::npos);
  BOOST_TEST(bind_fails(named(bank, consent::kind::payment)).code == reason::conflict);
  auto unknown = named(bank);
  unknown.consent_id = "nobody";
  BOOST_TEST(bind_fails(unknown).code == reason::not_found);
  BOOST_TEST(find("c")->state.flags.contested);
}

BOOST_AUTO_TEST_CASE(decision_again_changes_nothing_and_another_one_is_a_conflict) {
  settle(report_of("c", status::authorized, 0));
  settle(claim(status::authorized, 1));
  bind(named(other_bank));
  auto const entries = told().size();
  bind(named(other_bank));
  BOOST_TEST(told().size() == entries);
  BOOST_TEST(bind_fails(named(bank)).code == reason::conflict);
}

// A slip in an announcement would leave the consent to nobody: the real bank's events are refused, and nothing contests
// it.
BOOST_AUTO_TEST_CASE(announcement_that_was_wrong_is_mended_until_the_first_event_has_come) {
  auto wrong = named("https://bnak.example", consent::kind::payment);
  wrong.expiry = noon();
  BOOST_REQUIRE(await(store->announce(wrong)));
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0))) == "issuer-mismatch");
  auto const made = bind(named(bank));
  BOOST_TEST((made.consent.state.issuer == bank));
  BOOST_TEST((made.consent.state.kind == consent::kind::account_access));
  BOOST_TEST(!made.consent.state.expiry.has_value());
  auto const entry = told().back();
  BOOST_TEST((entry.left_issuer == "https://bnak.example"));
  BOOST_TEST((entry.left_kind == consent::kind::payment));
  BOOST_TEST((entry.uid == 4711U));
  auto const past = await(store->history("c", 0, 10)).value();
  BOOST_TEST((past.back().left_issuer == "https://bnak.example"));
  BOOST_TEST((past.back().left_kind == consent::kind::payment));
  BOOST_TEST(word(settle(report_of("c", status::authorized, 1))) == "applied");
  BOOST_TEST(bind_fails(named(other_bank)).code == reason::conflict);
  BOOST_TEST((find("c")->state.issuer == bank));
}

BOOST_AUTO_TEST_CASE(entry_of_the_decision_names_the_issuer_and_kind_that_the_consent_has_left) {
  settle(report_of("c", status::authorized, 0));
  auto theirs = claim(status::authorized, 1);
  theirs.kind = consent::kind::payment;
  settle(theirs);
  BOOST_TEST(!told().back().left_issuer.has_value());
  bind(named(other_bank, consent::kind::payment));
  auto const entry = told().back();
  BOOST_TEST(entry.issuer == other_bank);
  BOOST_TEST((entry.left_issuer == bank));
  BOOST_TEST((entry.kind == consent::kind::payment));
  BOOST_TEST((entry.left_kind == consent::kind::account_access));
  reopen();
  BOOST_TEST((told().back().left_issuer == bank));
}

BOOST_AUTO_TEST_CASE(decision_for_the_issuer_that_has_it_leaves_nothing) {
  settle(report_of("c", status::authorized, 0));
  settle(claim(status::authorized, 1));
  bind(named(bank));
  BOOST_TEST(!told().back().left_issuer.has_value());
  BOOST_TEST(!told().back().left_kind.has_value());
}

BOOST_AUTO_TEST_CASE(links_to_a_consent_that_turns_out_to_be_anothers_are_undone) {
  settle(report_of("c", status::authorized, 0));
  auto renewal = report_of("renewal", status::authorized, 0);
  renewal.base_consent_id = "c";
  settle(renewal);
  BOOST_TEST((find("renewal")->state.base_consent_id == "c"));
  settle(claim(status::authorized, 1));
  bind(named(other_bank));
  BOOST_TEST(!find("renewal")->state.base_consent_id);
  BOOST_TEST(find("renewal")->state.flags.unlinked);
  auto const entry = told().back();
  BOOST_TEST((entry.type == store::entry_type::unlinked));
  BOOST_TEST(entry.consent_id == "renewal");
  BOOST_TEST(entry.flags.unlinked);
  BOOST_TEST((entry.status == status::authorized));
  BOOST_TEST(find("renewal")->sequence == entry.sequence);
}

BOOST_AUTO_TEST_SUITE_END()
