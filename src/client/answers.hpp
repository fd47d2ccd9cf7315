// The daemon's JSON read into values.
#ifndef CONSENTD_CLIENT_ANSWERS_HPP
#define CONSENTD_CLIENT_ANSWERS_HPP

#include <consentd/client/call.hpp>
#include <consentd/client/stream.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace consentd::client {

// Each fails with not_understood where the answer lacks what the contract of the API promises.
result<usability> read_usability(answer const& told);
result<std::vector<usability>> read_usabilities(answer const& told);
result<consent> read_consent(answer const& told);
result<consent_page> read_consents(answer const& told);
result<awaited_consent> read_awaited(answer const& told);
result<announced_consent> read_announced(answer const& told);
result<history_page> read_history(answer const& told);
result<resource> read_resource(answer const& told);
result<consumer_state> read_consumer(answer const& told);
result<std::vector<consumer_state>> read_consumers(answer const& told);

// True for the name of an event that says something to this client. Others are a newer daemon's, which are to be passed
// over (docs/openapi.yaml); one without a name is no such thing.
bool is_known_event(std::string_view name) noexcept;

// An event of a stream by its name, a known one, and data.
result<event> read_event(std::string_view name, std::string place, std::string data);

// What an answer with a status of 400 and above says (RFC 9457).
error read_problem(unsigned status, std::string const& body);

} // namespace consentd::client

#endif
