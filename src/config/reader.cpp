#include "config/reader.hpp"

#include "config/nearest.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include <toml++/toml.h>

namespace consentd::config {
namespace {

using std::string_literals::operator""s;

unsigned line_of(toml::source_region const& where) {
  return static_cast<unsigned>(where.begin.line);
}

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

std::vector<std::string_view> words(std::string_view list) {
  std::vector<std::string_view> found;
  while (!list.empty()) {
    auto const end = std::min(list.find(' '), list.size());
    found.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return found;
}

std::string_view name_of(value_type type) {
  switch (type) {
  case value_type::text:
    return "a string";
  case value_type::number:
    return "a whole number";
  case value_type::boolean:
    return "true or false";
  case value_type::texts:
    return "a list of strings";
  case value_type::time:
    return "a date and time";
  }
  return "";
}

std::string_view name_of(toml::node const& node) {
  switch (node.type()) {
  case toml::node_type::table:
    return "a table";
  case toml::node_type::array:
    return "a list";
  case toml::node_type::string:
    return "a string";
  case toml::node_type::integer:
    return "a whole number";
  case toml::node_type::floating_point:
    return "a number with a fraction";
  case toml::node_type::boolean:
    return "a boolean";
  case toml::node_type::none:
  case toml::node_type::date:
  case toml::node_type::time:
  case toml::node_type::date_time:
    break;
  }
  return "a date or time";
}

std::string example_of(key_description const& key) {
  switch (key.type) {
  case value_type::number:
    return key.fallback.empty() ? std::to_string(key.least) : std::string(key.fallback);
  case value_type::boolean:
    return "true";
  case value_type::texts:
    return R"(["…"])";
  case value_type::time:
    return "2027-03-31T00:00:00Z";
  case value_type::text:
    break;
  }
  return key.fallback.empty() ? R"("…")"s : std::string(key.fallback);
}

std::string header_of(table_description const& table) {
  return table.repeated() ? "[[" + std::string(table.name) + "]]" : "[" + std::string(table.name) + "]";
}

std::string required_keys(table_description const& table) {
  std::string list;
  for (auto const& key : table.keys) {
    if (key.required) {
      list += (list.empty() ? "" : ", ") + std::string(key.name);
    }
  }
  return list;
}

// A value that holds a key instead of the place of one must not be repeated in a message that goes to a log.
bool holds_key_material(std::string_view text) {
  return text.find("-----BEGIN") != std::string_view::npos;
}

std::string bounds_of(key_description const& key) {
  return "from " + std::to_string(key.least) + " to " + std::to_string(key.most);
}

} // namespace

// Walks the parsed file once. Free of the domain: what values mean is for interpret.cpp.
class reader {
public:
  reader(std::string const& file, problems& found) : file_(file), found_(found) {}

  sections read(toml::table const& root) {
    for (auto const& table : schema()) {
      made_[table.name];
    }
    for (auto const& [key, node] : root) {
      read_member(key, node);
    }
    for (auto const& table : schema()) {
      settle_absent(table, root.contains(table.name));
    }
    return std::move(made_);
  }

private:
  void say(unsigned line, std::string key, std::string what, std::string mend) {
    found_.push_back({file_, line, std::move(key), std::move(what), std::move(mend)});
  }

  void read_member(toml::key const& key, toml::node const& node) {
    auto const tables = schema();
    auto const table = std::ranges::find(tables, key.str(), &table_description::name);
    if (table == tables.end()) {
      unknown_at_top(key, node);
    } else if (table->repeated()) {
      read_repeated(*table, key, node);
    } else if (auto const* const found = node.as_table()) {
      read_section(*table, std::string(table->name), *found, line_of(node.source()));
    } else {
      say(line_of(key.source()), std::string(table->name), "is " + std::string(name_of(node)) + ", not one table",
          "write " + header_of(*table) + ", once, with its keys on the lines after it");
    }
  }

  void read_repeated(table_description const& table, toml::key const& key, toml::node const& node) {
    auto const* const list = node.as_array();
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table)) {
      say(line_of(key.source()), std::string(table.name), "is not a list of tables",
          "write " + header_of(table) + " before the keys of each one");
      return;
    }
    std::size_t number = 0;
    for (auto const& element : *list) {
      auto label = std::string(table.name) + '[' + std::to_string(++number) + ']';
      read_section(table, std::move(label), *element.as_table(), line_of(element.source()));
    }
  }

