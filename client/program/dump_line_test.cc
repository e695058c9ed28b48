#include "client/program/dump_line.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

StoredRecord issue() {
  StoredRecord record;
  record.stream = {"github", "demo", "Issue"};
  record.id = "14";
  record.payload = R"({"id":"14","n":1e400})";
  record.last_modified_at = "2023-09-18T15:20:35.941305+00:00";
  record.cursor = "Y3Vyc29y";
  return record;
}

std::string dump_of(const StoredRecord& record) {
  std::string out;
  append_dump_line(out, record);
  return out;
}

TEST(DumpLine, HasTheFieldsInTheirOrder) {
  EXPECT_EQ(dump_of(issue()),
            R"({"integration":"github","connection":"demo","model":"Issue","variant":"base",)"
            R"("id":"14","deleted":false,"payload":{"id":"14","n":1e400},)"
            R"("last_modified_at":"2023-09-18T15:20:35.941305+00:00","cursor":"Y3Vyc29y"})"
            "\n");
}

TEST(DumpLine, SaysThatARecordIsDeleted) {
  StoredRecord record = issue();
  record.deleted = true;
  EXPECT_NE(dump_of(record).find(R"("deleted":true)"), std::string::npos);
}

TEST(DumpLine, TakesOutTheSpaceBetweenTokensAndNothingElse) {
  StoredRecord record = issue();
  record.payload = "{ \"b\" : \"a \\\" \\u0041 c\" ,\n\t\"a\": [ 0.10 , -0, 1E+2 ] }";
  EXPECT_NE(dump_of(record).find(R"("payload":{"b":"a \" \u0041 c","a":[0.10,-0,1E+2]},)"),
            std::string::npos);
}

TEST(DumpLine, QuotesWhatJsonHasToEscape) {
  StoredRecord record = issue();
  record.id = "a\"b\\c\n";
  record.stream.model = "Möbel/x";
  const std::string line = dump_of(record);
  EXPECT_NE(line.find(R"("id":"a\"b\\c\n")"), std::string::npos);
  EXPECT_NE(line.find(R"("model":"Möbel/x")"), std::string::npos);
}

TEST(DumpLine, TakesADeepPayload) {
  StoredRecord record = issue();
  record.payload = std::string(50'000, '[') + " " + std::string(50'000, ']');
  EXPECT_EQ(dump_of(record).find(' '), std::string::npos);
}

TEST(DumpLine, LeavesSpaceInStringsAlone) {
  const auto without_space = [](std::string_view json) {
    std::string out;
    append_without_space(out, json);
    return out;
  };
  EXPECT_EQ(without_space(R"({"a":"b c","d":"\" \\"})"), R"({"a":"b c","d":"\" \\"})");
  EXPECT_EQ(without_space(R"({"a":"\\" })"), R"({"a":"\\"})");
  EXPECT_EQ(without_space("[1,\n2]\t"), "[1,2]");
  EXPECT_EQ(without_space("\"\\"), "\"\\");  // cut short: no reading past the end
  EXPECT_EQ(without_space(""), "");
}

}  // namespace
}  // namespace terapi::client
