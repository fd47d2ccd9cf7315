// What people did to the daemon that is not in the journal of changes.
#ifndef CONSENTD_STORE_OPERATION_HPP
#define CONSENTD_STORE_OPERATION_HPP

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::store {

enum class operation : std::uint8_t {
  retry_delivery,
  drop_delivery,
  keep_consumer,
  acknowledge_consumer, // of somebody else
  seek_consumer,
  pause_consumer,
  resume_consumer,
  remove_consumer,
  reload
};

// "retry-delivery".
std::string_view to_string(operation value) noexcept;
std::optional<operation> parse_operation(std::string_view text) noexcept;

struct operation_record {
  std::int64_t id = 0; // ascends with the time
  timestamp recorded;
  std::uint32_t uid = 0; // who asked
  operation what{};
  std::string subject; // a delivery's number, a consumer's name, or empty
  std::string detail;  // in words, for people
};

// What is absent lets everything pass.
struct operation_filter {
  std::optional<operation> what;
  std::optional<std::string> subject;
  std::optional<std::uint32_t> uid;
};

} // namespace consentd::store

#endif
