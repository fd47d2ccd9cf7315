// Having the settings read again.
#ifndef CONSENTD_LOCALAPI_RELOAD_HPP
#define CONSENTD_LOCALAPI_RELOAD_HPP

#include "net/http.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <vector>

namespace consentd::localapi {

struct reload_report {
  bool stopping = false;                  // nothing was read: the daemon is coming to its end
  std::vector<std::string> problems;      // one line each; empty: the settings count now
  std::vector<std::string> needs_restart; // names of settings that differ but count from the next start on
};

// Whoever can read the settings again; on any executor.
using reload_source = std::function<boost::asio::awaitable<reload_report>()>;

// POST /v1/reload.
boost::asio::awaitable<net::response> reload(reload_source const& by);

} // namespace consentd::localapi

#endif
