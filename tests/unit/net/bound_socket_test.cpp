#include "tests/support/process.hpp"

#include "net/file_descriptor.hpp"
#include "net/listener.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace consentd;
using namespace consentd::tests;
using net::bound_socket;

namespace {

template <class T>
void check_refused(result<T> const& made, std::string const& words) {
  BOOST_REQUIRE(!made.has_value());
  BOOST_TEST((made.error().code == reason::bad_setting));
  BOOST_TEST(made.error().detail.find(words) != std::string::npos, made.error().detail);
}

bool exists(std::string const& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

struct stat status_of(std::string const& path) {
  struct stat found {};
  BOOST_REQUIRE(::lstat(path.c_str(), &found) == 0);
  return found;
}

// What a daemon that was killed leaves: a socket file on which nobody listens.
void leave_stale_socket(std::string const& path) {
  net::file_descriptor const fd{::socket(AF_UNIX, SOCK_STREAM, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(&address.sun_path, path.data(), path.size());
  void const* const raw = &address;
  BOOST_REQUIRE(::bind(fd.get(), static_cast<sockaddr const*>(raw), sizeof address) == 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(tcp_socket)

BOOST_AUTO_TEST_CASE(is_named_with_the_port_that_the_kernel_chose) {
  auto const v4 = bound_socket::tcp("127.0.0.1", 0);
  BOOST_REQUIRE(v4.has_value());
  BOOST_TEST(v4->name().starts_with("127.0.0.1:"));
  BOOST_TEST(v4->name() != "127.0.0.1:0");
  BOOST_TEST(!v4->is_unix());
  auto const v6 = bound_socket::tcp("::1", 0);
  BOOST_REQUIRE(v6.has_value());
  BOOST_TEST(v6->name().starts_with("[::1]:"));
}

BOOST_AUTO_TEST_CASE(on_a_busy_port_is_refused_with_the_address) {
  auto const first = bound_socket::tcp("127.0.0.1", 0);
  auto const port = std::stoul(first->name().substr(10));
  check_refused(bound_socket::tcp("127.0.0.1", static_cast<std::uint16_t>(port)),
                "127.0.0.1 port " + std::to_string(port) + ": Address already in use");
}

BOOST_AUTO_TEST_CASE(on_what_is_no_address_of_ours_is_refused) {
  check_refused(bound_socket::tcp("localhost", 0), "localhost is not a numeric IP address");
  check_refused(bound_socket::tcp("", 0), "not a numeric IP address");
  check_refused(bound_socket::tcp("192.0.2.1", 0), "192.0.2.1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(unix_socket)

BOOST_AUTO_TEST_CASE(has_the_mode_whatever_the_umask_says) {
  temporary_folder const folder;
  for (mode_t const mask : {0000U, 0077U, 0777U}) {
    for (mode_t const mode : {0600U, 0660U, 0666U}) {
      auto const before = ::umask(mask);
      auto const made = bound_socket::unix_path(folder / "s", {.mode = mode, .group = ::getgid()});
      auto const after = ::umask(before);
      BOOST_REQUIRE(made.has_value());
      BOOST_TEST(after == mask);
      BOOST_TEST((status_of(folder / "s").st_mode & 07777) == mode);
      BOOST_TEST(status_of(folder / "s").st_gid == ::getgid());
      BOOST_TEST(made->name() == "unix:" + folder / "s");
      BOOST_TEST(made->is_unix());
    }
  }
}

BOOST_AUTO_TEST_CASE(replaces_a_stale_file) {
  temporary_folder const folder;
  leave_stale_socket(folder / "s");
  auto const before = status_of(folder / "s");
  auto const made = bound_socket::unix_path(folder / "s", {});
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(status_of(folder / "s").st_ctim.tv_nsec != before.st_ctim.tv_nsec);
}

BOOST_AUTO_TEST_CASE(does_not_replace_one_that_is_listened_on) {
  temporary_folder const folder;
  auto const first = bound_socket::unix_path(folder / "s", {});
  auto const inode = status_of(folder / "s").st_ino;
  check_refused(bound_socket::unix_path(folder / "s", {}), folder / "s" + ": another process listens on it");
  BOOST_TEST(status_of(folder / "s").st_ino == inode);
}

// Another process has bound its socket and is about to listen: to whoever tries to connect that looks stale.
BOOST_AUTO_TEST_CASE(does_not_replace_one_that_is_about_to_be_listened_on) {
  temporary_folder const folder;
  leave_stale_socket(folder / "s");
  auto const inode = status_of(folder / "s").st_ino;
  auto const lock = ::open((folder / "s.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  BOOST_REQUIRE(::flock(lock, LOCK_EX | LOCK_NB) == 0);
  check_refused(bound_socket::unix_path(folder / "s", {}), folder / "s" + ": another process listens on it");
  BOOST_TEST(status_of(folder / "s").st_ino == inode);
  ::close(lock);
  BOOST_TEST(bound_socket::unix_path(folder / "s", {}).has_value());
}

BOOST_AUTO_TEST_CASE(does_not_replace_another_kind_of_file) {
  temporary_folder const folder;
  write_text(folder / "s", "precious");
  check_refused(bound_socket::unix_path(folder / "s", {}), "exists and is not a socket");
  BOOST_TEST(read_text(folder / "s") == "precious");
  // Nor what a symbolic link points to.
  leave_stale_socket(folder / "target");
  BOOST_REQUIRE(::symlink((folder / "target").c_str(), (folder / "link").c_str()) == 0);
  check_refused(bound_socket::unix_path(folder / "link", {}), "exists and is not a socket");
  BOOST_TEST(exists(folder / "target"));
}

BOOST_AUTO_TEST_CASE(removes_its_file_and_leaves_a_successors) {
  temporary_folder const folder;
  {
    auto const made = bound_socket::unix_path(folder / "s", {});
    BOOST_TEST(exists(folder / "s"));
  }
  BOOST_TEST(!exists(folder / "s"));
  {
    auto const made = bound_socket::unix_path(folder / "s", {});
    // Renamed, not deleted, so that the new file cannot get the same inode.
    BOOST_REQUIRE(::rename((folder / "s").c_str(), (folder / "old").c_str()) == 0);
    leave_stale_socket(folder / "s");
  }
  BOOST_TEST(exists(folder / "s"));
}

BOOST_AUTO_TEST_CASE(is_moved_with_its_file) {
  temporary_folder const folder;
  auto first = bound_socket::unix_path(folder / "s", {});
  auto moved = std::move(*first);
  BOOST_TEST(exists(folder / "s"));
  auto other = bound_socket::unix_path(folder / "t", {});
  moved = std::move(*other);
  BOOST_TEST(!exists(folder / "s"));
  BOOST_TEST(exists(folder / "t"));
}

BOOST_AUTO_TEST_CASE(path_may_be_as_long_as_the_kernel_allows) {
  temporary_folder const folder;
  auto const longest = folder / std::string(107 - folder.path().size() - 1, 's');
  BOOST_TEST(bound_socket::unix_path(longest, {}).has_value());
  check_refused(bound_socket::unix_path(longest + "s", {}), "must be 1 to 107 bytes");
  check_refused(bound_socket::unix_path("", {}), "must be 1 to 107 bytes");
  check_refused(bound_socket::unix_path(folder / "missing/s", {}), "No such file");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(adopted_socket)

BOOST_AUTO_TEST_CASE(keeps_its_name) {
  temporary_folder const folder;
  auto const tcp = bound_socket::tcp("127.0.0.1", 0);
  auto const taken = bound_socket::adopt(::dup(tcp->native()));
  BOOST_REQUIRE(taken.has_value());
  BOOST_TEST(taken->name() == tcp->name());
  auto const local = bound_socket::unix_path(folder / "s", {});
  {
    auto const second = bound_socket::adopt(::dup(local->native()));
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(second->name() == local->name());
    BOOST_TEST(second->is_unix());
  }
  // The file belongs to whoever made it.
  BOOST_TEST(exists(folder / "s"));
}

BOOST_AUTO_TEST_CASE(must_listen_and_stays_the_callers_otherwise) {
  net::file_descriptor const idle{::socket(AF_INET, SOCK_STREAM, 0)};
  net::file_descriptor const datagram{::socket(AF_INET, SOCK_DGRAM, 0)};
  for (auto const fd : {idle.get(), datagram.get()}) {
    check_refused(bound_socket::adopt(fd), "not a listening stream socket");
    BOOST_TEST(::fcntl(fd, F_GETFD) >= 0);
  }
  check_refused(bound_socket::adopt(-1), "not a listening stream socket");
  check_refused(bound_socket::adopt(STDIN_FILENO), "not a listening stream socket");
}

BOOST_AUTO_TEST_SUITE_END()
