// One call of a command: asked, judged, shown.
#ifndef CONSENTD_TOOLS_CONSENTCTL_CALL_HPP
#define CONSENTD_TOOLS_CONSENTCTL_CALL_HPP

#include "json/document.hpp"

#include <consentd/client/daemon.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace consentd::consentctl {

// Exit statuses; 64, 69 and 74 are those of sysexits(3).
inline constexpr int exit_fine = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_unchecked = 2; // as grep(1) and cmp(1) have it: neither yes nor no
inline constexpr int exit_usage = 64;
inline constexpr int exit_unavailable = 69;
inline constexpr int exit_output = 74;

// HTTP's, of a daemon that stops, or cannot now.
inline constexpr unsigned status_unavailable = 503;

// What every command knows.
struct context {
  std::string socket = "/run/consentd/api.sock";
  bool json = false;

  client::settings client_settings() const {
    client::settings how;
    how.socket_path = socket;
    return how;
  }
};

// A good answer as people read it, and what it means for a script.
struct shown {
  std::string text;
  std::string note = {}; // for standard error, a line that is no part of the answer; empty: none
  int status = exit_fine;
};
using show = std::function<shown(json::value const& body)>;

// Prints the body when JSON was asked for, else what `how` makes of it; its status counts either way, unless the answer
// cannot be printed. A problem, or a daemon that cannot be reached, becomes one line on standard error and its exit
// status.
int finish(context const& with, client::result<client::answer> const& told, show const& how);
int finish(context const& with, client::request const& what, show const& how);
int get(context const& with, std::string const& target, show const& how);

client::result<client::answer> ask(context const& with, client::request const& what);

// exit_unavailable where nothing was decided and the same call may fare better later, without anything being changed
// here.
int exit_status_of(client::error const& why);

// Says what went wrong, of settings a line for each mistake, and with what exit status this ends.
int complain_of(client::error const& why);

// "consentctl: …" on standard error, made printable.
int complain(std::string_view what, int status);

// A member as text: strings as they are, null and absent as "-", arrays of strings joined by commas, all else as JSON.
std::string text_of(json::value const& object, std::string_view name);

// Calls back for each element of the array of that name.
void for_each(json::value const& object, std::string_view name, std::function<void(json::value const&)> const& call);

// How to get the next page, where there is one; else empty.
std::string hint_of_more(json::value const& body);

// Members and their texts, one a line, `resource` and `body` by their size alone.
std::string list_members(json::value const& object);

} // namespace consentd::consentctl

#endif
