// The settings with everything that they name, read and checked as a whole before any of it counts: at the start, by
// --check-config, and at each reload.
#ifndef CONSENTD_APP_PROVISIONS_HPP
#define CONSENTD_APP_PROVISIONS_HPP

#include "app/key_calendar.hpp"
#include "config/keys.hpp"
#include "config/settings.hpp"
#include "hub/issuer_keys.hpp"
#include "ingress/sender.hpp"
#include "jose/signing_key.hpp"
#include "net/listener.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace consentd::app {

struct provisions {
  config::settings how;
  std::shared_ptr<jose::key_ring const> ring;
  std::optional<jose::signing_key> error_key; // nothing: error answers have no body
  std::shared_ptr<net::tls_context> tls;
  ingress::sender_rules senders;
  hub::key_origins hub;     // what an earlier run fetched is not in them yet: see add_kept()
  hub::key_origins issuers; // likewise
  std::vector<dated> calendar;
};

// Reads files: not for an I/O thread. Throws failed_start with a line for the operator.
provisions read_provisions(config::settings how);

// The same from the settings file. Throws failed_start with one line for each thing to mend.
provisions read_provisions_at(std::string const& path);

// Settings that differ but count from the next start on alone: their names.
std::vector<std::string> waiting_for_restart(config::settings const& running, config::settings const& read);

} // namespace consentd::app

#endif
