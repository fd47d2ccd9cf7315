#include "tests/unit/localapi/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace consentd;
using namespace consentd::localapi;
using namespace std::chrono_literals;
using consentd::localapi::testing::at;

namespace {

std::vector<std::string> ids_of(json::document const& page) {
  std::vector<std::string> out;
  auto const rows = page.root().find("consents");
  for (auto row = rows->first(); row; row = row->next()) {
    out.emplace_back(row->get().find_string("consentId").value());
  }
  return out;
}

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(consents_over_the_socket, testing::fixture)

BOOST_AUTO_TEST_CASE(a_consent_shows_its_state_and_its_resource_as_received) {
  announce("c-1");
  std::string const resource = "{\"Status\" : \"Authorized\",\n \"Amount\":1.5000000000000000000001}";
  event("c-1", consent::status::authorized, at("2026-03-27T11:59:00Z"), resource);
  auto const answer = get("/v1/consents/c-1");
  auto const read = json_of(answer);
  auto const root = read.root();
  BOOST_TEST(root.find_string("consentId").value() == "c-1");
  BOOST_TEST(root.find_string("kind").value() == "account-access");
  BOOST_TEST(root.find_string("issuer").value() == testing::issuer_a);
  BOOST_TEST(root.find_string("status").value() == "Authorized");
  BOOST_TEST(root.find_string("statusUpdateDateTime").value() == "2026-03-27T11:59:00Z");
  BOOST_TEST(root.find_string("expirationDateTime").value() == "2026-12-31T00:00:00Z");
  BOOST_TEST(root.find("flags")->size() == 0U);
  BOOST_TEST(root.find("resource")->raw() == resource);
  auto const extent = store().extent();
  BOOST_TEST(root.find_string("place").value() == extent.epoch + "-" + std::to_string(extent.last));
}

BOOST_AUTO_TEST_CASE(an_unknown_consent_is_not_found_and_a_bad_id_is_refused) {
  BOOST_TEST(field_of_problem(get("/v1/consents/nobody"), 404, "not-found") == "consent_id");
  BOOST_TEST(field_of_problem(get("/v1/consents/nobody/history"), 404, "not-found") == "consent_id");
  for (auto const* path :
       {"/v1/consents/a%2Fb", "/v1/consents/a%20b", "/v1/consents/%2E%2E/history", "/v1/consents/a'b/usable"}) {
    BOOST_TEST(field_of_problem(get(path), 400, "invalid-argument") == "consent_id", path);
  }
}

BOOST_AUTO_TEST_CASE(the_list_is_filtered_by_each_parameter) {
  announce("a", consent::kind::account_access, testing::issuer_a);
  announce("b", consent::kind::payment, testing::issuer_b);
  time().advance(1h);
  announce("c", consent::kind::account_access, testing::issuer_a);
  event("c", consent::status::authorized, at("2026-03-27T11:59:00Z"));
  json_of(put("/v1/consents/d", R"({"kind":"account-access","issuer":"https://bank-a.example",)"
                                R"("expirationDateTime":"2026-05-01T00:00:00Z","baseConsentId":"c"})"),
          201);
  auto const listed = [&](std::string const& query) { return ids_of(json_of(get("/v1/consents" + query))); };
  BOOST_TEST(listed("") == (texts{"a", "b", "c", "d"}));
  BOOST_TEST(listed("?status=Authorized") == texts{"c"});
  BOOST_TEST(listed("?status=Revoked") == texts{});
  BOOST_TEST(listed("?kind=payment") == texts{"b"});
  BOOST_TEST(listed("?issuer=https%3A%2F%2Fbank-b.example") == texts{"b"});
  BOOST_TEST(listed("?issuer=https://bank-b.example") == texts{"b"});
  BOOST_TEST(listed("?base_consent_id=c") == texts{"d"});
  BOOST_TEST(listed("?updated_after=2026-03-27T12:30:00Z") == (texts{"c", "d"}));
  BOOST_TEST(listed("?updated_after=2026-03-27T15:30:00+03:00") == (texts{"c", "d"}));
  BOOST_TEST(listed("?expires_before=2026-06-01T00:00:00Z") == texts{"d"});
  BOOST_TEST(listed("?kind=account-access&issuer=https://bank-a.example&limit=2") == (texts{"a", "c"}));
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_refused_by_name) {
  for (auto const& [query, field] : std::vector<std::pair<std::string, std::string>>{
           {"status=authorized", "status"},
           {"status=", "status"},
           {"kind=account", "kind"},
           {"issuer=", "issuer"},
           {"issuer=" + std::string(513, 'x'), "issuer"},
           {"base_consent_id=a%20b", "base_consent_id"},
           {"updated_after=yesterday", "updated_after"},
           {"expires_before=2026-03-27", "expires_before"},
           {"limit=0", "limit"},
           {"limit=1001", "limit"},
           {"limit=-1", "limit"},
           {"limit=1e2", "limit"},
           {"limit=99999999999999999999", "limit"},
           {"cursor=", "cursor"},
           {"cursor=x", "cursor"},
           {"cursor=MTpoaXN0b3J5OjE", "cursor"}, // of another list
           {"sort=id", "sort"},
           {"kind=payment&kind=payment", "kind"},
       }) {
    BOOST_TEST(field_of_problem(get("/v1/consents?" + query), 400, "invalid-argument") == field, query);
  }
  json_of(get("/v1/consents?limit=1000"));
}

BOOST_AUTO_TEST_CASE(every_consent_is_seen_once_while_others_come_and_change) {
  std::set<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    auto const id = "c-" + std::to_string(100 + i);
    announce(id);
    expected.insert(id);
  }
  std::vector<std::string> seen;
  std::string cursor;
  int pages = 0;
  do {
    auto const page = json_of(get("/v1/consents?limit=4" + (cursor.empty() ? "" : "&cursor=" + cursor)));
    for (auto const& id : ids_of(page)) {
      if (expected.contains(id)) {
        seen.push_back(id);
      }
    }
    cursor = page.root().find_string("nextCursor").value_or("");
    // Before and behind the place, and a change to one that was seen and one that was not.
    ++pages;
    announce("a-" + std::to_string(pages));
    announce("d-" + std::to_string(100 - pages));
    event("c-100", pages % 2 == 1 ? consent::status::authorized : consent::status::suspended,
          at("2026-03-27T11:00:00Z") + std::chrono::minutes(pages));
    event("c-124", pages % 2 == 1 ? consent::status::authorized : consent::status::suspended,
          at("2026-03-27T11:00:00Z") + std::chrono::minutes(pages));
  } while (!cursor.empty() && pages < 50);
  BOOST_TEST(seen == (std::vector<std::string>(expected.begin(), expected.end())), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_page_that_ends_with_the_list_has_no_next_one) {
  for (int i = 0; i < 4; ++i) {
    announce("c-" + std::to_string(i));
  }
  BOOST_TEST((json_of(get("/v1/consents?limit=4")).root().find("nextCursor")->type() == json::type::null));
  BOOST_TEST(json_of(get("/v1/consents?limit=3")).root().find_string("nextCursor").has_value());
  BOOST_TEST(json_of(get("/v1/consents?limit=3")).root().find_string("place").has_value());
}

BOOST_AUTO_TEST_CASE(pages_larger_than_one_read_of_the_store_are_whole) {
  for (int i = 0; i < 205; ++i) {
    announce("c-" + std::to_string(1000 + i));
  }
  auto const all = ids_of(json_of(get("/v1/consents?limit=1000")));
  BOOST_TEST(all.size() == 205U);
  BOOST_TEST(std::is_sorted(all.begin(), all.end()));
  auto const page = json_of(get("/v1/consents?limit=200"));
  BOOST_TEST(ids_of(page).size() == 200U);
  BOOST_TEST(page.root().find_string("nextCursor").has_value());
}

BOOST_AUTO_TEST_CASE(an_answer_that_found_nothing_yet_leads_on) {
  crowd(33'000);
  announce("z-1", consent::kind::insurance);
  auto const first = json_of(get("/v1/consents?kind=insurance&limit=10"));
  BOOST_TEST(ids_of(first).empty());
  auto const cursor = first.root().find_string("nextCursor");
  BOOST_TEST_REQUIRE(cursor.has_value());
  auto const second = json_of(get("/v1/consents?kind=insurance&limit=10&cursor=" + std::string(*cursor)));
  BOOST_TEST(ids_of(second) == texts{"z-1"});
  BOOST_TEST((second.root().find("nextCursor")->type() == json::type::null));
}

BOOST_AUTO_TEST_CASE(history_tells_every_disposition_in_order) {
  announce("c-1");
  event("c-1", consent::status::authorized, at("2026-03-27T11:10:00Z"));
  event("c-1", consent::status::suspended, at("2026-03-27T11:00:00Z")); // older: stale
  auto const delivery = event("c-1", consent::status::revoked, at("2026-03-27T11:20:00Z"));
  std::vector<std::string> dispositions;
  std::string cursor;
  do {
    auto const page = json_of(get("/v1/consents/c-1/history?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor)));
    auto const rows = page.root().find("history");
    BOOST_TEST_REQUIRE(rows->size() == 1U);
    auto const row = rows->first()->get();
    dispositions.emplace_back(row.find_string("disposition").value_or(row.find_string("type").value()));
    cursor = page.root().find_string("nextCursor").value_or("");
    if (cursor.empty()) {
      BOOST_TEST(row.find("deliveryId")->integer().value() == delivery);
      BOOST_TEST(row.find_string("previousStatus").value() == "Authorized");
      BOOST_TEST(row.find_string("status").value() == "Revoked");
    }
  } while (!cursor.empty());
  BOOST_TEST(dispositions == (texts{"announced", "applied", "stale", "applied"}), boost::test_tools::per_element());
  BOOST_TEST(field_of_problem(get("/v1/consents/c-1/history?cursor=bm9uZQ"), 400, "invalid-argument") == "cursor");
}

BOOST_AUTO_TEST_CASE(usable_says_why_not) {
  auto const verdict = [&](std::string const& id) {
    auto const answer = get("/v1/consents/" + id + "/usable");
    auto const read = json_of(answer);
    BOOST_TEST(answer.fields.count("etag") == 0U);
    BOOST_TEST(read.root().find_string("asOf").value() == format_date_time(time().now()));
    bool const usable = read.root().find("usable")->boolean().value();
    std::string const reason(read.root().find_string("reason").value());
    BOOST_TEST(usable == (reason == "usable"));
    return reason;
  };
  BOOST_TEST(verdict("nobody") == "unknown");
  announce("c-1");
  BOOST_TEST(verdict("c-1") == "unknown");
  event("c-1", consent::status::authorized, at("2026-03-27T11:59:00Z"));
  BOOST_TEST(verdict("c-1") == "usable");
  event("c-1", consent::status::suspended, at("2026-03-27T11:59:30Z"));
  BOOST_TEST(verdict("c-1") == "not-authorized");
  event("c-1", consent::status::authorized, at("2026-03-27T11:59:40Z"));
  BOOST_TEST(verdict("c-1") == "usable");
  time().advance(std::chrono::days(365));
  BOOST_TEST(verdict("c-1") == "lapsed");
}

BOOST_AUTO_TEST_CASE(nothing_is_usable_while_a_delivery_waits_unopened_for_too_long) {
  announce("c-1");
  event("c-1", consent::status::authorized, at("2026-03-27T11:59:00Z"));
  deliver(new_interaction_id());
  auto const reason = [&] {
    return std::string(json_of(get("/v1/consents/c-1/usable")).root().find_string("reason").value());
  };
  time().advance(60s);
  BOOST_TEST(reason() == "usable");
  time().advance(1us);
  BOOST_TEST(reason() == "behind");
}

BOOST_AUTO_TEST_SUITE_END()
