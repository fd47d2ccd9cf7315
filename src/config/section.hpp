// One table of the settings file after it was held against the schema.
#ifndef CONSENTD_CONFIG_SECTION_HPP
#define CONSENTD_CONFIG_SECTION_HPP

#include "base/time.hpp"
#include "config/schema.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace consentd::config {

// A value that was wrong has been reported and is absent or the default, so that the checks that
// follow can go on and report what else is wrong.
class section {
public:
  section(table_description const& what, std::string label, unsigned line);

  // It stands in the file, well-formed.
  bool given(std::string_view key) const;
  // It stands in the file, well-formed or not.
  bool mentioned(std::string_view key) const;
  // An empty text, 0, false, an empty list, nothing when absent.
  std::string text(std::string_view key) const;
  std::int64_t number(std::string_view key) const;
  bool boolean(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::optional<timestamp> time(std::string_view key) const;

  // Where a message about that key points: its own line, or that of the table when it is absent.
  unsigned line(std::string_view key) const;
  unsigned line() const noexcept { return line_; }
  // "hub.certificate", "issuer[2].id".
  std::string name_of(std::string_view key) const;

private:
  friend class reader;
  using value = std::variant<std::monostate, std::string, std::int64_t, bool, std::vector<std::string>, timestamp>;
  struct entry {
    value is;
    unsigned line = 0; // 0: not in the file
    bool well_formed = false;
  };
  static value fallback_of(key_description const& key);
  entry const& at(std::string_view key) const;

  std::string label_;
  unsigned line_;
  std::map<std::string_view, entry> entries_; // one for each key of the schema
};

} // namespace consentd::config

#endif
