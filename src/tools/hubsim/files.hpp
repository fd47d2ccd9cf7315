// Whole files in and out.
#ifndef CONSENTD_TOOLS_HUBSIM_FILES_HPP
#define CONSENTD_TOOLS_HUBSIM_FILES_HPP

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace consentd::hubsim {

// not_found, naming the file, when it cannot be read; bad_setting over 64 MiB.
result<std::string> read_file(std::filesystem::path const& path);

enum class secrecy : std::uint8_t { open, owner_only };

// Replaces the file in one step, so that nobody reads half of it; `owner_only` is mode 0600 before a byte is written.
// storage, naming the file, when it cannot be written.
result<void> write_file(std::filesystem::path const& path, std::string_view bytes, secrecy how = secrecy::open);

} // namespace consentd::hubsim

#endif
