// A subscriber that knows nothing of ours: libcurl on a thread, and the text it was sent.
#ifndef CONSENTD_TESTS_UNIT_LOCALAPI_SUBSCRIBER_HPP
#define CONSENTD_TESTS_UNIT_LOCALAPI_SUBSCRIBER_HPP

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace consentd::localapi::testing {

class subscriber {
public:
  struct block {
    std::string id;
    std::string event;
    std::string data;
  };

  subscriber(std::string const& socket, std::string const& target, std::vector<std::string> const& fields = {});
  ~subscriber();
  subscriber(subscriber const&) = delete;
  subscriber& operator=(subscriber const&) = delete;

  // The first `count` events (blocks with data), once they are there; fails the test after a time that only keeps a
  // hanging test from hanging for ever.
  std::vector<block> wait_for(std::size_t count);
  // Waits until the text holds `what`.
  void wait_for_text(std::string const& what);
  // Waits until the other side has ended the stream.
  void wait_for_end();
  std::string text();

private:
  static std::size_t on_bytes(char* bytes, std::size_t size, std::size_t count, void* self);
  static int on_socket(void* self, int fd, int purpose);
  static int on_close(void* self, int fd);
  void perform(std::string const& socket, std::string const& target, std::vector<std::string> const& fields);
  std::vector<block> blocks() const; // with guard_ held

  std::mutex guard_;
  std::condition_variable changed_;
  std::string text_; // guarded by guard_
  bool ended_ = false;
  bool leave_ = false;
  int fd_ = -1; // open as long as it is here
  std::thread thread_;
};

} // namespace consentd::localapi::testing

#endif
