#include "conformance/harness/play/read_faults.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

TEST(FaultsOfReads, StrikeGetWhereNoMethodIsNamed) {
  EXPECT_EQ(
      faults_of_reads(R"([{"id":"a","on":"api","do":{"reset":true}},)"
                      R"({"on":"api","match":{"cursor":"Y*"},"times":1,"do":{"stall":"1s"}}])"),
      R"([{"match":{"method":"GET"},"id":"a","on":"api","do":{"reset":true}},)"
      R"({"match":{"method":"GET","cursor":"Y*"},"on":"api","times":1,"do":{"stall":"1s"}}])");
}

TEST(FaultsOfReads, LeaveTheOthersAsTheyAre) {
  for (const char* rules :
       {R"([{"on":"api","match":{"method":"HEAD"},"do":{"reset":true}}])",
        R"([{"on":"webhook","do":{"drop":true}},{"on":"store","do":{"late_commit":"1s"}}])",
        R"([{"on":"api","match":7,"do":{"reset":true}}])", R"([])", "no JSON"}) {
    EXPECT_EQ(faults_of_reads(rules), rules);
  }
}

}  // namespace
}  // namespace terapi::conformance
