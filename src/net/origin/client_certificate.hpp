// A client certificate that a reverse proxy passes on in a header. It counts only from a trusted peer: whoever else
// writes such a header has proved nothing.
#ifndef CONSENTD_NET_ORIGIN_CLIENT_CERTIFICATE_HPP
#define CONSENTD_NET_ORIGIN_CLIENT_CERTIFICATE_HPP

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace consentd::net {

// Bytes of one certificate in DER; one of a bank's client has about 2000.
constexpr std::size_t largest_certificate = 8192;

// Both give the certificate's DER form, and take the values of all field lines of the header's name: there must be
// exactly one. header_not_allowed when there is not, or when the value is not of the form or not one certificate; the
// text repeats nothing received.

// `Client-Cert` of RFC 9440 section 2.2: a Byte Sequence of RFC 8941 without parameters, such as ":MIIB…=:". Padding is
// required, and the encoding must be the one of its bytes.
result<std::string> certificate_of_client_cert(std::span<std::string_view const> lines);

// nginx's $ssl_client_escaped_cert: PEM, in which all but letters, digits and "-._~" are percent-encoded.
result<std::string> certificate_of_escaped_pem(std::span<std::string_view const> lines);

} // namespace consentd::net

#endif
