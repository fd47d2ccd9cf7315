// Compact JWS and JWE made by recipe: everything that a sender could get wrong, or lie about, is a choice of its own.
#ifndef CONSENTD_TOOLS_HUBSIM_TOKENS_HPP
#define CONSENTD_TOOLS_HUBSIM_TOKENS_HPP

#include "tools/hubsim/crypto.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace consentd::hubsim {

// What the header says and what is done are told apart, so that one can lie about the other.
struct jws_recipe {
  std::string alg = "PS256";
  std::string kid;
  std::string typ = "JWT"; // empty: absent
  std::string more;        // further header members, JSON text such as `"crit":["exp"]`
  signing how = signing::ps256;
  key signer;
};

struct jwe_recipe {
  std::string alg = "RSA-OAEP-256";
  std::string enc = "A256GCM";
  std::string kid;
  std::string cty = "JWT"; // empty: absent
  std::string more;
  wrapping how = wrapping::oaep_sha256;
  std::size_t content_key_bytes = 32; // or 16
  std::size_t vector_bytes = 12;
  std::size_t tag_bytes = 16; // fewer: the tag is cut
  key recipient;
};

std::string make_jws(jws_recipe const& how, std::string_view payload);
std::string make_jwe(jwe_recipe const& how, std::string_view plaintext);

} // namespace consentd::hubsim

#endif
