#include "tools/consentctl/event_lines.hpp"

#include "tools/consentctl/terminal.hpp"
#include "json/document.hpp"

#include <cstddef>
#include <iostream>
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
  return printable(type);
}

void print_entry(client::event const& one, json::value const& body) {
  auto const data = body.find("data");
  auto const of_data = [&](std::string_view name) { return printable(data ? text_of(*data, name) : "-"); };
  auto const of_event = [&](std::string_view name) { return printable(text_of(body, name)); };
  std::cout << printable(one.id) << "  " << of_event("time") << "  " << of_event("subject") << "  " << of_data("kind")
            << "  " << short_type(text_of(body, "type")) << "  " << of_data("previousStatus") << " -> "
            << of_data("status") << "  " << of_event("disposition") << std::endl;
}

} // namespace

void print_event(context const& with, client::event const& one) {
  bool const reset = one.type == "reset";
  bool const end = one.type == "end";
  if (with.json) {
    auto const data = printable_json(one.data);
    std::cout << (reset ? "{\"reset\":" + data + "}" : end ? "{\"end\":" + data + "}" : data) << std::endl;
    return;
  }
  auto const read =
      json::document::parse(one.data, {.bytes = std::size_t{16} * 1024 * 1024, .depth = 64, .values = 1000000});
  if (!read) {
    complain("an event is not sound JSON: " + read.error().detail, exit_failed);
  } else if (reset) {
    std::cout << "reset: the place " << printable(text_of(read->root(), "requested")) << " cannot be resumed from ("
              << printable(text_of(read->root(), "reason")) << "); from the oldest entry kept" << std::endl;
  } else if (end) {
    std::cout << "end: " << printable(text_of(read->root(), "reason")) << std::endl;
  } else {
    print_entry(one, read->root());
  }
}

} // namespace consentd::consentctl
