#include "ingress/webhook.hpp"

#include "base/interaction_id.hpp"
#include "ingress/header_checks.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace consentd::ingress {
namespace {

constexpr std::string_view interaction_header = "x-fapi-interaction-id";
constexpr std::chrono::seconds patience_for_keys{2}; // contract section 2

bool is_our_fault(reason why) noexcept {
  return status_of(why) >= 500;
}

// The answers that have a body (contract section 7).
bool is_explained(unsigned status) noexcept {
  return status == 400 || status == 403 || status == 500 || status == 503;
}

bool is_token_failure(reason why) noexcept {
  return status_of(why) == 401 && why != reason::bearer_missing;
}

} // namespace

unsigned status_of(reason why) noexcept {
  switch (why) {
  case reason::header_not_allowed:
  case reason::request_malformed:
  // What is wrong with an event is its sender's to mend, once we have looked at all (acknowledgement mode `verified`).
  case reason::not_a_jwe:
  case reason::jwe_header:
  case reason::jwe_algorithm:
  case reason::unknown_decryption_key:
  case reason::decryption:
  case reason::not_a_jws:
  case reason::jws_header:
  case reason::jws_algorithm:
  case reason::unknown_issuer:
  case reason::unknown_signing_key:
  case reason::signature:
  case reason::claims_malformed:
  case reason::audience:
  case reason::expired:
  case reason::expiry_too_far:
  case reason::not_yet_valid:
  case reason::replay:
  case reason::not_an_event:
  case reason::ambiguous:
  case reason::resource_malformed:
  case reason::unknown_status:
  case reason::bad_time:
  case reason::bad_id:
  case reason::id_mismatch:
  case reason::issuer_mismatch:
  case reason::kind_mismatch:
    return 400;
  case reason::bearer_missing:
  case reason::bearer_malformed:
  case reason::bearer_header:
  case reason::bearer_signature:
  case reason::bearer_unknown_key:
  case reason::bearer_claim:
  case reason::bearer_expired:
  case reason::bearer_replay:
    return 401;
  case reason::source_not_allowed:
    return 403;
  case reason::path_unknown:
    return 404;
  case reason::method_not_allowed:
    return 405;
  case reason::not_acceptable:
    return 406;
  case reason::request_timeout:
    return 408;
  case reason::body_too_large:
    return 413;
  case reason::media_type:
    return 415;
  case reason::inbox_full:
    return 429;
  case reason::header_too_large:
    return 431;
  case reason::storage:
  case reason::keys_unavailable:
  case reason::shutting_down:
  case reason::undecided:
  case reason::unknown_consent: // it would be held, had we room for it: our lack
    return 503;
  default:
    return 500;
  }
}

std::string interaction_id_of(net::request_head const& head) {
  auto const received = head.find(interaction_header);
  return received && is_uuid(*received) ? std::string(*received) : new_uuid();
}

webhook::webhook(settings how, authz::bearer_policy bearer, jose::key_source const& keys, key_request ask_for_keys,
                 store::inbox& inbox, answering with, clock const& now, log_sink& log, telemetry& counters)
    : rules_({std::move(how), std::move(bearer)}), keys_(keys), ask_for_keys_(std::move(ask_for_keys)), inbox_(inbox),
      with_(with), now_(now), log_(log), counters_(counters) {
}

void webhook::replace(settings how, authz::bearer_policy bearer) {
  rules_.set({std::move(how), std::move(bearer)});
}

boost::asio::awaitable<void> webhook::serve(net::exchange& request) {
  auto const by = rules_.get();
  auto interaction_id = interaction_id_of(request.head());
  bool authenticated = false;
  auto received = co_await receive_safely(*by, request, interaction_id, authenticated);
  if (received) {
    co_await acknowledge(by->how.acknowledge_status, request, std::move(interaction_id), received->already);
  } else if (received.error().code != reason::disconnected) {
    co_await refuse_with(*by, request, std::move(interaction_id), received.error(), authenticated);
  }
}

