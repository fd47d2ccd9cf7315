#include "config/tables.hpp"

#include "config/files.hpp"

#include <charconv>
#include <cstdint>
#include <grp.h>
#include <pwd.h>
#include <utility>

namespace consentd::config {
namespace {

// Of a user or a group that is given by number.
std::optional<std::uint32_t> id_number(std::string const& text) noexcept {
  std::uint32_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

} // namespace

tables::tables(sections const& from, std::string const& file, named_files check, problems& found)
    : from_(from), file_(file), folder_(std::filesystem::path(file).parent_path()), check_(check), found_(found) {
}

section const* tables::the(std::string_view table) const {
  auto const found = from_.find(table);
  return found == from_.end() || found->second.empty() ? nullptr : &found->second.front();
}

std::vector<section> const& tables::all(std::string_view table) const {
  return from_.find(table)->second;
}

void tables::say(section const& in, std::string_view key, std::string what, std::string mend) const {
  found_.push_back({file_, in.line(key), in.name_of(key), std::move(what), std::move(mend)});
}

void tables::say(section const& in, std::string_view key, failure const& why) const {
  say(in, key, why.detail, "");
}

std::string tables::resolve(std::string const& path) const {
  std::filesystem::path const given(path);
  return path.empty() || given.is_absolute() ? path : (folder_ / given).lexically_normal().string();
}

std::string tables::file(section const& in, std::string_view key) const {
  if (!in.given(key)) {
    return {};
  }
  auto path = resolve(in.text(key));
  if (files_are_checked()) {
    if (auto const text = read_file(path); !text) {
      say(in, key, text.error());
    }
  }
  return path;
}

secret_place tables::secret_file(section const& in, std::string_view key) const {
  if (!in.given(key)) {
    return {};
  }
  auto const text = in.text(key);
  auto place = is_credential(text) ? text : resolve(text);
  if (files_are_checked()) {
    if (auto const read = read_secret(place); !read) {
      say(in, key, read.error());
    }
  }
  return place;
}

void tables::exactly_one(section const& in, std::string_view one, std::string_view other) const {
  if (in.given(one) && in.given(other)) {
    say(in, other, "stands beside " + std::string(one), "keep one of the two");
  } else if (!in.mentioned(one) && !in.mentioned(other)) {
    say(in, one, "is missing, and so is " + std::string(other), "give one of the two");
  }
}

jwks_place tables::key_set(section const& in, std::string const& issuer) const {
  if (in.given("jwks_file") && in.given("jwks_url")) {
    say(in, "jwks_url", "stands beside jwks_file", "keep one of the two");
  } else if (!in.mentioned("jwks_file") && !in.mentioned("jwks_url") && !is_https_url(issuer, url_query::refused)) {
    say(in, "jwks_url", "is missing, and so is jwks_file", "give one of the two: only an https issuer can be asked");
  }
  if (in.given("jwks_url") && !is_https_url(in.text("jwks_url"), url_query::allowed)) {
    say(in, "jwks_url", "is no https URL", "keys count only when they come over TLS: https://host/path");
  }
  return {file(in, "jwks_file"), in.text("jwks_url")};
}

mode_t tables::socket_mode(section const& in, std::string_view key) const {
  auto const text = in.text(key);
  mode_t mode = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (error != std::errc() || end != text.data() + text.size() || (mode & ~mode_t{0770}) != 0) {
    say(in, key, "is not an octal mode of owner and group", R"(write "0660"; others may not connect: name a group)");
  }
  return mode;
}

std::optional<uid_t> tables::user(section const& in, std::string_view key) const {
  auto const name = in.text(key);
  if (auto const number = id_number(name)) {
    return number;
  }
  ::passwd entry{};
  ::passwd* found = nullptr;
  std::vector<char> room(std::size_t{64} * 1024);
  ::getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
  if (found == nullptr) {
    say(in, key, "no such user: " + name, "create the user (useradd --system), or mend the name");
    return std::nullopt;
  }
  return found->pw_uid;
}

std::optional<gid_t> tables::group(section const& in, std::string_view key) const {
  auto const name = in.text(key);
  if (auto const number = id_number(name)) {
    return number;
  }
  ::group entry{};
  ::group* found = nullptr;
  std::vector<char> room(std::size_t{1024} * 1024); // a group lists its members
  ::getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
  if (found == nullptr) {
    say(in, key, "no such group: " + name, "create it (groupadd --system), or mend the name");
    return std::nullopt;
  }
  return found->gr_gid;
}

} // namespace consentd::config
