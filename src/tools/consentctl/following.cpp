#include "tools/consentctl/following.hpp"

namespace consentd::consentctl {

int follow_stream(context const& with, client::subscription const& what,
                  std::function<bool(client::event const&)> const& on_event) {
  auto const again = [](client::error const& why, std::size_t times_begun) {
    if (times_begun > 0) {
      complain(client::describe(why) + "; trying again", exit_unavailable);
    }
    return times_begun > 0;
  };
  client::event_stream stream(what, with.client_settings(), again);
  while (true) {
    auto const one = stream.next();
    if (!one) {
      return complain_of(one.error());
    }
    if (!on_event(*one)) {
      return exit_fine;
    }
  }
}

} // namespace consentd::consentctl
