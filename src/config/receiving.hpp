// Where deliveries come in, and who may send them.
#ifndef CONSENTD_CONFIG_RECEIVING_HPP
#define CONSENTD_CONFIG_RECEIVING_HPP

#include "config/settings.hpp"
#include "config/tables.hpp"

namespace consentd::config {

// Reads the tables [hub], [[sender]], [proxies] and [bearer], and holds them against each other.
void interpret_receiving(tables const& from, settings& made);

} // namespace consentd::config

#endif
