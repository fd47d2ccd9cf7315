// Whom the daemon may ask over the network: names are held to a list, addresses to those of the public internet, so
// that neither a discovery document nor a name server can point it at something inside (server-side request forgery).
#ifndef CONSENTD_HUB_REMOTE_PLACE_HPP
#define CONSENTD_HUB_REMOTE_PLACE_HPP

#include "base/result.hpp"

#include <boost/asio/ip/address.hpp>

#include <string>
#include <vector>

namespace consentd::hub {

struct remote_place {
  std::string host; // lower case; an address without brackets
  std::string port; // decimal
  std::string path; // with its query, at least "/"
};

// bad_setting, naming the URL, when it is not an absolute https URL with a host and without user information.
result<remote_place> parse_https_url(std::string const& url);

// True when `place` is on the list of host names, compared whole and regardless of case.
bool is_listed(remote_place const& place, std::vector<std::string> const& hosts);

// False for what RFC 6890 sets apart: loopback, private, link-local, shared, multicast, unspecified and reserved
// addresses, also when an IPv6 address merely carries such an IPv4 one.
bool is_public(boost::asio::ip::address const& where);

} // namespace consentd::hub

#endif
