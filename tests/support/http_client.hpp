// HTTP as a stranger speaks it: libcurl, over TLS or a Unix socket.
#ifndef CONSENTD_TESTS_SUPPORT_HTTP_CLIENT_HPP
#define CONSENTD_TESTS_SUPPORT_HTTP_CLIENT_HPP

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace consentd::tests {

struct http_answer {
  long status = 0;                           // 0: no answer came
  std::map<std::string, std::string> fields; // names in lower case
  std::string body;
  std::string error; // curl's words when no answer came
};

// One connection, kept alive between requests. One thread.
class http_client {
public:
  struct where {
    std::string ca_file;     // for https
    std::string unix_socket; // instead of TCP
  };
  explicit http_client(where how);
  ~http_client();
  http_client(http_client const&) = delete;
  http_client& operator=(http_client const&) = delete;

  http_answer request(std::string const& method, std::string const& url, std::vector<std::string> const& fields = {},
                      std::string const& body = {});
  http_answer get(std::string const& url) { return request("GET", url); }

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace consentd::tests

#endif
