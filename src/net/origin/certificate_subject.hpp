// Whom a client certificate names.
#ifndef CONSENTD_NET_ORIGIN_CERTIFICATE_SUBJECT_HPP
#define CONSENTD_NET_ORIGIN_CERTIFICATE_SUBJECT_HPP

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace consentd::net {

// UTF-8, as in the certificate: compared whole, with regard to case.
struct certificate_subject {
  std::string organization;        // O
  std::string organizational_unit; // OU
  bool operator==(certificate_subject const&) const = default;
};

// `der` is one certificate whose chain somebody has verified: this only reads. source_not_allowed, with what is wrong,
// when it is none, or its subject has not exactly one O and exactly one OU, each not empty and without control
// characters: of two, different programs would take different ones.
result<certificate_subject> read_subject(std::string_view der);

} // namespace consentd::net

#endif
