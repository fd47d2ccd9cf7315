#include "tools/consentctl/output.hpp"

#include "tools/consentctl/call.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>

namespace consentd::consentctl {

void occupy_standard_descriptors() {
  for (int const number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) == -1 && errno == EBADF) {
      // The lowest free number is this one. For the other direction, so that it stays as useless as it was.
      ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
  }
}

bool print(std::string_view text) {
  if (!std::cout) {
    return false;
  }
  errno = 0;
  std::cout << text << std::flush;
  int const why = errno;
  // A pipe whose reader has seen enough ends most programs by a signal, so silently.
  if (!std::cout && why != EPIPE) {
    complain("cannot write to standard output: " + std::generic_category().message(why), exit_output);
  }
  return all_printed();
}

std::size_t output_columns() {
  winsize size{};
  // NOLINTNEXTLINE(*-vararg): it has no other form
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
    return 0;
  }
  std::size_t columns = size.ws_col;
  // A serial line does not know, but the user may.
  auto const* const told = columns == 0 ? std::getenv("COLUMNS") : nullptr;
  if (told != nullptr) {
    std::from_chars(told, told + std::strlen(told), columns);
  }
  return columns;
}

bool all_printed() {
  return std::cout.good();
}

} // namespace consentd::consentctl
