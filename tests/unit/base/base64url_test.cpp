#include "base/base64url.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

namespace {

using namespace consentd;
using namespace std::string_view_literals;
namespace data = boost::unit_test::data;

struct pair_of_texts {
  std::string_view bytes;
  std::string_view text;
};

// RFC 4648 section 10, without padding, and RFC 7515 appendix C.
constexpr std::array vectors{
    pair_of_texts{"", ""},
    pair_of_texts{"f", "Zg"},
    pair_of_texts{"fo", "Zm8"},
    pair_of_texts{"foo", "Zm9v"},
    pair_of_texts{"foob", "Zm9vYg"},
    pair_of_texts{"fooba", "Zm9vYmE"},
    pair_of_texts{"foobar", "Zm9vYmFy"},
    pair_of_texts{"\x03\xec\xff\xe0\xc1", "A-z_4ME"},
    pair_of_texts{"\0"sv, "AA"},
    pair_of_texts{"\xff\xff\xff", "____"},
};

constexpr std::array refused{
    "A"sv,     // 6 bits make no byte
    "AAAAA"sv, // nor do 30 make whole ones
    "A==="sv,  // ends the process inside cjose
    "AB=="sv,       "Zg=="sv,  "Zm8="sv,  "="sv,        "===="sv,  "Zg="sv,     "AAAA="sv,
    "AA=A"sv,
    "Zh"sv, // trailing bits: decodes like Zg
    "Zv"sv,         "Z_"sv,
    "Zm9"sv, // trailing bits: decodes like Zm8
    "Zm-"sv,        "+AAA"sv,  "/AAA"sv,  "AA A"sv,     " AAAA"sv, "AAAA "sv,   "AAAA\n"sv,
    "AA\r\nAA"sv,   "\tAAA"sv, "AAA\0"sv, "\0\0\0\0"sv, "AA\0A"sv, "AAA\x80"sv, "\xff\xff\xff\xff"sv,
    "AA\xc3\xa9"sv, "AAA."sv,  "AAA@"sv,  "AAA["sv,     "AAA`"sv,  "AAA{"sv,    "AAA:"sv,
    "AAA,"sv,       "AAA%"sv,
};

} // namespace

BOOST_AUTO_TEST_SUITE(base64url)

BOOST_DATA_TEST_CASE(published_vectors_hold_both_ways, data::xrange(vectors.size()), i) {
  BOOST_TEST(encode_base64url(vectors[i].bytes) == vectors[i].text);
  BOOST_TEST(is_base64url(vectors[i].text));
  auto const bytes = decode_base64url(vectors[i].text);
  BOOST_REQUIRE(bytes.has_value());
  BOOST_TEST(*bytes == vectors[i].bytes);
}

BOOST_DATA_TEST_CASE(what_is_not_the_one_encoding_is_refused, data::xrange(refused.size()), i) {
  BOOST_TEST(!is_base64url(refused[i]));
  BOOST_TEST(!decode_base64url(refused[i]).has_value());
}

BOOST_AUTO_TEST_CASE(exactly_64_characters_are_digits) {
  int digits = 0;
  for (int c = 0; c < 256; ++c) {
    std::string const text = std::string("AAA") + static_cast<char>(c);
    bool const letter =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    BOOST_TEST(is_base64url(text) == letter);
    digits += is_base64url(text) ? 1 : 0;
  }
  BOOST_TEST(digits == 64);
}

// Long texts are looked at several characters at a time: each character is judged alike in every place.
BOOST_AUTO_TEST_CASE(a_character_is_judged_alike_wherever_it_stands) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int value = 0; value < 256; ++value) {
    auto const character = static_cast<char>(static_cast<unsigned char>(value));
    bool const digit = alphabet.find(character) != std::string_view::npos;
    for (std::size_t place = 0; place < 20; ++place) {
      std::string text(20, 'A');
      text[place] = character;
      BOOST_TEST_CONTEXT("character " << value << " in place " << place) {
        BOOST_TEST(is_base64url(text) == digit);
      }
    }
  }
}

// Of the texts of two and of three characters, only those that encoding makes are taken: each value has one text.
BOOST_AUTO_TEST_CASE(every_accepted_text_encodes_back_to_itself) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::size_t of_two = 0;
  std::size_t of_three = 0;
  for (char const a : alphabet) {
    for (char const b : alphabet) {
      std::string const two{a, b};
      if (auto const bytes = decode_base64url(two)) {
        ++of_two;
        BOOST_REQUIRE(encode_base64url(*bytes) == two);
      }
      for (char const c : alphabet) {
        std::string const three{a, b, c};
        if (auto const bytes = decode_base64url(three)) {
          ++of_three;
          BOOST_REQUIRE(encode_base64url(*bytes) == three);
        }
      }
    }
  }
  BOOST_TEST(of_two == 256U);
  BOOST_TEST(of_three == 65536U);
}

BOOST_AUTO_TEST_CASE(long_texts_of_every_length_come_back) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    auto const back = decode_base64url(encode_base64url(bytes));
    BOOST_REQUIRE(back.has_value());
    BOOST_REQUIRE(*back == bytes);
    bytes += static_cast<char>(i * 37 + 11);
  }
}

BOOST_AUTO_TEST_SUITE_END()