  void read_section(table_description const& table, std::string label, toml::table const& from, unsigned line) {
    section made(table, std::move(label), line);
    for (auto const& [key, node] : from) {
      if (auto const* const known = table.find(key.str())) {
        auto& entry = made.entries_.at(known->name);
        entry.line = line_of(key.source());
        if (auto value = read_value(made, *known, node)) {
          entry.is = std::move(*value);
          entry.well_formed = true;
        }
      } else {
        unknown_in(table, made, key);
      }
    }
    for (auto const& key : table.keys) {
      if (key.required && !made.mentioned(key.name)) {
        say(line, made.name_of(key.name), "is missing", std::string(key.meaning));
      }
    }
    made_[table.name].push_back(std::move(made));
  }

  // Nothing when it was wrong, which has been said then.
  std::optional<section::value> read_value(section const& in, key_description const& key, toml::node const& node) {
    switch (key.type) {
    case value_type::text:
      if (auto const* const text = node.as_string()) {
        return read_text(in, key, text->get());
      }
      break;
    case value_type::number:
      if (auto const* const number = node.as_integer()) {
        return read_number(in, key, number->get());
      }
      break;
    case value_type::boolean:
      if (auto const* const boolean = node.as_boolean()) {
        return section::value(boolean->get());
      }
      break;
    case value_type::texts:
      if (auto const* const list = node.as_array();
          list != nullptr && (list->empty() || list->is_homogeneous(toml::node_type::string))) {
        return read_texts(in, key, *list);
      }
      break;
    case value_type::time:
      if (auto const* const time = node.as_date_time()) {
        return read_time(in, key, time->get());
      }
      break;
    }
    say(in.line(key.name), in.name_of(key.name),
        "is " + std::string(name_of(node)) + ", not " + std::string(name_of(key.type)),
        "write " + std::string(key.name) + " = " + example_of(key));
    return std::nullopt;
  }

