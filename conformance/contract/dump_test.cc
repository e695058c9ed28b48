#include "conformance/contract/dump.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

TEST(Dump, ReadsLines) {
  const auto records = read_dump(
      R"({"integration":"github","connection":"demo","model":"Issue","variant":"base","id":"1","deleted":false,"payload":{"id":"1","n":1e400},"cursor":"c"})"
      "\n\n"
      R"({"integration":"github","connection":"demo","model":"Issue","variant":"v2","id":"2","deleted":true,"payload":null})"
      "\r\n");
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ((*records)[0].payload, R"({"id":"1","n":1e400})");
  EXPECT_EQ((*records)[1].stream, "github/demo/Issue/v2");
  EXPECT_TRUE((*records)[1].deleted);
}

// As they were served: half of a surrogate pair is no text that could be compared otherwise.
TEST(Dump, KeepsIdsApartThatDifferInHalfAPair) {
  const auto records =
      read_dump(R"({"integration":"a","connection":"b","model":"C","id":"x\ud83d","payload":{}})"
                "\n"
                R"({"integration":"a","connection":"b","model":"C","id":"x\ud83e","payload":{}})");
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_EQ((*records)[0].id, R"("x\ud83d")");
  EXPECT_EQ((*records)[1].id, R"("x\ud83e")");
}

TEST(Dump, SaysWhichLineIsWrong) {
  const std::string good =
      R"({"integration":"a","connection":"b","model":"C","id":"1","payload":{}})";
  for (const std::string& bad :
       {std::string("nonsense"), std::string("[]"), std::string(R"({"integration":"a"})"),
        std::string(R"({"integration":"a","connection":"b","model":"C","id":1,"payload":{}})"),
        std::string(
            R"({"integration":"a","connection":"b","model":"\udc00","id":"1","payload":{}})"),
        std::string(
            R"({"integration":"a","connection":"b","model":"C","id":"1","payload":"x"})")}) {
    const auto records = read_dump(good + "\n" + bad + "\n");
    ASSERT_FALSE(records) << bad;
    EXPECT_EQ(records.error().code, "bad_dump");
    EXPECT_NE(records.error().message.find("line 2"), std::string::npos) << records.error().message;
  }
}

}  // namespace
}  // namespace terapi::conformance
