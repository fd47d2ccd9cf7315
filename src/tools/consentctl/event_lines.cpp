#include "tools/consentctl/event_lines.hpp"

#include "tools/consentctl/output.hpp"
#include "tools/consentctl/terminal.hpp"
#include "json/document.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace consentd::consentctl {

namespace {

// What differs between the types: "status" and the like of consents, "payment.status" and the like of all else.
std::string short_type(std::string_view type) {
  for (std::string_view const prefix : {"ae.openfinance.", "consent."}) {
    if (type.starts_with(prefix)) {
      type.remove_prefix(prefix.size());
    }
  }
  return printable_among_others(type);
}

std::string line_of_entry(client::event const& one) {
  auto const read =
      json::document::parse(one.json, {.bytes = std::size_t{16} * 1024 * 1024, .depth = 64, .values = 1000000});
  auto const of_event = [&](std::string_view name) {
    return read ? printable_among_others(text_of(read->root(), name)) : "-";
  };
  auto const data = read ? read->root().find("data") : std::nullopt;
  auto const kind = data ? printable_among_others(text_of(*data, "kind")) : "-";
  auto const or_dash = [](std::string const& text) {
    return text.empty() ? std::string("-") : printable_among_others(text);
  };
  return printable_among_others(one.place) + "  " + of_event("time") + "  " + printable_among_others(one.subject) +
         "  " + kind + "  " + short_type(one.type) + "  " + or_dash(one.previous_status) + " -> " +
         or_dash(one.status) + "  " + of_event("disposition");
}

std::string requested_in(client::event const& reset) {
  auto const read = json::document::parse(reset.json, {});
  return read ? printable_among_others(text_of(read->root(), "requested")) : "-";
}

std::string line_of(client::event const& one) {
  switch (one.kind) {
  case client::event_kind::entry:
    return line_of_entry(one);
  case client::event_kind::row:
    return printable_among_others(one.place) + "  " + printable_among_others(one.subject) + "  " +
           printable_among_others(one.status.empty() ? "-" : one.status) + "  " + printable_among_others(one.issuer);
  case client::event_kind::rows_begin:
    return "rows: all consents follow";
  case client::event_kind::rows_end:
    return "rows end: changes follow";
  case client::event_kind::reset:
    return "reset: the place " + requested_in(one) + " cannot be resumed from (" + printable_among_others(one.reason) +
           "); from the oldest entry kept";
  case client::event_kind::end:
    return "end: " + printable_among_others(one.reason);
  }
  return {};
}

// One object a line. What is no entry says what it is.
std::string json_of(client::event const& one) {
  auto const as = [&](std::string_view name) {
    return "{\"" + std::string(name) + "\":" + printable_json(one.json) + "}";
  };
  switch (one.kind) {
  case client::event_kind::entry:
    return printable_json(one.json);
  case client::event_kind::row:
    return as("row");
  case client::event_kind::rows_begin:
    return R"({"rowsBegin":{}})";
  case client::event_kind::rows_end:
    return as("rowsEnd");
  case client::event_kind::reset:
    return as("reset");
  case client::event_kind::end:
    return as("end");
  }
  return {};
}

} // namespace

bool print_event(context const& with, client::event const& one) {
  return print((with.json ? json_of(one) : line_of(one)) + "\n");
}

} // namespace consentd::consentctl
