#include "tools/consentctl/usage.hpp"

#include "config/nearest.hpp"
#include "tools/consentctl/call.hpp"
#include "tools/consentctl/output.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::consentctl {

namespace {

// As far as the words of the command line were commands, the program itself first.
std::vector<CLI::App const*> followed(CLI::App const& application) {
  std::vector<CLI::App const*> path{&application};
  while (!path.back()->get_subcommands().empty()) {
    path.push_back(path.back()->get_subcommands().front());
  }
  return path;
}

std::vector<std::string_view> commands_of(CLI::App const& group) {
  std::vector<std::string_view> names;
  for (auto const* const one : group.get_subcommands([](CLI::App const* each) { return !each->get_name().empty(); })) {
    names.emplace_back(one->get_name());
  }
  return names;
}

std::string lacking_command(std::string const& group, std::vector<std::string_view> const& commands,
                            std::vector<std::string> const& rest) {
  auto const word =
      std::find_if(rest.begin(), rest.end(), [](std::string const& one) { return !one.starts_with('-'); });
  if (word == rest.end()) {
    std::string names;
    for (auto const one : commands) {
      names += (names.empty() ? "" : ", ") + std::string(one);
    }
    return group + (group.empty() ? "" : ": ") + "a command is required: " + names;
  }
  auto const meant = config::nearest(*word, commands);
  return (group.empty() ? "there is" : group + " has") + " no command " + *word +
         (meant.empty() ? "" : "; did you mean " + std::string(meant) + "?");
}

std::string complaint(CLI::App const& application, CLI::ParseError const& wrong) {
  auto const path = followed(application);
  std::string words;
  for (std::size_t at = 1; at < path.size(); ++at) {
    words += (words.empty() ? "" : " ") + path[at]->get_name();
  }
  if (auto const commands = commands_of(*path.back()); !commands.empty() && wrong.get_name() == "RequiredError") {
    return lacking_command(words, commands, application.remaining(true));
  }
  return words + (words.empty() ? "" : ": ") + wrong.what() + "; --help tells more";
}

} // namespace

int answer_usage(CLI::App const& application, CLI::ParseError const& wrong) {
  std::ostringstream out;
  std::ostringstream ignored;
  if (application.exit(wrong, out, ignored) == 0) {
    return print(out.str()) ? exit_fine : exit_output;
  }
  return complain(complaint(application, wrong), exit_usage);
}

} // namespace consentd::consentctl
