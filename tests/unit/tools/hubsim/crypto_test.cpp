#include "tools/hubsim/crypto.hpp"

#include "tools/hubsim/tokens.hpp"

#include <boost/algorithm/hex.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>

using namespace consentd::hubsim;

namespace {

std::string bytes(std::string_view hex) {
  std::string made;
  boost::algorithm::unhex(hex.begin(), hex.end(), std::back_inserter(made));
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(crypto)

// Test case 16 of the GCM specification (McGrew and Viega).
BOOST_AUTO_TEST_CASE(sealing_gives_the_published_ciphertext_and_tag) {
  auto const made = seal(bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
                         bytes("cafebabefacedbaddecaf888"), bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
                         bytes("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                               "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"));
  BOOST_TEST(made.ciphertext == bytes("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                                      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"));
  BOOST_TEST(made.tag == bytes("76fc6ece0f4e1768cddf8853bb2d551b"));
}

BOOST_AUTO_TEST_CASE(content_key_of_another_size_is_a_bug) {
  BOOST_CHECK_THROW(seal(std::string(24, 'k'), std::string(12, 'v'), {}, "text"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(cut_tag_and_long_vector_have_the_asked_for_lengths) {
  jwe_recipe how;
  how.kid = "k";
  how.recipient = generate_rsa_2048();
  how.tag_bytes = 12;
  how.vector_bytes = 16;
  auto const token = make_jwe(how, "text");
  BOOST_TEST(std::count(token.begin(), token.end(), '.') == 4);
  // 12 and 16 bytes in base64url.
  BOOST_TEST(token.size() - token.rfind('.') - 1 == 16);
  auto const key_end = token.find('.', token.find('.') + 1);
  BOOST_TEST(token.find('.', key_end + 1) - key_end - 1 == 22);
}

BOOST_AUTO_TEST_CASE(private_key_survives_its_file_form) {
  auto const made = generate_rsa_2048();
  auto const read = read_private_pem(private_pem(made), "file").value();
  BOOST_TEST(thumbprint(made) == thumbprint(read));
}

BOOST_AUTO_TEST_CASE(text_that_is_no_key_is_refused_by_name) {
  auto const read = read_private_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "some.key");
  BOOST_REQUIRE(read.has_error());
  BOOST_TEST(read.error().detail.starts_with("some.key "));
}

BOOST_AUTO_TEST_SUITE_END()
