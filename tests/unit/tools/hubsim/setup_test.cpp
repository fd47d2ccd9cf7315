#include "tools/hubsim/setup.hpp"

#include "jose/decryption_key.hpp"
#include "jose/verification_key.hpp"
#include "tests/unit/tools/hubsim/scratch_deployment.hpp"
#include "tools/hubsim/files.hpp"

#include <boost/test/unit_test.hpp>
#include <toml++/toml.h>

#include <fstream>
#include <set>
#include <sys/stat.h>

using namespace consentd;
using namespace consentd::hubsim;

namespace {

unsigned mode_of(std::filesystem::path const& path) {
  struct stat about {};
  BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &about), 0);
  return about.st_mode & 0777U;
}

toml::table settings_of(std::filesystem::path const& folder) {
  return toml::parse(read_file(folder / place::daemon_settings).value());
}

} // namespace

BOOST_AUTO_TEST_SUITE(setup)

BOOST_AUTO_TEST_CASE(private_keys_are_for_their_owner_alone) {
  auto const& by = scratch_deployment();
  unsigned keys = 0;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(by.folder)) {
    if (entry.path().extension() == ".key") {
      BOOST_TEST(mode_of(entry.path()) == 0600U, entry.path().string());
      ++keys;
    }
  }
  // TLS of two servers, the Hub, three issuers, two encryption keys, the stranger.
  BOOST_TEST(keys == 9U);
  BOOST_TEST(mode_of(by.folder) == 0700U);
}

BOOST_AUTO_TEST_CASE(every_party_has_a_key_of_its_own) {
  auto const& by = scratch_deployment();
  std::set<std::string> prints{by.hub.kid, thumbprint(by.stranger)};
  for (auto const& each : by.issuers) {
    prints.insert(each.kid);
  }
  BOOST_TEST(prints.size() == 5U);
  BOOST_TEST(by.recipients[0].kid != by.recipients[1].kid);
}

BOOST_AUTO_TEST_CASE(daemon_can_use_every_key_file) {
  auto const& by = scratch_deployment();
  for (auto const* name : {"hub", "bank-a", "bank-b", "insurer"}) {
    auto const set = jose::jwk_set::parse(read_file(by.file(place::jwks(name))).value()).value();
    BOOST_TEST(set.size() == 1U);
    BOOST_TEST(set.skipped().empty());
  }
  for (std::size_t number : {1U, 2U}) {
    auto const kid = jose::certificate_kid(read_file(by.file(place::encryption_certificate(number))).value(),
                                           read_file(by.file(place::encryption_key(number))).value());
    BOOST_REQUIRE(kid.has_value());
    BOOST_TEST(*kid == by.recipients[number - 1].kid);
  }
}

BOOST_AUTO_TEST_CASE(second_init_leaves_the_first_alone_unless_forced) {
  scratch_folder const folder;
  auto const place = folder.path() / "set-up";
  BOOST_REQUIRE(make_setup(place, {}, scratch_now()).has_value());
  auto const before = load_deployment(place).value().hub.kid;
  auto const again = make_setup(place, {}, scratch_now());
  BOOST_REQUIRE(again.has_error());
  BOOST_TEST(to_string(again.error().code) == to_string(reason::conflict));
  BOOST_TEST(load_deployment(place).value().hub.kid == before);
  setup_options how;
  how.force = true;
  BOOST_REQUIRE(make_setup(place, how, scratch_now()).has_value());
  BOOST_TEST(load_deployment(place).value().hub.kid != before);
}

BOOST_AUTO_TEST_CASE(daemon_settings_name_files_that_exist_and_the_same_parties) {
  auto const& by = scratch_deployment();
  auto const settings = settings_of(by.folder);
  auto const text = [&](char const* table, char const* name) {
    return settings[table][name].value<std::string>().value_or("");
  };
  for (auto const& [table, name] : {std::pair{"hub", "certificate"}, {"hub", "private_key"}, {"jwks", "ca_file"}}) {
    BOOST_TEST(std::filesystem::exists(by.file(text(table, name))), table << "." << name);
  }
  BOOST_TEST(text("bearer", "issuer") == by.hub.id);
  BOOST_TEST(text("bearer", "audience") == by.audience);
  BOOST_TEST(text("bearer", "jwks_url") == by.hub.id + "/jwks");
  BOOST_TEST(settings["decryption_key"].as_array()->size() == 2U);
  auto const& issuers = *settings["issuer"].as_array();
  BOOST_REQUIRE_EQUAL(issuers.size(), by.issuers.size());
  for (std::size_t i = 0; i != issuers.size(); ++i) {
    auto const& table = *issuers[i].as_table();
    BOOST_TEST(table["id"].value<std::string>().value_or("") == by.issuers[i].id);
    BOOST_TEST(table.contains("jwks_file") == (i == 0));
    BOOST_TEST(table.contains("jwks_url") == (i != 0 && i + 1 != by.issuers.size())); // the last one is discovered
  }
}

BOOST_AUTO_TEST_CASE(keys_come_from_where_the_option_says) {
  scratch_folder const folder;
  for (auto const transport : {key_transport::file, key_transport::url}) {
    setup_options how;
    how.force = true;
    how.jwks = transport;
    how.issuers = 4;
    BOOST_REQUIRE(make_setup(folder.path(), how, scratch_now()).has_value());
    auto const settings = settings_of(folder.path());
    auto const file = transport == key_transport::file;
    BOOST_TEST(settings["bearer"].as_table()->contains("jwks_file") == file);
    auto const& issuers = *settings["issuer"].as_array();
    BOOST_TEST(issuers.size() == 4U);
    for (auto const& each : issuers) {
      BOOST_TEST(each.as_table()->contains("jwks_file") == file);
    }
  }
}

BOOST_AUTO_TEST_CASE(addresses_and_audience_that_would_spoil_the_settings_are_refused) {
  scratch_folder const folder;
  setup_options how;
  how.listen = "127.0.0.1:8443\"]\nextra = [\"";
  BOOST_TEST(make_setup(folder.path() / "a", how, scratch_now()).has_error());
  how = {};
  how.hub_listen = "127.0.0.1:0";
  BOOST_TEST(make_setup(folder.path() / "c", how, scratch_now()).has_error());
  how = {};
  how.audience = "tpp\"\n";
  BOOST_TEST(make_setup(folder.path() / "b", how, scratch_now()).has_error());
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(damaged_set_up_is_refused_with_its_file) {
  scratch_folder const folder;
  BOOST_TEST(load_deployment(folder.path()).error().detail.find("init") != std::string::npos);
  std::filesystem::copy(scratch_deployment().folder, folder.path(), std::filesystem::copy_options::recursive);
  BOOST_REQUIRE(load_deployment(folder.path()).has_value());
  auto const broken = folder.path() / place::signing_key("bank-b");
  std::ofstream(broken) << "no key";
  auto const loaded = load_deployment(folder.path());
  BOOST_REQUIRE(loaded.has_error());
  BOOST_TEST(loaded.error().detail.find(broken.string()) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
