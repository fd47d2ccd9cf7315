#include "tools/consentctl/call.hpp"

#include "tools/consentctl/output.hpp"
#include "tools/consentctl/terminal.hpp"

#include <algorithm>
#include <iostream>
#include <ranges>

namespace consentd::consentctl {

namespace {

// Of an answer, which the client has bounded in bytes already.
constexpr json::limits answer_bounds{.bytes = std::size_t{64} * 1024 * 1024, .depth = 64, .values = 4000000};

std::string text_of_value(json::value const& value) {
  if (auto const text = value.string()) {
    return text->empty() ? "-" : std::string(*text);
  }
  if (value.type() == json::type::null || value.size() == 0) {
    return value.is_array() || value.type() == json::type::null ? "-" : std::string(value.raw());
  }
  if (!value.is_array()) {
    return std::string(value.raw());
  }
  std::string out;
  for (auto item = value.first(); item; item = item->next()) {
    out += (out.empty() ? "" : ",") + text_of_value(item->get());
  }
  return out;
}

} // namespace

int exit_status_of(client::error const& why) {
  switch (why.code) {
  case client::errc::unreachable:
  case client::errc::timed_out:
    return exit_unavailable;
  case client::errc::refused:
    // Without an answer it was the socket that is not for this user.
    return why.status == 0 || why.status == status_unavailable ? exit_unavailable : exit_failed;
  case client::errc::malformed:
    // A socket's path, or a place, that cannot be one: no later attempt will find it better.
    return exit_usage;
  case client::errc::cancelled:
  case client::errc::too_large:
  case client::errc::not_understood:
    break;
  }
  return exit_failed;
}

int complain(std::string_view what, int status) {
  std::cerr << "consentctl: " << printable(what) << '\n';
  return status;
}

int complain_of(client::error const& why) {
  auto const status = exit_status_of(why);
  auto const told = client::describe(why);
  if (why.problem != "settings") {
    return complain(told, status);
  }
  for (auto const line : std::views::split(told, '\n')) {
    complain(std::string_view(line.begin(), line.end()), status);
  }
  return status;
}

client::result<client::answer> ask(context const& with, client::request const& what) {
  return client::daemon(with.client_settings()).ask(what);
}

int finish(context const& with, client::result<client::answer> const& told, show const& how) {
  if (!told) {
    return complain_of(told.error());
  }
  auto const read = json::document::parse(told->body, answer_bounds);
  if (!read) {
    return complain("the daemon's answer is not sound JSON: " + read.error().detail, exit_failed);
  }
  auto const made = how(read->root());
  if (!print(with.json ? printable_json(told->body) + "\n" : made.text)) {
    return exit_output;
  }
  return made.note.empty() ? made.status : complain(made.note, made.status);
}

int finish(context const& with, client::request const& what, show const& how) {
  return finish(with, ask(with, what), how);
}

int get(context const& with, std::string const& target, show const& how) {
  return finish(with, client::request{.target = target}, how);
}

std::string text_of(json::value const& object, std::string_view name) {
  auto const member = object.find(name);
  return member ? text_of_value(*member) : "-";
}

void for_each(json::value const& object, std::string_view name, std::function<void(json::value const&)> const& call) {
  auto const list = object.find(name);
  if (!list || !list->is_array()) {
    return;
  }
  for (auto item = list->first(); item; item = item->next()) {
    call(item->get());
  }
}

std::string hint_of_more(json::value const& body) {
  auto const cursor = text_of(body, "nextCursor");
  return cursor == "-" ? std::string() : "there is more: --cursor " + cursor;
}

std::string list_members(json::value const& object) {
  std::size_t widest = 0;
  for (auto member = object.first(); member; member = member->next()) {
    widest = std::max(widest, member->name().size());
  }
  std::string out;
  for (auto member = object.first(); member; member = member->next()) {
    auto const value = member->get();
    bool const large = (member->name() == "resource" || member->name() == "body") && value.type() != json::type::null;
    auto const size = value.string() ? value.string()->size() : value.raw().size();
    auto const text = large ? std::to_string(size) + " bytes, shown with --json" : printable(text_of_value(value));
    out += printable(member->name()) + std::string(widest - member->name().size() + 2, ' ') + text + "\n";
  }
  return out;
}

} // namespace consentd::consentctl
