#include "ingress/sender.hpp"

#include <algorithm>
#include <utility>

namespace consentd::ingress {
namespace {

failure not_allowed(std::string why) {
  return {reason::source_not_allowed, std::move(why)};
}

result<known_sender const*> find_sender(net::request_head const& head, sender_rules const& rules) {
  auto const certificate = net::client_certificate_of(head, rules.passed_certificate);
  if (!certificate) {
    return certificate.error();
  }
  if (!*certificate) {
    return not_allowed("no client certificate");
  }
  auto const subject = net::read_subject(**certificate);
  if (!subject) {
    return subject.error();
  }
  auto const found = std::find_if(rules.senders.begin(), rules.senders.end(),
                                  [&](known_sender const& one) { return one.subject == *subject; });
  if (found == rules.senders.end()) {
    return not_allowed("the client certificate's subject is not on the list");
  }
  return &*found;
}

template <class Rules>
bool speaks_for_others(net::request_head const& head, Rules const& rules) {
  return net::is_proxy(head.peer, rules.proxies, rules.trust_unix_sockets);
}

// What a PROXY header claims is worth as much as the word of whoever opened the connection.
bool may_claim(net::peer const& who, sender_rules const& rules) {
  return !who.proxied || !who.ip || net::any_contains(rules.proxies, *who.ip);
}

} // namespace

result<sender> identify_sender(net::request_head const& head, sender_rules const& rules) {
  if (!may_claim(head.peer, rules)) {
    return not_allowed("a PROXY header of a peer that is no proxy of ours");
  }
  auto const address = net::client_address_of(head, rules.forwarding);
  if (!address) {
    return address.error();
  }
  sender from;
  from.address = *address ? (*address)->to_string() : head.peer.address;
  if (!rules.addresses.empty() && (!*address || !net::any_contains(rules.addresses, **address))) {
    return not_allowed("the address is not on the list");
  }
  if (!rules.senders.empty()) {
    auto const known = find_sender(head, rules);
    if (!known) {
      return known.error();
    }
    from.known = *known;
  }
  return from;
}

result<void> check_agreement(authz::caller const& token, sender const& from) {
  if (from.known == nullptr) {
    return {};
  }
  if (token.issuer != from.known->issuer) {
    return failure{reason::bearer_claim, "iss is not that of the client certificate"};
  }
  if (token.subject != from.known->token_subject) {
    return failure{reason::bearer_claim, "sub is not that of the client certificate"};
  }
  return {};
}

std::optional<std::string> ignored_header(net::request_head const& head, sender_rules const& rules) {
  if (rules.forwarding && !speaks_for_others(head, *rules.forwarding)) {
    std::string name(net::name_of(rules.forwarding->from));
    if (head.count(name) != 0) {
      return name;
    }
  }
  if (rules.passed_certificate && !speaks_for_others(head, *rules.passed_certificate) &&
      head.count(rules.passed_certificate->field) != 0) {
    return rules.passed_certificate->field;
  }
  return std::nullopt;
}

} // namespace consentd::ingress
