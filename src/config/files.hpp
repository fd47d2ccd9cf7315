// Reading the files that settings name: bounded, regular files only, secrets into memory that is wiped.
#ifndef CONSENTD_CONFIG_FILES_HPP
#define CONSENTD_CONFIG_FILES_HPP

#include "base/result.hpp"
#include "base/secret.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace consentd::config {

// No certificate chain, key or key set that makes sense is larger.
inline constexpr std::size_t max_file_bytes = std::size_t{1024} * 1024;

// The file's bytes. bad_setting, with the path and what to do, when it is no regular file, is empty, over
// max_file_bytes, or cannot be read. Blocks for the disk: not for an I/O thread.
result<std::string> read_file(std::string const& path);

// The same for a secret, at a path or under "credential:NAME" (a file of $CREDENTIALS_DIRECTORY, which systemd sets for
// LoadCredential=). Refuses a file that every user of the machine may read or write.
result<secret> read_secret(std::string const& place);

// True for "credential:…".
bool is_credential(std::string_view place) noexcept;

} // namespace consentd::config

#endif
