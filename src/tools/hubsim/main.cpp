// consent-hubsim: the simulated API Hub.
#include "tools/hubsim/commands.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  using namespace consentd::hubsim;
  // A reader of ours that went away, or a connection that the daemon closed, is an error to report and no reason to die
  // of.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  CLI::App app(
      "A simulated API Hub for consentd: makes keys and certificates, serves discovery and JWKS, sends events.");
  app.name("consent-hubsim");
  app.require_subcommand(1);
  // The chosen command's exit status.
  int status = 0;
  try {
    add_init(app, status);
    add_serve(app, status);
    add_rotate(app, status);
    add_trouble(app, status);
    add_send(app, status);
    add_campaign(app, status);
    app.parse(argc, argv);
  } catch (CLI::ParseError const& wrong) {
    return app.exit(wrong) == 0 ? 0 : 64;
  } catch (std::exception const& bug) {
    std::cerr << "consent-hubsim: " << bug.what() << '\n';
    return 70;
  }
  return status;
}
