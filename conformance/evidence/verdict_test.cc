#include "conformance/evidence/verdict.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

TEST(Verdict, IsAnErrorUntilSomebodyHasComeToAnother) {
  EXPECT_EQ(ScenarioResult().verdict, Verdict::kError);
}

TEST(Shortened, CutsALongTextAndSaysHowLongItWas) {
  EXPECT_EQ(shortened("12345", 5), "12345");
  EXPECT_EQ(shortened("123456", 5), "12345… (6 bytes)");
}

TEST(Shortened, CutsNoCharacterInTwo) {
  EXPECT_EQ(shortened("ab\u00e9cd", 3), "ab… (6 bytes)");
  EXPECT_EQ(shortened("ab\u00e9cd", 4), "ab\u00e9… (6 bytes)");
}

}  // namespace
}  // namespace terapi::conformance
