#include "tests/unit/localapi/subscriber.hpp"

#include <boost/test/unit_test.hpp>
#include <curl/curl.h>

#include <chrono>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

namespace consentd::localapi::testing {

namespace {

constexpr std::chrono::seconds patience{60};

} // namespace

subscriber::subscriber(std::string const& socket, std::string const& target, std::vector<std::string> const& fields)
    : thread_([this, socket, target, fields] { perform(socket, target, fields); }) {
}

subscriber::~subscriber() {
  {
    // As if the network had gone: libcurl itself would look only once a second whether it should leave.
    std::lock_guard const hold(guard_);
    leave_ = true;
    if (fd_ != -1) {
      ::shutdown(fd_, SHUT_RDWR);
    }
  }
  thread_.join();
}

std::size_t subscriber::on_bytes(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* const me = static_cast<subscriber*>(self);
  std::lock_guard const hold(me->guard_);
  me->text_.append(bytes, size * count);
  me->changed_.notify_all();
  return size * count;
}

int subscriber::on_socket(void* self, int fd, int /*purpose*/) {
  auto* const me = static_cast<subscriber*>(self);
  std::lock_guard const hold(me->guard_);
  me->fd_ = fd;
  return me->leave_ ? CURL_SOCKOPT_ERROR : CURL_SOCKOPT_OK;
}

int subscriber::on_close(void* self, int fd) {
  auto* const me = static_cast<subscriber*>(self);
  std::lock_guard const hold(me->guard_);
  me->fd_ = -1;
  return ::close(fd);
}

void subscriber::perform(std::string const& socket, std::string const& target, std::vector<std::string> const& fields) {
  CURL* const easy = curl_easy_init();
  curl_slist* list = nullptr;
  for (auto const& field : fields) {
    list = curl_slist_append(list, field.c_str());
  }
  auto const url = "http://localhost" + target;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &subscriber::on_bytes);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &subscriber::on_socket);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &subscriber::on_close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_perform(easy);
  curl_slist_free_all(list);
  curl_easy_cleanup(easy);
  std::lock_guard const hold(guard_);
  ended_ = true;
  changed_.notify_all();
}

std::vector<subscriber::block> subscriber::blocks() const {
  std::vector<block> out;
  std::size_t begin = 0;
  for (auto end = text_.find("\n\n"); end != std::string::npos; end = text_.find("\n\n", begin)) {
    block one;
    std::istringstream lines(text_.substr(begin, end - begin));
    for (std::string line; std::getline(lines, line);) {
      auto const take = [&line](std::string const& name, std::string& into) {
        if (line.starts_with(name + ": ")) {
          into = line.substr(name.size() + 2);
        }
      };
      take("id", one.id);
      take("event", one.event);
      take("data", one.data);
    }
    if (!one.data.empty()) {
      out.push_back(std::move(one));
    }
    begin = end + 2;
  }
  return out;
}

std::vector<subscriber::block> subscriber::wait_for(std::size_t count) {
  std::unique_lock hold(guard_);
  bool const there = changed_.wait_for(hold, patience, [&] { return blocks().size() >= count; });
  BOOST_TEST_REQUIRE(there, "not " << count << " events in: " << text_);
  auto all = blocks();
  return all;
}

void subscriber::wait_for_text(std::string const& what) {
  std::unique_lock hold(guard_);
  bool const there = changed_.wait_for(hold, patience, [&] { return text_.find(what) != std::string::npos; });
  BOOST_TEST_REQUIRE(there, "no " << what << " in: " << text_);
}

void subscriber::wait_for_end() {
  std::unique_lock hold(guard_);
  BOOST_TEST_REQUIRE(changed_.wait_for(hold, patience, [&] { return ended_; }));
}

std::string subscriber::text() {
  std::lock_guard const hold(guard_);
  return text_;
}

} // namespace consentd::localapi::testing
