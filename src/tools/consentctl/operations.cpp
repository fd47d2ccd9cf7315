#include "tools/consentctl/arguments.hpp"
#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/output.hpp"
#include "tools/consentctl/table.hpp"

#include <memory>
#include <string>

namespace consentd::consentctl {

namespace {

shown show_operations(json::value const& body) {
  table rows({"RECORDED", "UID", "OPERATION", "SUBJECT", "DETAIL"}, {"DETAIL", "UID"});
  for_each(body, "operations", [&](json::value const& one) {
    rows.add({text_of(one, "recordedAt"), text_of(one, "uid"), text_of(one, "operation"), text_of(one, "subject"),
              text_of(one, "detail")});
  });
  return {rows.text(output_columns()), hint_of_more(body)};
}

} // namespace

void add_operations(CLI::App& to, context& with, chosen& run) {
  auto* const group = to.add_subcommand("operations", "Who had deliveries, consumers and settings changed");
  group->require_subcommand(1);
  auto* const command = group->add_subcommand("list", "Newest first; changes of consents are in consents history");
  auto what = std::make_shared<std::string>();
  auto subject = std::make_shared<std::string>();
  auto user = std::make_shared<std::string>();
  auto limit = std::make_shared<std::string>();
  auto cursor = std::make_shared<std::string>();
  command->add_option("--operation", *what, "Only this one, such as drop-delivery");
  command->add_option("--subject", *subject, "Only about this delivery's number or consumer");
  command->add_option("--uid", *user, "Only of this user's number");
  command->add_option("--limit", *limit, "At most so many")->check(page_limit());
  command->add_option("--cursor", *cursor, "Go on where the page before ended");
  command->callback([&run, &with, what, subject, user, limit, cursor] {
    run = [&with, what, subject, user, limit, cursor] {
      return get(
          with,
          client::make_target(
              "/v1/operations",
              {{"operation", *what}, {"subject", *subject}, {"uid", *user}, {"limit", *limit}, {"cursor", *cursor}}),
          show_operations);
    };
  });
}

} // namespace consentd::consentctl
