#include "tests/support/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace consentd::tests {
namespace {

using std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (auto& text : texts) {
    all.push_back(text.data());
  }
  all.push_back(nullptr);
  return all;
}

} // namespace

process::process(std::vector<std::string> arguments, std::string log_path, std::vector<std::string> environment)
    : log_path_(std::move(log_path)) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    environment.emplace_back(*entry);
  }
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  auto const argument_pointers = pointers(arguments);
  auto const environment_pointers = pointers(environment);
  int const failed = posix_spawnp(&pid_, arguments.front().c_str(), &files, nullptr, argument_pointers.data(),
                                  environment_pointers.data());
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) {
    throw std::runtime_error(arguments.front() + ": " + std::generic_category().message(failed));
  }
}

process::process(process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), log_path_(std::move(other.log_path_)), status_(other.status_) {
}

process::~process() {
  if (pid_ > 0 && !status_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

void process::signal(int number) const {
  if (::kill(pid_, number) != 0) {
    throw std::system_error(errno, std::generic_category(), "kill");
  }
}

bool process::running() {
  if (status_) {
    return false;
  }
  int raw = 0;
  if (::waitpid(pid_, &raw, WNOHANG) != pid_) {
    return true;
  }
  status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  return false;
}

int process::wait(std::chrono::seconds patience) {
  auto const deadline = steady_clock::now() + patience;
  while (running()) {
    if (steady_clock::now() > deadline) {
      throw std::runtime_error("process does not end; it said:\n" + output());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return status_.value();
}

std::string process::output() const {
  return read_text(log_path_);
}

void process::wait_for(std::string const& text, std::chrono::seconds patience) {
  auto const deadline = steady_clock::now() + patience;
  while (true) {
    bool const alive = running();
    if (output().find(text) != std::string::npos) {
      return;
    }
    if (!alive || steady_clock::now() > deadline) {
      throw std::runtime_error("process never said \"" + text + "\"; it said:\n" + output());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

finished run(std::vector<std::string> const& arguments, std::vector<std::string> const& environment,
             std::chrono::seconds patience) {
  temporary_folder const folder;
  process child(arguments, folder / "output", environment);
  finished end;
  end.status = child.wait(patience);
  end.output = child.output();
  return end;
}

temporary_folder::temporary_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "consentd-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), pattern);
  }
  path_ = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_text(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

void write_text(std::string const& path, std::string const& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) {
    throw std::runtime_error("cannot write " + path);
  }
}

} // namespace consentd::tests
