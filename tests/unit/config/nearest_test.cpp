#include "config/nearest.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

namespace consentd::config {

BOOST_AUTO_TEST_SUITE(nearest_name)

BOOST_AUTO_TEST_CASE(slips_of_the_finger_find_the_name) {
  constexpr std::array<std::string_view, 3> names{"listen", "certificate", "private_key"};
  for (auto const* const typed : {"certificat", "certifcate", "certificates", "cretificate", "Certificate"}) {
    BOOST_TEST(nearest(typed, names) == "certificate");
  }
  BOOST_TEST(nearest("private-key", names) == "private_key");
  BOOST_TEST(nearest("listne", names) == "listen");
}

BOOST_AUTO_TEST_CASE(other_words_find_nothing) {
  constexpr std::array<std::string_view, 3> names{"kid", "id", "listen"};
  BOOST_TEST(nearest("colour", names).empty());
  BOOST_TEST(nearest("", names).empty());
  BOOST_TEST(nearest("xy", names).empty());
  BOOST_TEST(nearest(std::string(100000, 'a'), names).empty());
}

BOOST_AUTO_TEST_CASE(the_nearest_of_several_wins) {
  constexpr std::array<std::string_view, 3> names{"inbox_bytes", "inbox_rows", "held_rows"};
  BOOST_TEST(nearest("inbox_row", names) == "inbox_rows");
  BOOST_TEST(nearest("heldrows", names) == "held_rows");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::config