  std::optional<section::value> read_text(section const& in, key_description const& key, std::string const& text) {
    auto const complain = [&](std::string what, std::string mend) {
      say(in.line(key.name), in.name_of(key.name), std::move(what), std::move(mend));
      return std::nullopt;
    };
    if (holds_key_material(text)) {
      return complain("holds a key or certificate itself", "write it to a file and give the file's path");
    }
    if (text.empty()) {
      return complain("is empty", key.required ? std::string(key.meaning) : "give a value or leave the key out");
    }
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
      return complain("has a line break or another control character in it",
                      "keep it to visible characters on one line");
    }
    if (auto const size = static_cast<std::int64_t>(text.size());
        key.choices.empty() && (size < key.least || size > key.most)) {
      return complain("is " + std::to_string(size) + " bytes long", "its length is " + bounds_of(key) + " bytes");
    }
    if (auto const choices = words(key.choices);
        !choices.empty() && std::ranges::find(choices, text) == choices.end()) {
      return complain("is " + quoted(text), choose(text, choices));
    }
    return section::value(text);
  }

  std::optional<section::value> read_number(section const& in, key_description const& key, std::int64_t number) {
    auto const choices = words(key.choices);
    bool const chosen = choices.empty() || std::ranges::find(choices, std::to_string(number)) != choices.end();
    if (chosen && number >= key.least && number <= key.most) {
      return section::value(number);
    }
    std::string mend = choices.empty() ? "give a number " + bounds_of(key) : "one of " + std::string(key.choices);
    say(in.line(key.name), in.name_of(key.name), "is " + std::to_string(number), std::move(mend));
    return std::nullopt;
  }

  std::optional<section::value> read_texts(section const& in, key_description const& key, toml::array const& list) {
    std::vector<std::string> texts;
    for (auto const& element : list) {
      texts.push_back(element.as_string()->get());
    }
    std::string what;
    std::string mend(key.meaning);
    if (texts.empty()) {
      what = "is an empty list";
    } else if (static_cast<std::int64_t>(texts.size()) > key.most) {
      what = "has " + std::to_string(texts.size()) + " entries";
      mend = "give at most " + std::to_string(key.most);
    } else if (std::ranges::any_of(texts, &std::string::empty)) {
      what = "has an empty entry";
    } else if (std::ranges::any_of(texts, [](auto const& text) { return text.size() > 512; })) {
      what = "has an entry of more than 512 bytes";
    } else if (auto const twice = first_twice(texts)) {
      what = "names " + quoted(*twice) + " twice";
      mend = "name each one once";
    } else {
      return section::value(std::move(texts));
    }
    say(in.line(key.name), in.name_of(key.name), std::move(what), std::move(mend));
    return std::nullopt;
  }

  std::optional<section::value> read_time(section const& in, key_description const& key, toml::date_time const& time) {
    std::ostringstream text;
    text << time;
    if (auto const read = parse_date_time(text.str()); read && time.offset) {
      return section::value(*read);
    }
    say(in.line(key.name), in.name_of(key.name), "is " + text.str(),
        time.offset ? "give a time from 1970 to 9999" : "say of which zone: " + text.str() + "Z for UTC");
    return std::nullopt;
  }

  static std::optional<std::string> first_twice(std::vector<std::string> texts) {
    std::ranges::sort(texts);
    auto const found = std::ranges::adjacent_find(texts);
    return found == texts.end() ? std::nullopt : std::optional(*found);
  }

  static std::string choose(std::string_view typed, std::vector<std::string_view> const& choices) {
    std::string list;
    for (auto const choice : choices) {
      list += (list.empty() ? "" : ", ") + quoted(choice);
    }
    auto const near = nearest(typed, choices);
    return near.empty() ? "one of " + list : "did you mean " + quoted(near) + "? One of " + list;
  }

  void unknown_in(table_description const& table, section const& made, toml::key const& key) {
    std::vector<std::string_view> names;
    for (auto const& known : table.keys) {
      names.push_back(known.name);
    }
    std::string mend;
    if (auto const near = nearest(key.str(), names); !near.empty()) {
      mend = "did you mean " + std::string(near) + "?";
    } else if (auto const* const other = table_with(key.str())) {
      mend = "it belongs in " + header_of(*other);
    } else {
      mend = "take it out; " + header_of(table) + " has ";
      for (auto const name : names) {
        mend += (name == names.front() ? "" : ", ") + std::string(name);
      }
    }
    say(line_of(key.source()), made.name_of(key.str()), "no such key", std::move(mend));
  }

  void unknown_at_top(toml::key const& key, toml::node const& node) {
    std::vector<std::string_view> names;
    for (auto const& table : schema()) {
      names.push_back(table.name);
    }
    bool const table = node.is_table() || node.is_array_of_tables();
    std::string mend;
    if (auto const near = nearest(key.str(), names); !near.empty()) {
      auto const known = std::ranges::find(schema(), near, &table_description::name);
      mend = "did you mean " + header_of(*known) + "?";
    } else if (auto const* const other = table_with(key.str()); other != nullptr && !table) {
      mend = "it belongs in " + header_of(*other);
    } else {
      mend = "take it out";
    }
    say(line_of(key.source()), std::string(key.str()), table ? "no such table" : "no such key outside of a table",
        std::move(mend));
  }

  static table_description const* table_with(std::string_view key) {
    auto const tables = schema();
    auto const found = std::ranges::find_if(tables, [&](auto const& table) { return table.find(key) != nullptr; });
    return found == tables.end() ? nullptr : &*found;
  }

  // A table that may be left out counts with its defaults, also when what stood in its place was wrong: the checks that
  // follow go on.
  void settle_absent(table_description const& table, bool there) {
    if (!there && table.required()) {
      say(0, std::string(table.name), "the table " + header_of(table) + " is missing",
          "add it with at least " + required_keys(table));
    }
    auto& made = made_[table.name];
    if (made.empty() && !table.repeated() && !table.required()) {
      made.emplace_back(table, std::string(table.name), 0);
    }
  }

  std::string const& file_;
  problems& found_;
  sections made_;
};

sections read_sections(std::string_view text, std::string const& file, problems& found) {
  try {
    toml::table const root = toml::parse(text, file);
    return reader(file, found).read(root);
  } catch (toml::parse_error const& wrong) {
    found.push_back({file, line_of(wrong.source()), "", "not TOML: " + std::string(wrong.description()),
                     "see https://toml.io for the form"});
    return {};
  }
}

} // namespace consentd::config
