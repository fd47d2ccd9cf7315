// config/consentd.toml is what operators read: it must say what the schema says.
#include "config/load.hpp"
#include "config/schema.hpp"
#include "tests/unit/config/scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

namespace consentd::config {
namespace {

struct documented_key {
  std::string value;
  std::string comment; // the lines above it, joined
  bool commented = false;
};

std::string text_of(std::filesystem::path const& file) {
  std::ifstream in(file);
  BOOST_REQUIRE_MESSAGE(in.good(), "cannot read " << file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// True for `name = …`, in a comment or not.
bool is_assignment(std::string_view line) {
  auto const end = line.find(" = ");
  return end != 0 && end != std::string_view::npos &&
         line.substr(0, end).find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == std::string_view::npos;
}

std::map<std::string, documented_key> documented_keys(std::string const& text) {
  std::map<std::string, documented_key> keys;
  std::istringstream lines(text);
  std::string table;
  std::string comment;
  for (std::string line; std::getline(lines, line);) {
    bool const commented = line.starts_with("# ");
    auto const bare = commented ? line.substr(2) : line;
    if (is_assignment(bare)) {
      auto const at = bare.find(" = ");
      auto const name = table + '.' + bare.substr(0, at);
      BOOST_TEST(!keys.contains(name), name << " stands in the file twice");
      keys[name] = {bare.substr(at + 3), comment, commented};
      comment.clear();
    } else if (bare.starts_with('[')) {
      table = bare.substr(bare.find_first_not_of('['), bare.find(']') - bare.find_first_not_of('['));
      comment.clear();
    } else if (commented) {
      comment += (comment.empty() ? "" : " ") + bare;
    } else {
      comment.clear();
    }
  }
  return keys;
}

std::filesystem::path const documented = std::filesystem::path(CONSENTD_SOURCE_FOLDER) / "config" / "consentd.toml";

} // namespace

BOOST_AUTO_TEST_SUITE(documented_file)

BOOST_AUTO_TEST_CASE(every_key_stands_there_with_its_default_and_meaning) {
  auto keys = documented_keys(text_of(documented));
  for (auto const& table : schema()) {
    for (auto const& key : table.keys) {
      auto const name = std::string(table.name) + '.' + std::string(key.name);
      auto const found = keys.find(name);
      BOOST_TEST_CONTEXT(name) {
        BOOST_TEST_REQUIRE((found != keys.end()));
        BOOST_TEST(found->second.comment == key.meaning);
        if (!key.fallback.empty()) {
          BOOST_TEST(found->second.value == key.fallback);
          // Of a table that may be left out the example may be a comment as a whole.
          BOOST_TEST((!found->second.commented || table.occurs == table_description::times::any_number));
        }
        if (key.required && table.required()) {
          BOOST_TEST(!found->second.commented);
        }
        keys.erase(found);
      }
    }
  }
  for (auto const& [name, unused] : keys) {
    BOOST_ERROR("no such key: " << name);
  }
}

BOOST_AUTO_TEST_CASE(it_loads_once_its_files_are_there) {
  testing::scratch const here;
  auto const pair = testing::make_key_pair();
  for (auto const* const name : {"tls/consentd.crt", "encryption/2026.crt"}) {
    here.write(name, pair.certificate, 0644);
  }
  for (auto const* const name : {"tls/consentd.key", "encryption/2026.key"}) {
    here.write(name, pair.private_key, 0640);
  }
  here.write("hub.jwks", "{}", 0644);
  here.write("bank.jwks", "{}", 0644);
  auto text = text_of(documented);
  std::string const store = "/var/lib/consentd/";
  text.replace(text.find(store), store.size(), here.folder().string() + '/');
  auto const read = load(here.write("consentd.toml", text, 0644));
  if (!read) {
    for (auto const& one : read.error()) {
      BOOST_ERROR(describe(one));
    }
  }
}

BOOST_AUTO_TEST_CASE(optional_keys_in_comments_are_valid_too) {
  auto text = text_of(documented);
  for (std::string const key : {"subject", "ca_file", "group", "listen", "private_key", "issuer", "audience"}) {
    auto const at = text.find("\n# " + key + " = ", text.find("\n[bearer]"));
    BOOST_REQUIRE(at != std::string::npos);
    text.erase(at + 1, 2);
  }
  for (std::string const pair : {"jwks_file", "certificate"}) { // the alternatives that stand in comments
    for (auto at = text.find('\n' + pair + " = "); at != std::string::npos;
         at = text.find('\n' + pair + " = ", at + 2)) {
      if (pair == "jwks_file" || text.rfind("[[decryption_key]]", at) != std::string::npos) {
        text.insert(at + 1, "# ");
      }
    }
  }
  for (std::string const other : {"\n# jwks_url = ", "\n# kid = "}) {
    for (auto at = text.find(other); at != std::string::npos; at = text.find(other, at)) {
      text.erase(at + 1, 2);
    }
  }
  auto const read = parse(text, "consentd.toml", named_files::left_alone);
  if (!read) {
    for (auto const& one : read.error()) {
      BOOST_ERROR(describe(one));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::config
