// A folder of a test's own, with keys and certificates made for it.
#ifndef CONSENTD_TESTS_UNIT_CONFIG_SCRATCH_HPP
#define CONSENTD_TESTS_UNIT_CONFIG_SCRATCH_HPP

#include <filesystem>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace consentd::config::testing {

// PEM texts of one RSA key of 2048 bits and a certificate of it.
struct key_pair {
  std::string private_key;
  std::string certificate;
};
key_pair make_key_pair();

// Removed with all that is in it when it ends.
class scratch {
public:
  scratch();
  scratch(scratch const&) = delete;
  scratch& operator=(scratch const&) = delete;
  ~scratch();

  std::filesystem::path const& folder() const noexcept { return folder_; }
  // The path of a file in it, made with that text and mode.
  std::string write(std::string_view name, std::string_view text, mode_t mode = 0600) const;
  std::string path(std::string_view name) const { return (folder_ / name).string(); }

private:
  std::filesystem::path folder_;
};

} // namespace consentd::config::testing

#endif
