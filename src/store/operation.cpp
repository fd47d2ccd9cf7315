#include "store/operation.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace consentd::store {
namespace {

constexpr std::array<std::pair<operation, std::string_view>, 9> names{{
    {operation::retry_delivery, "retry-delivery"},
    {operation::drop_delivery, "drop-delivery"},
    {operation::keep_consumer, "keep-consumer"},
    {operation::acknowledge_consumer, "acknowledge-consumer"},
    {operation::seek_consumer, "seek-consumer"},
    {operation::pause_consumer, "pause-consumer"},
    {operation::resume_consumer, "resume-consumer"},
    {operation::remove_consumer, "remove-consumer"},
    {operation::reload, "reload"},
}};

} // namespace

std::string_view to_string(operation value) noexcept {
  auto const found = std::find_if(names.begin(), names.end(), [value](auto const& one) { return one.first == value; });
  return found == names.end() ? std::string_view() : found->second;
}

std::optional<operation> parse_operation(std::string_view text) noexcept {
  auto const found = std::find_if(names.begin(), names.end(), [text](auto const& one) { return one.second == text; });
  return found == names.end() ? std::nullopt : std::optional(found->first);
}

} // namespace consentd::store