// A mistake of ours gets an answer that can be traced like any other.
boost::asio::awaitable<result<store::appended>>
webhook::receive_safely(rules const& by, net::exchange& request, std::string interaction_id, bool& authenticated) {
  std::exception_ptr thrown;
  std::string what;
  try {
    co_return co_await receive(by, request, std::move(interaction_id), authenticated);
  } catch (std::exception const& bug) {
    thrown = std::current_exception();
    what = bug.what();
  }
  auto const state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) {
    std::rethrow_exception(thrown); // the session ends, and nobody can be answered
  }
  co_return failure{reason::internal, "exception: " + what};
}

boost::asio::awaitable<result<store::appended>> webhook::receive(rules const& by, net::exchange& request,
                                                                 std::string interaction_id, bool& authenticated) {
  auto kept = co_await keep(by, request, std::move(interaction_id), authenticated);
  if (!kept || with_.verdicts == nullptr) {
    co_return kept;
  }
  // One that came again is answered by what became of the first.
  auto const became = co_await with_.verdicts->of(kept->delivery);
  if (!became) {
    co_return became.error();
  }
  co_return kept;
}

boost::asio::awaitable<void> webhook::acknowledge(unsigned status, net::exchange& request, std::string interaction_id,
                                                  bool already) {
  net::response answer;
  answer.status = status;
  answer.fields.push_back({std::string(interaction_header), std::move(interaction_id)});
  co_await request.send(std::move(answer));
  count(status, already ? "redelivered" : "stored", request.head());
}

boost::asio::awaitable<void> webhook::refuse_with(rules const& by, net::exchange& request, std::string interaction_id,
                                                  failure why, bool authenticated) {
  auto answer = refusal(by, why, request.head(), std::move(interaction_id));
  auto const status = answer.status;
  if (authenticated) {
    co_await explain(answer, why.code, request.head());
  }
  co_await request.send(std::move(answer));
  count(status, to_string(why.code), request.head());
}

boost::asio::awaitable<void> webhook::explain(net::response& answer, reason why, net::request_head const& head) const {
  if (with_.errors == nullptr || !is_explained(answer.status) || !accepts_jwt(head)) {
    co_return;
  }
  answer.body = co_await with_.errors->body_for(why);
  if (!answer.body.empty()) {
    answer.fields.push_back({"Content-Type", "application/jwt"});
  }
}

boost::asio::awaitable<result<webhook::admitted>> webhook::admit(rules const& by, net::request_head const& head,
                                                                 bool& authenticated) const {
  if (auto sound = check_head(head, by.how.path, by.how.max_body_bytes); !sound) {
    co_return sound.error();
  }
  auto const received = now_.now();
  auto caller = co_await authorize(by, head, received);
  if (!caller) {
    co_return caller.error();
  }
  authenticated = caller->has_value();
  // After the token, so that 403 means what contract section 7 says: authenticated, but not from here.
  tell_ignored(by, head);
  auto from = identify_sender(head, by.how.senders);
  if (!from) {
    co_return from.error();
  }
  // Where no token has to come, certificate and address say who sends.
  authenticated = true;
  if (*caller) {
    if (auto agrees = check_agreement(**caller, *from); !agrees) {
      co_return agrees.error();
    }
  }
  co_return admitted{std::move(*caller), received, std::move(from->address)};
}

boost::asio::awaitable<result<std::optional<authz::caller>>>
webhook::authorize(rules const& by, net::request_head const& head, timestamp received) const {
  bool const absent = head.count("authorization") == 0;
  if (by.how.bearer == bearer_mode::off || (by.how.bearer == bearer_mode::if_present && absent)) {
    co_return std::optional<authz::caller>();
  }
  auto const token = bearer_of(head);
  if (!token) {
    co_return token.error();
  }
  auto checked = co_await check_token(by, *token, received);
  if (!checked) {
    co_return checked.error();
  }
  co_return std::optional<authz::caller>(std::move(*checked));
}

