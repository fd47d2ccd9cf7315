#include "tests/unit/tools/hubsim/scratch_deployment.hpp"
#include "tools/hubsim/address.hpp"
#include "tools/hubsim/files.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace consentd;
using namespace consentd::hubsim;

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(owner_only_file_replaces_one_that_others_could_read) {
  scratch_folder const folder;
  auto const path = folder.path() / "key";
  BOOST_REQUIRE(write_file(path, "open").has_value());
  BOOST_REQUIRE(write_file(path, "secret", secrecy::owner_only).has_value());
  struct stat about {};
  BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &about), 0);
  BOOST_TEST((about.st_mode & 0777) == 0600);
  BOOST_TEST(read_file(path).value() == "secret");
}

BOOST_AUTO_TEST_CASE(missing_file_and_folder_are_named) {
  scratch_folder const folder;
  auto const path = folder.path() / "no" / "file";
  BOOST_TEST(read_file(path).error().detail.find(path.string()) != std::string::npos);
  BOOST_TEST(write_file(path, "x").error().detail.find(path.string()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(addresses_are_numeric_with_a_port) {
  BOOST_TEST(parse_address("127.0.0.1:1").value().port == 1);
  BOOST_TEST(parse_address("127.0.0.1:0").value().port == 0);
  BOOST_TEST(parse_address("[::1]:65535").value().reachable() == "[::1]:65535");
  BOOST_TEST(parse_address("0.0.0.0:8443").value().reachable() == "127.0.0.1:8443");
  BOOST_TEST(parse_address("[::]:8443").value().reachable() == "[::1]:8443");
  for (auto const* wrong : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:80x", "::1:80",
                            "localhost:80", "[127.0.0.1]:80", "[]:80", "127.0.0.1\":80"}) {
    BOOST_TEST(parse_address(wrong).has_error(), wrong);
  }
}

BOOST_AUTO_TEST_SUITE_END()
