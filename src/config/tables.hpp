// The tables of one settings file, and the questions that more than one table's meaning asks.
#ifndef CONSENTD_CONFIG_TABLES_HPP
#define CONSENTD_CONFIG_TABLES_HPP

#include "config/endpoint.hpp"
#include "config/load.hpp"
#include "config/problem.hpp"
#include "config/reader.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::config {

// Whoever finds something wrong says so in `found`, and goes on with a value that does no harm.
class tables {
public:
  // All must outlive it.
  tables(sections const& from, std::string const& file, named_files check, problems& found);

  // Null when a required table is missing, which has been said.
  section const* the(std::string_view table) const;
  std::vector<section> const& all(std::string_view table) const;

  void say(section const& in, std::string_view key, std::string what, std::string mend) const;
  void say(section const& in, std::string_view key, failure const& why) const;

  bool files_are_checked() const noexcept { return check_ == named_files::checked; }
  // From the settings file's folder.
  std::string resolve(std::string const& path) const;
  // The path of a file that must be there; empty when the key is absent.
  std::string file(section const& in, std::string_view key) const;
  secret_place secret_file(section const& in, std::string_view key) const;

  void exactly_one(section const& in, std::string_view one, std::string_view other) const;
  // `issuer` is where discovery begins when neither key is given.
  jwks_place key_set(section const& in, std::string const& issuer) const;
  mode_t socket_mode(section const& in, std::string_view key) const;
  // Nothing when there is no such user or group, which has been said.
  std::optional<uid_t> user(section const& in, std::string_view key) const;
  std::optional<gid_t> group(section const& in, std::string_view key) const;

private:
  sections const& from_;
  std::string const& file_;
  std::filesystem::path folder_;
  named_files check_;
  problems& found_;
};

inline std::size_t size(section const& in, std::string_view key) {
  return static_cast<std::size_t>(in.number(key));
}

inline std::chrono::seconds seconds(section const& in, std::string_view key) {
  return std::chrono::seconds(in.number(key));
}

} // namespace consentd::config

#endif
