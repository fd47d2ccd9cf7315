// From a raw delivery to what should become of it: pure computation, the expensive part of the way of one event.
#ifndef CONSENTD_PIPELINE_VERDICT_HPP
#define CONSENTD_PIPELINE_VERDICT_HPP

#include "jose/decryption_key.hpp"
#include "jose/key_source.hpp"
#include "jose/open.hpp"
#include "store/records.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace consentd::pipeline {

// What events are judged with. What it refers to must outlive every user.
struct trust {
  std::shared_ptr<jose::key_ring const> keys; // never null
  jose::key_source const& issuers;
  jose::event_policy policy;
  // Hears of each delivery that a decryption key opened. Any thread; must not block. May be empty.
  std::function<void(std::string const& kid)> opened{};
};

// The issuer's keys are lacking on our side: the delivery waits (contract section 4; never quarantined for our lack).
struct awaits_keys {
  std::int64_t delivery = 0;
  std::string issuer;
  std::optional<std::string> jti; // as claimed
};

using verdict =
    std::variant<store::settlement, store::resource_settlement, store::unknown_settlement, store::refusal, awaits_keys>;

// Decrypts, verifies and reads one delivery. Costs an RSA private operation; any thread. Throws only what the machine
// forces (memory).
verdict judge(store::pending_delivery const& delivery, trust const& by);

} // namespace consentd::pipeline

#endif
