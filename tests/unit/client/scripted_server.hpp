// A Unix socket that says what a test wrote down, to one connection after the other.
#ifndef CONSENTD_TESTS_UNIT_CLIENT_SCRIPTED_SERVER_HPP
#define CONSENTD_TESTS_UNIT_CLIENT_SCRIPTED_SERVER_HPP

#include "tests/support/process.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace consentd::client::testing {

struct scripted_answer {
  std::string bytes;
  bool keep_open = false;  // says no more, and closes only when the client does
  bool keep_alive = false; // the next answer is for the same connection, if it asks again
  bool held = false;       // until let_go() was called
};

class scripted_server {
public:
  explicit scripted_server(std::vector<scripted_answer> answers);
  ~scripted_server();
  scripted_server(scripted_server const&) = delete;
  scripted_server& operator=(scripted_server const&) = delete;

  std::string const& path() const noexcept { return path_; }
  // What was asked so far, one text a request.
  std::vector<std::string> requests();
  // Held answers are said from now on.
  void let_go();
  // How many connections there were.
  std::size_t connections();

private:
  void serve(std::vector<scripted_answer> const& answers);

  tests::temporary_folder folder_;
  std::string path_ = folder_ / "socket";
  int listening_ = -1;
  std::mutex guard_;
  std::vector<std::string> requests_; // guarded by guard_
  std::size_t connections_ = 0;       // guarded by guard_
  bool holds_ = true;                 // guarded by guard_
  std::condition_variable let_go_;
  std::thread thread_;
};

} // namespace consentd::client::testing

#endif
