// The entry of every Boost.Test program: test files include <boost/test/unit_test.hpp> alone.
#define BOOST_TEST_MODULE consentd
#include <boost/test/unit_test.hpp>