void webhook::tell_ignored(rules const& by, net::request_head const& head) const {
  auto const ignored = ignored_header(head, by.how.senders);
  if (!ignored) {
    return;
  }
  if (auto const times = pace_.count(0, std::chrono::steady_clock::now()); times != 0) {
    log_.write(severity::warning, "header of a peer that is no proxy ignored",
               {{"header", *ignored}, {"peer", head.peer.address}, {"times", std::to_string(times)}});
  }
}

// A key that we have never waits. One that we lack is asked for, and the sender waits for that: the Hub may have begun
// to sign with it a moment ago (contract section 2).
boost::asio::awaitable<result<authz::caller>> webhook::check_token(rules const& by, std::string_view token,
                                                                   timestamp received) const {
  auto checked = authz::check_bearer(token, received, keys_, by.bearer);
  if (checked || checked.error().code != reason::keys_unavailable) {
    co_return checked;
  }
  auto const became = co_await ask_for_keys_(patience_for_keys);
  if (became == asked::failed) {
    co_return checked;
  }
  if (became == asked::renewed) {
    checked = authz::check_bearer(token, received, keys_, by.bearer);
  }
  if (!checked && checked.error().code == reason::keys_unavailable) {
    co_return failure{reason::bearer_unknown_key, "the Hub's key set, fetched just now, has no usable key of that kid"};
  }
  co_return checked;
}

boost::asio::awaitable<result<store::appended>> webhook::keep(rules const& by, net::exchange& request,
                                                              std::string interaction_id, bool& authenticated) {
  // Before the body: a sender without a valid token costs us no memory and no disk.
  auto admission = co_await admit(by, request.head(), authenticated);
  if (!admission) {
    co_return admission.error();
  }
  auto body = co_await request.read_body(by.how.max_body_bytes);
  if (!body) {
    co_return body.error();
  }
  jose::bounds const limit{.token_bytes = by.how.max_body_bytes};
  if (auto shape = jose::looks_like_jwe(*body, limit); !shape) {
    co_return shape.error();
  }
  store::new_delivery delivery;
  delivery.interaction_id = std::move(interaction_id);
  delivery.received = admission->received;
  delivery.body = std::move(*body);
  if (auto& caller = admission->caller) {
    delivery.token = store::bearer_token{std::move(caller->issuer), std::move(caller->identity), caller->spent_until};
  }
  delivery.peer = std::move(admission->address);
  co_return co_await inbox_.append(std::move(delivery));
}

net::response webhook::refusal(rules const& by, failure const& why, net::request_head const& head,
                               std::string interaction_id) const {
  net::response answer;
  answer.status = status_of(why.code);
  log_.write(is_our_fault(why.code) ? severity::error : severity::warning, "delivery refused",
             {{"status", std::to_string(answer.status)},
              {"reason", std::string(to_string(why.code))},
              {"detail", why.detail},
              {"interaction_id", interaction_id},
              {"peer", head.peer.address}});
  if (answer.status == 401) {
    // RFC 6750 section 3.1: no error code for a request that brought no token.
    answer.fields.push_back(
        {"WWW-Authenticate", is_token_failure(why.code) ? R"(Bearer error="invalid_token")" : "Bearer"});
  } else if (answer.status == 405) {
    answer.fields.push_back({"Allow", "POST"});
  } else if (answer.status == 429 || answer.status == 503) {
    answer.fields.push_back({"Retry-After", std::to_string(by.how.retry_after.count())});
  }
  answer.fields.push_back({std::string(interaction_header), std::move(interaction_id)});
  return answer;
}

net::response webhook::refuse(reason why, net::request_head const& head) {
  auto answer = refusal(*rules_.get(), failure{why, "no request came of it"}, head, interaction_id_of(head));
  count(answer.status, to_string(why), head);
  return answer;
}

void webhook::count(unsigned status, std::string_view why, net::request_head const& head) const noexcept {
  counters_.answered(status, why);
  counters_.timed(stage::acknowledge, std::chrono::steady_clock::now() - head.started);
}

} // namespace consentd::ingress
