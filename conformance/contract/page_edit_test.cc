#include "conformance/contract/page_edit.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

constexpr const char* kPage =
    R"({"records":[{"id":"1","n":1e400,"_terapi_metadata":{"cursor":"a","pruned_at":null}},)"
    R"({"id":"2","_terapi_metadata":{"cursor":"b"}}],"next_cursor":"b"})";

TEST(PageEdit, RenamesEachCursor) {
  const std::string page =
      with_cursors(kPage, terapi_dialect(), [](const std::string& c) { return c + "+/="; });
  EXPECT_EQ(
      page,
      R"({"records":[{"id":"1","n":1e400,"_terapi_metadata":{"cursor":"a+/=","pruned_at":null}},)"
      R"({"id":"2","_terapi_metadata":{"cursor":"b+/="}}],"next_cursor":"b+/="})");
}

TEST(PageEdit, LeadsElsewhere) {
  EXPECT_TRUE(
      with_next_cursor(kPage, "a")
          .ends_with(R"({"id":"2","_terapi_metadata":{"cursor":"b"}}],"next_cursor":"a"})"));
  EXPECT_EQ(with_next_cursor(R"({"records":[],"next_cursor":null})", "a"),
            R"({"records":[],"next_cursor":null})");
}

TEST(PageEdit, SpoilsOneRecord) {
  const auto spoilt = [](const char* lacks) {
    return with_poison(kPage, terapi_dialect(), "2", lacks);
  };
  EXPECT_NE(spoilt("id").find(R"(,{"_terapi_metadata":{"cursor":"b"}}])"), std::string::npos);
  EXPECT_NE(spoilt("metadata").find(R"(,{"id":"2"}])"), std::string::npos);
  EXPECT_NE(spoilt("cursor").find(R"(,{"id":"2","_terapi_metadata":{}}])"), std::string::npos);
  EXPECT_NE(spoilt("null metadata").find(R"(,{"id":"2","_terapi_metadata":null}])"),
            std::string::npos);
  EXPECT_NE(spoilt("null cursor").find(R"(,{"id":"2","_terapi_metadata":{"cursor":null}}])"),
            std::string::npos);
  EXPECT_NE(spoilt("object").find(",17]"), std::string::npos);
  EXPECT_EQ(with_poison(kPage, terapi_dialect(), "3", "id"), kPage);
}

TEST(PageEdit, RespellsIds) {
  const std::string page =
      with_ids(kPage, [](const std::string& id) { return id == R"("2")" ? "2" : id; });
  EXPECT_NE(page.find(R"({"id":"1","n":1e400,)"), std::string::npos) << page;
  EXPECT_NE(page.find(R"(,{"id":2,"_terapi_metadata":)"), std::string::npos) << page;
}

TEST(PageEdit, LeavesAloneWhatIsNoPage) {
  EXPECT_EQ(with_extra_fields("<html>", terapi_dialect()), "<html>");
}

}  // namespace
}  // namespace terapi::conformance
