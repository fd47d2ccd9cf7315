// How SQLite goes about each statement that the store's source has.
#include "tests/support/process.hpp"
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace consentd::test;

namespace {

struct statement {
  std::string file;
  std::string text;
};

// Past a comment or a character literal at `at`; `at` itself when there is neither.
std::size_t past_what_is_no_text(std::string const& source, std::size_t at) {
  if (source.compare(at, 2, "//") == 0) {
    return std::min(source.find('\n', at), source.size());
  }
  if (source[at] == '\'' && at + 2 < source.size()) {
    return source.find('\'', source[at + 1] == '\\' ? at + 3 : at + 1) + 1;
  }
  return at;
}

// The string literal that begins at `at`, which is left behind its end.
std::string literal_at(std::string const& source, std::size_t& at) {
  std::string text;
  for (++at; source[at] != '"'; ++at) {
    at += source[at] == '\\' ? 1U : 0U;
    text += source[at];
  }
  ++at;
  return text;
}

// String literals as the compiler sees them: neighbours are one.
std::vector<std::string> literals_of(std::string const& source) {
  std::vector<std::string> found;
  bool joins = false;
  for (std::size_t at = 0; at < source.size();) {
    if (auto const next = past_what_is_no_text(source, at); next != at) {
      at = next;
    } else if (source[at] == '"') {
      auto text = literal_at(source, at);
      joins ? found.back() += text : found.emplace_back(std::move(text));
      joins = true;
    } else {
      joins = joins && std::string_view(" \n").find(source[at]) != std::string_view::npos;
      ++at;
    }
  }
  return found;
}

// The name or keyword at `at`, which is left behind it; empty when there is none.
std::string word_at(std::string const& source, std::size_t& at) {
  auto const begin = at;
  while (at < source.size() && (std::isalnum(static_cast<unsigned char>(source[at])) != 0 || source[at] == '_')) {
    ++at;
  }
  return source.substr(begin, at - begin);
}

using parts = std::map<std::string, std::string>;

// Pieces that several statements share (columns.hpp), by their names.
void add_parts(parts& all, std::string const& source) {
  constexpr std::string_view mark = "sql_part ";
  for (auto at = source.find(mark); at != std::string::npos; at = source.find(mark, at)) {
    at += mark.size();
    auto const name = word_at(source, at);
    auto const end = source.find(';', at);
    if (auto texts = literals_of(source.substr(at, end - at)); !name.empty() && texts.size() == 1) {
      all.insert_or_assign(name, std::move(texts.front()));
    }
  }
}

// With each statement that is put together of pieces as the one literal that it is.
std::string with_joined(std::string source, parts const& known) {
  constexpr std::string_view mark = "join_sql<";
  for (auto begin = source.find(mark); begin != std::string::npos; begin = source.find(mark, begin + 1)) {
    std::string text;
    auto at = begin + mark.size();
    while (source[at] != '>') {
      if (source[at] == '"') {
        text += literal_at(source, at);
      } else if (auto const name = word_at(source, at); !name.empty()) {
        text += known.at(name);
      } else {
        ++at;
      }
    }
    source.replace(begin, at + 1 - begin, '"' + text + '"');
  }
  return source;
}

bool is_statement(std::string_view text) {
  constexpr std::array<std::string_view, 4> verbs{"SELECT ", "INSERT ", "UPDATE ", "DELETE "};
  return std::any_of(verbs.begin(), verbs.end(), [&](auto verb) { return text.starts_with(verb); });
}

// All but those that make and change the tables.
std::vector<statement> statements_of_the_store() {
  std::vector<statement> found;
  auto const folder = std::filesystem::path(CONSENTD_SOURCE_DIR "/src/store/sqlite");
  parts known;
  for (auto const& file : std::filesystem::directory_iterator(folder)) {
    if (file.is_regular_file() && file.path().filename() != "columns.hpp") {
      add_parts(known, consentd::tests::read_text(file.path().string()));
    }
  }
  for (auto const& file : std::filesystem::directory_iterator(folder)) {
    auto const name = file.path().filename().string();
    if (file.path().extension() != ".cpp" || name == "schema.cpp") {
      continue;
    }
    for (auto& text : literals_of(with_joined(consentd::tests::read_text(file.path().string()), known))) {
      if (is_statement(text)) {
        found.push_back({name, std::move(text)});
      }
    }
  }
  return found;
}

// Pieces of a statement that is put together while the program runs: reads_test.cpp counts what that examines.
bool is_put_together(statement const& one) {
  return one.file == "consent_reads.cpp" && (one.text.ends_with(' ') || one.text.ends_with('('));
}

bool is_in(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

// A table of which settings bound the rows to few, none at all, or what another step of the plan gives.
bool is_small(std::string_view scan) {
  constexpr std::array<std::string_view, 5> tables{"CONSTANT ROW", "(subquery-", "consumers", "key_sets",
                                                   "sqlite_sequence"};
  return std::any_of(tables.begin(), tables.end(), [&](auto table) { return scan.starts_with(table); });
}

// In the order of the rows, up to a limit: no more is read than is given.
bool is_walk(statement const& one, std::vector<std::string> const& plan) {
  bool const sorts = std::any_of(plan.begin(), plan.end(), [](auto const& step) { return is_in(step, "TEMP B-TREE"); });
  return !sorts && is_in(one.text, " ORDER BY ") && is_in(one.text, " LIMIT ") &&
         (!is_in(one.text, " WHERE ") || is_in(one.text, " INDEXED BY "));
}

// Once, before the daemon serves anybody.
bool is_of_the_start(statement const& one) {
  return one.file == "start.cpp" && (one.text == "SELECT count(*) FROM quarantine" ||
                                     one.text == "SELECT id, received, bytes, waits_for FROM inbox ORDER BY id");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(statements, store_fixture)

BOOST_AUTO_TEST_CASE(no_statement_looks_through_a_table_that_grows) {
  open();
  close();
  raw_database db(settings.path);
  auto const all = statements_of_the_store();
  BOOST_TEST(all.size() > 120U); // or they are written in a way that is not recognised here
  for (auto const& one : all) {
    if (is_put_together(one)) {
      continue;
    }
    BOOST_TEST_CONTEXT(one.file << ": " << one.text) {
      auto const plan = db.plan_of(one.text);
      for (auto const& step : plan) {
        constexpr std::string_view scan = "SCAN ";
        if (step.starts_with(scan)) {
          BOOST_TEST((is_small(step.substr(scan.size())) || is_walk(one, plan) || is_of_the_start(one)), step);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
