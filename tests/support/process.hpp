// Real programs started by a test, and ended with it whatever happens.
#ifndef CONSENTD_TESTS_SUPPORT_PROCESS_HPP
#define CONSENTD_TESTS_SUPPORT_PROCESS_HPP

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace consentd::tests {

// A child whose standard output and standard error go to one file. Killed (and reaped) when this ends.
class process {
public:
  // `environment` holds NAME=value in addition to the test's own. Throws std::runtime_error when it cannot be started.
  process(std::vector<std::string> arguments, std::string log_path, std::vector<std::string> environment = {});
  process(process&&) noexcept;
  process& operator=(process&&) = delete;
  ~process();

  pid_t pid() const noexcept { return pid_; }
  void signal(int number) const;
  // The exit status (128 + signal when killed); throws when it has not ended within `patience`, which is far beyond any
  // expectation and only keeps a hanging test from hanging for ever.
  int wait(std::chrono::seconds patience = std::chrono::seconds(60));
  bool running();
  // All it has written so far.
  std::string output() const;
  // Waits until the output holds `text`; throws with the output when the process ends first or never says it.
  void wait_for(std::string const& text, std::chrono::seconds patience = std::chrono::seconds(60));

private:
  pid_t pid_ = -1;
  std::string log_path_;
  std::optional<int> status_;
};

// Runs a program to its end.
struct finished {
  int status = 0;
  std::string output;
};
finished run(std::vector<std::string> const& arguments, std::vector<std::string> const& environment = {},
             std::chrono::seconds patience = std::chrono::seconds(120));

// A folder of its own under the system's temporary one, removed with its content.
class temporary_folder {
public:
  temporary_folder();
  temporary_folder(temporary_folder const&) = delete;
  temporary_folder& operator=(temporary_folder const&) = delete;
  ~temporary_folder();
  std::string const& path() const noexcept { return path_; }
  std::string operator/(std::string const& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

std::string read_text(std::string const& path);
void write_text(std::string const& path, std::string const& text);

} // namespace consentd::tests

#endif
