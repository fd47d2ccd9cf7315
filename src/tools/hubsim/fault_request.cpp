// Requests that are wrong as HTTP, or whose body is no JWE (contract section 7): refused at once.
#include "tools/hubsim/fault.hpp"

namespace consentd::hubsim {

namespace {

constexpr fault list[] = {
    {"wrong-path", "another path than the webhook's", 404, reason::path_unknown, takes::nothing, nullptr, nullptr,
     [](request& of) { of.path_suffix = "-elsewhere"; }},
    {"wrong-method", "PUT instead of POST", 405, reason::method_not_allowed, takes::nothing, nullptr, nullptr,
     [](request& of) { of.method = "PUT"; }},
    {"not-acceptable", "asks for an answer in text/html", 406, reason::not_acceptable, takes::nothing, nullptr, nullptr,
     [](request& of) { of.accept = "text/html"; }},
    {"wrong-content-type", "a good body labelled text/plain", 415, reason::media_type, takes::nothing, nullptr, nullptr,
     [](request& of) { of.content_type = "text/plain"; }},
    {"oversized-body", "a good event with 300,000 bytes of padding in its resource", 413, reason::body_too_large,
     takes::nothing, [](event_spec& spec) { spec.padding_bytes = 300000; }},
    {"not-a-jwe", "plain JSON as the body", 400, reason::not_a_jwe, takes::nothing, nullptr, nullptr,
     [](request& of) { of.body = of.claims; }},
    {"jws-as-body", "the signed event without its encryption", 400, reason::not_a_jwe, takes::nothing, nullptr, nullptr,
     [](request& of) { of.body = of.jws; }},
};

} // namespace

std::span<fault const> request_faults() noexcept {
  return list;
}

} // namespace consentd::hubsim
