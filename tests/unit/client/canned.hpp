// HTTP as a scripted server says it.
#ifndef CONSENTD_TESTS_UNIT_CLIENT_CANNED_HPP
#define CONSENTD_TESTS_UNIT_CLIENT_CANNED_HPP

#include "tests/unit/client/scripted_server.hpp"

#include <consentd/client/daemon.hpp>

#include <string>
#include <string_view>

namespace consentd::client::testing {

inline settings at(scripted_server const& server) {
  settings how;
  how.socket_path = server.path();
  return how;
}

inline std::string answer_of(std::string const& status, std::string const& type, std::string const& body,
                             std::string const& fields = {}) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\n" + fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline std::string json_answer(std::string const& body) {
  return answer_of("200 OK", "application/json", body);
}

inline std::string const stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

inline std::string chunk(std::string const& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string size;
  for (auto left = bytes.size(); left > 0; left /= 16) {
    size.insert(size.begin(), digits[left % 16]);
  }
  return size + "\r\n" + bytes + "\r\n";
}

// An entry of the journal as the daemon streams it.
inline std::string entry(std::string const& place, std::string const& subject, std::string const& status = "Revoked") {
  return "id: " + place + "\nevent: ae.openfinance.consent.status\ndata: {\"id\":\"" + place +
         R"(","type":"ae.openfinance.consent.status","source":"https://a","subject":")" + subject +
         R"(","data":{"status":")" + status + R"(","previousStatus":null}})" + "\n\n";
}

} // namespace consentd::client::testing

#endif
