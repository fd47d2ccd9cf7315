// The authority whose certificates the servers of these tests have.
#ifndef CONSENTD_TESTS_UNIT_HUB_AUTHORITY_HPP
#define CONSENTD_TESTS_UNIT_HUB_AUTHORITY_HPP

#include "tests/support/certificates.hpp"

namespace consentd::tests {

inline certificate_authority const& authority() {
  static certificate_authority const one;
  return one;
}

} // namespace consentd::tests

#endif
