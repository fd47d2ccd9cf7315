#include "localapi/sent_object.hpp"

#include "localapi/media.hpp"
#include "json/document.hpp"

#include <algorithm>
#include <utility>

namespace consentd::localapi {
namespace {

constexpr std::size_t object_depth = 4;
constexpr std::size_t object_values = 64;

} // namespace

boost::asio::awaitable<parsed<std::string>> read_json_body(net::exchange& request, std::size_t limit) {
  if (!is_sent_as(request.head(), "application/json")) {
    co_return problem{problem_kind::media_type, "The body must be application/json.", "Content-Type", {}};
  }
  auto body = co_await request.read_body(limit);
  if (!body) {
    co_return from_failure(body.error());
  }
  co_return std::move(*body);
}

parsed<sent_object> sent_object::read(std::string body, std::initializer_list<std::string_view> names) {
  auto const size = body.size(); // whoever read it has bounded it
  auto const read =
      json::document::parse(std::move(body), {.bytes = size, .depth = object_depth, .values = object_values});
  if (!read) {
    return problem{problem_kind::request_malformed, "The body is not sound JSON: " + read.error().detail, {}, {}};
  }
  auto const root = read->root();
  if (!root.is_object()) {
    return problem{problem_kind::request_malformed, "The body is not a JSON object.", {}, {}};
  }
  sent_object made;
  for (auto member = root.first(); member; member = member->next()) {
    if (std::find(names.begin(), names.end(), member->name()) == names.end()) {
      return invalid(member->name(), "There is no such member.");
    }
    auto const text = member->get().string();
    if (!text) {
      return invalid(member->name(), "A string is expected.");
    }
    made.members_.emplace(member->name(), *text);
  }
  return made;
}

std::optional<std::string_view> sent_object::find(std::string_view name) const noexcept {
  auto const found = members_.find(name);
  return found == members_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

} // namespace consentd::localapi
