// Who may send deliveries, beside what their authorization JWT says: address lists and client certificates (contract
// section 2).
#ifndef CONSENTD_INGRESS_SENDER_HPP
#define CONSENTD_INGRESS_SENDER_HPP

#include "authz/bearer.hpp"
#include "base/result.hpp"
#include "net/client_source.hpp"
#include "net/origin/address.hpp"
#include "net/origin/certificate_subject.hpp"
#include "net/origin/forwarding.hpp"

#include <optional>
#include <string>
#include <vector>

namespace consentd::ingress {

// A client certificate's subject that may send, and what the authorization JWT beside it must say.
struct known_sender {
  net::certificate_subject subject;
  std::string issuer;        // `iss`
  std::string token_subject; // `sub`
};

struct sender_rules {
  std::vector<net::network> addresses; // empty: from anywhere
  std::vector<net::network> proxies;   // who may open connections with a PROXY header
  std::vector<known_sender> senders;   // empty: certificates are not looked at
  std::optional<net::forwarding> forwarding;
  std::optional<net::passed_certificate> passed_certificate;
};

struct sender {
  std::string address;                 // for records: the client's own, or the socket's other end when there is none
  known_sender const* known = nullptr; // into the rules; null when certificates are not looked at
};

// source_not_allowed: a PROXY header of somebody who is no proxy of ours. header_not_allowed: a proxy of ours passed on
// something malformed. source_not_allowed: an address that is not on the list, no certificate, or one whose subject is
// not on the list.
result<sender> identify_sender(net::request_head const& head, sender_rules const& rules);

// bearer_claim, naming the claim, when the token's `iss` or `sub` is another than its sender's certificate stands for.
result<void> check_agreement(authz::caller const& token, sender const& from);

// The name of a header that speaks for a client, is in the request, and does not count because its sender is no proxy
// of ours; nothing when there is none. For the log: somebody tries, or a proxy is missing in the settings.
std::optional<std::string> ignored_header(net::request_head const& head, sender_rules const& rules);

} // namespace consentd::ingress

#endif
