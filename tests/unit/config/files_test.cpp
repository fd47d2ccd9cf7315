#include "config/files.hpp"

#include "tests/unit/config/scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace consentd::config {

BOOST_FIXTURE_TEST_SUITE(files, testing::scratch)

BOOST_AUTO_TEST_CASE(file_of_the_greatest_size_is_read_and_one_byte_more_is_not) {
  auto const path = write("large", std::string(max_file_bytes, 'a'));
  BOOST_TEST(read_file(path)->size() == max_file_bytes);
  BOOST_TEST(read_secret(path)->size() == max_file_bytes);
  write("large", std::string(max_file_bytes + 1, 'a'));
  BOOST_TEST((read_file(path).error().code == reason::bad_setting));
  BOOST_TEST((read_secret(path).error().code == reason::bad_setting));
}

BOOST_AUTO_TEST_CASE(secret_has_the_files_bytes) {
  std::string const text("a\0b\n", 4);
  auto const read = read_secret(write("key", text, 0400));
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(std::ranges::equal(read->bytes(), text, {}, {}, [](char c) { return static_cast<unsigned char>(c); }));
}

BOOST_AUTO_TEST_CASE(credential_is_read_from_systemds_folder) {
  write("tls", "secret");
  ::setenv("CREDENTIALS_DIRECTORY", folder().c_str(), 1);
  BOOST_TEST(read_secret("credential:tls")->size() == 6U);
  auto const absent = read_secret("credential:other");
  BOOST_TEST(absent.error().detail.find("no such file: " + path("other")) == 0U);
  for (auto const* const name : {"credential:", "credential:..", "credential:../tls", "credential:/etc/passwd"}) {
    BOOST_TEST(read_secret(name).error().detail.find("after credential: comes the name") == 0U);
  }
  ::unsetenv("CREDENTIALS_DIRECTORY");
  BOOST_TEST(read_secret("credential:tls").error().detail.find("LoadCredential=tls:/path") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::config
