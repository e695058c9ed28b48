#include "core/check.h"

#include <gtest/gtest.h>

#include "core/check_note.h"

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

TEST(Check, SaysWhatWasGoingOn) {
  const Door broken{.shut = false, .locked = true};
  const CheckNote outer("a day is played");
  {
    const CheckNote inner("seed 17 is played");
    EXPECT_DEATH(check_invariants(broken), "a locked door is shut\\), while seed 17 is played");
  }
  EXPECT_DEATH(check_invariants(broken), ", while a day is played");
}

}  // namespace
}  // namespace terapi::core
