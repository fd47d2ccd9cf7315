// The Hub-facing door: checks a request, has the delivery stored, and only then acknowledges it, at once or when it has
// come to its outcome (contract sections 1, 2, 7).
#ifndef CONSENTD_INGRESS_WEBHOOK_HPP
#define CONSENTD_INGRESS_WEBHOOK_HPP

#include "authz/bearer.hpp"
#include "base/current.hpp"
#include "base/log.hpp"
#include "base/telemetry.hpp"
#include "base/time.hpp"
#include "ingress/error_bodies.hpp"
#include "ingress/outcomes.hpp"
#include "ingress/sender.hpp"
#include "jose/compact.hpp"
#include "jose/key_source.hpp"
#include "net/complaint_pace.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::ingress {

// Whether an authorization JWT must come (contract section 2).
enum class bearer_mode : std::uint8_t { required, if_present, off };

struct settings {
  std::string path = "/webhook";     // compared whole with the request's path, undecoded
  unsigned acknowledge_status = 202; // 204 for v1.2 and v2.0
  std::size_t max_body_bytes = std::size_t{256} * 1024;
  std::chrono::seconds retry_after{5}; // what a sender is told with 429 and 503
  bearer_mode bearer = bearer_mode::required;
  sender_rules senders{};
};

// What came of asking for the Hub's keys out of turn.
enum class asked : std::uint8_t {
  renewed,  // the set in force has just been fetched
  too_soon, // it was fetched moments ago, and is not asked for again yet
  failed    // the Hub could not be asked in time
};
// Asks, and waits for the answer that long at most. On any executor.
using key_request = std::function<boost::asio::awaitable<asked>(std::chrono::milliseconds patience)>;

// What answers are made with besides; each may be null.
struct answering {
  outcomes* verdicts = nullptr;   // there: an answer waits for its delivery's outcome (acknowledgement mode `verified`)
  error_bodies* errors = nullptr; // there: authenticated senders are told in a signed body what to mend
};

// One for all sessions of the Hub's listeners; safe on all their threads. Everything given must outlive it.
class webhook final : public net::handler {
public:
  webhook(settings how, authz::bearer_policy bearer, jose::key_source const& keys, key_request ask_for_keys,
          store::inbox& inbox, answering with, clock const& now, log_sink& log, telemetry& counters);

  // Requests that come from now on are judged by these.
  void replace(settings how, authz::bearer_policy bearer);

  boost::asio::awaitable<void> serve(net::exchange& request) override;
  net::response refuse(reason why, net::request_head const& head) override;

private:
  // What one request is judged by from its beginning to its end.
  struct rules {
    settings how;
    authz::bearer_policy bearer;
  };
  // A request that got past every check that its header section allows.
  struct admitted {
    std::optional<authz::caller> caller; // nothing: no token came, and none had to
    timestamp received;
    std::string address;
  };
  // `authenticated` becomes true as soon as it is known who sends, so that it can be seen after a failure too.
  boost::asio::awaitable<result<admitted>> admit(rules const& by, net::request_head const& head,
                                                 bool& authenticated) const;
  boost::asio::awaitable<result<std::optional<authz::caller>>> authorize(rules const& by, net::request_head const& head,
                                                                         timestamp received) const;
  boost::asio::awaitable<result<authz::caller>> check_token(rules const& by, std::string_view token,
                                                            timestamp received) const;
  void tell_ignored(rules const& by, net::request_head const& head) const;
  boost::asio::awaitable<result<store::appended>> keep(rules const& by, net::exchange& request,
                                                       std::string interaction_id, bool& authenticated);
  boost::asio::awaitable<result<store::appended>> receive(rules const& by, net::exchange& request,
                                                          std::string interaction_id, bool& authenticated);
  boost::asio::awaitable<result<store::appended>> receive_safely(rules const& by, net::exchange& request,
                                                                 std::string interaction_id, bool& authenticated);
  boost::asio::awaitable<void> acknowledge(unsigned status, net::exchange& request, std::string interaction_id,
                                           bool already);
  boost::asio::awaitable<void> refuse_with(rules const& by, net::exchange& request, std::string interaction_id,
                                           failure why, bool authenticated);
  boost::asio::awaitable<void> explain(net::response& answer, reason why, net::request_head const& head) const;
  net::response refusal(rules const& by, failure const& why, net::request_head const& head,
                        std::string interaction_id) const;
  void count(unsigned status, std::string_view why, net::request_head const& head) const noexcept;

  current<rules> rules_;
  jose::key_source const& keys_;
  key_request ask_for_keys_;
  store::inbox& inbox_;
  answering with_;
  clock const& now_;
  log_sink& log_;
  telemetry& counters_;
  mutable net::complaint_pace pace_{1};
};

// The interaction id of a request: the received one when it is a single UUID, a new one otherwise (contract section 7).
std::string interaction_id_of(net::request_head const& head);

// The status that a refused sender gets for `why` (contract section 7).
unsigned status_of(reason why) noexcept;

} // namespace consentd::ingress

#endif
