#include "tests/support/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <new>

namespace consentd::tests {
namespace {

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(bytes, size * count);
  return size * count;
}

std::size_t take_field(char* bytes, std::size_t size, std::size_t count, void* to) {
  std::string line(bytes, size * count);
  auto const colon = line.find(':');
  if (colon != std::string::npos) {
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    auto const first = line.find_first_not_of(" \t", colon + 1);
    auto const last = line.find_last_not_of(" \t\r\n");
    (*static_cast<std::map<std::string, std::string>*>(to))[name] =
        first == std::string::npos || last < first ? "" : line.substr(first, last - first + 1);
  }
  return size * count;
}

} // namespace

struct http_client::state {
  CURL* handle = nullptr;
  where how;
};

http_client::http_client(where how) : state_(std::make_unique<state>()) {
  state_->how = std::move(how);
  state_->handle = curl_easy_init();
  if (state_->handle == nullptr) {
    throw std::bad_alloc();
  }
}

http_client::~http_client() {
  curl_easy_cleanup(state_->handle);
}

http_answer http_client::request(std::string const& method, std::string const& url,
                                 std::vector<std::string> const& fields, std::string const& body) {
  http_answer answer;
  CURL* const curl = state_->handle;
  curl_easy_reset(curl); // keeps the connection
  curl_slist* list = nullptr;
  for (auto const& field : fields) {
    list = curl_slist_append(list, field.c_str());
  }
  list = curl_slist_append(list, "Expect:");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
  if (!body.empty() || method == "POST" || method == "PUT") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
  if (!state_->how.unix_socket.empty()) {
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, state_->how.unix_socket.c_str());
  }
  if (!state_->how.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, state_->how.ca_file.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_field);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.fields);
  auto const outcome = curl_easy_perform(curl);
  if (outcome == CURLE_OK) {
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  } else {
    answer.error = curl_easy_strerror(outcome);
  }
  curl_slist_free_all(list);
  return answer;
}

} // namespace consentd::tests
