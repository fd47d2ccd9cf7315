// The command line: each function adds one command, which leaves its exit status in `status` (1: it failed, or an
// answer was not the expected one).
#ifndef CONSENTD_TOOLS_HUBSIM_COMMANDS_HPP
#define CONSENTD_TOOLS_HUBSIM_COMMANDS_HPP

namespace CLI {
class App;
}

namespace consentd::hubsim {

// `status` must outlive the parsing.
void add_init(CLI::App& app, int& status);
void add_serve(CLI::App& app, int& status);
void add_rotate(CLI::App& app, int& status);
void add_trouble(CLI::App& app, int& status);
void add_send(CLI::App& app, int& status);
void add_campaign(CLI::App& app, int& status);

} // namespace consentd::hubsim

#endif
