#include "ingress/header_checks.hpp"

#include "base/optional_whitespace.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace consentd::ingress {
namespace {

// The part before any parameter: "application/jwe" of "application/jwe; charset=utf-8".
std::string_view media_type_of(std::string_view value) {
  return without_ows(value.substr(0, value.find(';')));
}

bool is_event_type(std::string_view type) {
  // v2.1 says application/jwe, v1.2 and v2.0 application/jwt (contract section 1).
  return boost::algorithm::iequals(type, "application/jwe") || boost::algorithm::iequals(type, "application/jwt");
}

// A media range of an Accept header, and whether its weight is zero: "not this one".
struct accepted_range {
  std::string_view type;
  bool excluded = false;
};

bool has_zero_weight(std::string_view parameters) {
  while (!parameters.empty()) {
    auto const end = parameters.find(';');
    auto const one = without_ows(parameters.substr(0, end));
    if (boost::algorithm::istarts_with(one, "q=")) {
      return one.substr(2).find_first_not_of("0.") == std::string_view::npos;
    }
    parameters = end == std::string_view::npos ? std::string_view() : parameters.substr(end + 1);
  }
  return false;
}

accepted_range read_range(std::string_view text) {
  auto const end = text.find(';');
  return {without_ows(text.substr(0, end)), end != std::string_view::npos && has_zero_weight(text.substr(end + 1))};
}

std::vector<accepted_range> accepted_ranges(net::request_head const& head) {
  std::vector<accepted_range> ranges;
  for (auto list : head.all("accept")) {
    while (!list.empty()) {
      auto const comma = list.find(',');
      if (auto const range = read_range(list.substr(0, comma)); !range.type.empty()) {
        ranges.push_back(range);
      }
      list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
  }
  return ranges;
}

// Our answers are empty or a signed JWT. A sender that names JSON is let in too: turning it away would lose the event
// for the sake of a body that it will not get.
bool accepts_our_answers(std::string_view accept) {
  static constexpr std::array<std::string_view, 5> ranges{"*/*", "application/*", "application/jwt", "application/jwe",
                                                          "application/json"};
  while (true) {
    auto const comma = accept.find(',');
    auto const type = media_type_of(accept.substr(0, comma));
    if (std::any_of(ranges.begin(), ranges.end(),
                    [type](auto range) { return boost::algorithm::iequals(type, range); })) {
      return true;
    }
    if (comma == std::string_view::npos) {
      return false;
    }
    accept.remove_prefix(comma + 1);
  }
}

result<void> check_accept(net::request_head const& head) {
  bool named = false;
  for (auto const& field : head.fields) {
    if (!boost::algorithm::iequals(field.name, "accept")) {
      continue;
    }
    named = true;
    if (without_ows(field.value).empty() || accepts_our_answers(field.value)) {
      return {};
    }
  }
  if (named) {
    return failure{reason::not_acceptable, "Accept names nothing that an answer could be"};
  }
  return {};
}

result<void> check_content(net::request_head const& head) {
  if (head.count("content-type") > 1) {
    return failure{reason::header_not_allowed, "Content-Type more than once"};
  }
  auto const type = head.find("content-type");
  if (!type || !is_event_type(media_type_of(*type))) {
    return failure{reason::media_type, "Content-Type is not application/jwe"};
  }
  for (auto const& field : head.fields) {
    if (boost::algorithm::iequals(field.name, "content-encoding") &&
        !boost::algorithm::iequals(without_ows(field.value), "identity")) {
      return failure{reason::media_type, "Content-Encoding is not identity"};
    }
  }
  return {};
}

} // namespace

result<void> check_head(net::request_head const& head, std::string_view path, std::size_t max_body_bytes) {
  if (head.path() != path) {
    return failure{reason::path_unknown, "no such path"};
  }
  if (head.method != "POST") {
    return failure{reason::method_not_allowed, "only POST is answered here"};
  }
  if (auto accept = check_accept(head); !accept) {
    return accept;
  }
  if (auto content = check_content(head); !content) {
    return content;
  }
  if (head.content_length && *head.content_length > max_body_bytes) {
    return failure{reason::body_too_large, "Content-Length over hub.max_body_bytes"};
  }
  return {};
}

bool accepts_jwt(net::request_head const& head) {
  auto const ranges = accepted_ranges(head);
  if (ranges.empty()) {
    return true;
  }
  for (std::string_view const type : {"application/jwt", "application/*", "*/*"}) {
    auto const found = std::find_if(ranges.begin(), ranges.end(), [type](accepted_range const& one) {
      return boost::algorithm::iequals(one.type, type);
    });
    if (found != ranges.end()) {
      return !found->excluded;
    }
  }
  return false;
}

result<std::string_view> bearer_of(net::request_head const& head) {
  auto const fields = head.count("authorization");
  if (fields > 1) {
    return failure{reason::header_not_allowed, "Authorization more than once"};
  }
  auto const value = head.find("authorization");
  static constexpr std::string_view scheme = "Bearer ";
  if (!value || !boost::algorithm::istarts_with(*value, scheme)) {
    return failure{reason::bearer_missing, fields == 0 ? "no Authorization header" : "Authorization is not Bearer"};
  }
  return without_ows(value->substr(scheme.size()));
}

} // namespace consentd::ingress
