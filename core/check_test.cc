#include "core/check.h"

#include <gtest/gtest.h>

namespace terapi::core {
namespace {

struct Door {
  bool shut = true;
  bool locked = false;
  void check_invariants() const { TERAPI_CHECK(!locked || shut, "a locked door is shut"); }
};

TEST(Check, AMachineWhoseInvariantHoldsGoesOn) {
  check_invariants(Door{.shut = true, .locked = true});
}

// In an optimised build, too: tests/invariants_on.cc is linked into every test program.
TEST(Check, ABrokenInvariantEndsTheProcessWithItsPlaceAndMessage) {
  const Door broken{.shut = false, .locked = true};
  EXPECT_DEATH(check_invariants(broken),
               "check_test.cc:[0-9]+: broken invariant: .*a locked door is shut");
}

}  // namespace
}  // namespace terapi::core
