// What Store promises about texts: they come back byte for byte (REC-10).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/storage/store_contract.h"

namespace terapi::client {
namespace {

std::string deep_payload(int levels) {
  std::string text;
  for (int i = 0; i < levels; ++i) text += R"({"in":[)";
  for (int i = 0; i < levels; ++i) text += "]}";
  return text;
}

TEST_P(StoreContract, KeepsPayloadsByteForByte) {
  const std::vector<std::string> payloads = {
      R"({})",
      R"({"n":9223372036854775808,"m":-9223372036854775809,"big":1e400,"small":1e-400})",
      R"({"a":0.10,"b":1.0,"c":1E5,"d":-0,"e":123456789012345678901234567890.12345678901234567890})",
      R"({"z":1,"a":2,"Z":3,"":4})",
      "{ \"spaced\" :\t1 ,\r\n  \"list\" : [ 1 , 2 ]  }",
      R"({"nul":"a\u0000b","\u0000":null})",
      R"({"escapes":"\"\\\/\b\f\n\r\t\u00e9\u2028","pair":"\ud83d\ude00","lone":"\ud800"})",
      "{\"separators\":\"\xE2\x80\xA8\xE2\x80\xA9\",\"del\":\"\x7F\",\"emoji\":"
      "\"\xF0\x9F\x98\x80\"}",
      R"({"quotes":"it's $1 ?1 %s %00 {} ; -- '' \\'"})",
      R"({"twice":1,"twice":2})",
      R"({"null":null,"true":true,"false":false,"empty":{},"none":[]})",
      deep_payload(50),
      R"({"megabyte":")" + std::string(1 << 20, 'x') + R"("})",
  };
  auto store = backend().open();
  std::vector<TestRecord> records;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    records.push_back(test_record(std::to_string(i), 1).with_payload(payloads[i]));
  }
  EXPECT_EQ(put(*store, records).changed, payloads.size());
  expect_stored(*store, records);
  EXPECT_EQ(put(*store, records).changed, 0U);
  expect_stored(*backend().open(), records);
}

TEST_P(StoreContract, KeepsIdsByteForByte) {
  std::string wide;
  for (int i = 0; i < 256; ++i) wide += "\xF0\x9F\x98\x80";
  const std::vector<std::string> ids = {"",
                                        " ",
                                        "1",
                                        "01",
                                        "1 ",
                                        "a'b",
                                        "a\"b",
                                        "a\\b",
                                        "100%",
                                        "%31",
                                        "a/b",
                                        "a\nb\tc",
                                        "\x7F",
                                        "null",
                                        "NULL",
                                        "Straße",
                                        "STRASSE",
                                        "é",
                                        "e\xCC\x81",
                                        "東京",
                                        "\x01",
                                        "$1",
                                        "?1",
                                        "{}",
                                        "{\"a\",NULL}",
                                        "A",
                                        "a",
                                        std::string(256, 'x'),
                                        wide};
  auto store = backend().open();
  std::vector<TestRecord> records;
  for (const std::string& id : ids) records.push_back(test_record(id, 1).with_payload("{}"));
  EXPECT_EQ(put(*store, records).changed, ids.size());
  expect_stored(*store, records);
  EXPECT_EQ(must(store->position(kTestStream)).records, ids.size());
  EXPECT_EQ(put(*store, records).changed, 0U);
}

TEST_P(StoreContract, KeepsMetadataAsItWasServed) {
  auto store = backend().open();
  TestRecord odd = test_record("odd", 5);
  odd.last_modified_at = "2024-01-01t00:00:00.0000050z";
  odd.first_seen_at = "";
  odd.cursor = "Y3JlYXRlZF9hdF4%3D+/='\"\\";
  TestRecord deleted = test_record("deleted", 6).deleted();
  deleted.deleted_at = "2024-01-01T01:00:00.000006+01:00";
  TestRecord before_1970 = test_record("old", 0);
  before_1970.modified = core::Time(core::Duration(-1));
  before_1970.last_modified_at = "1969-12-31T23:59:59.999999+00:00";
  put(*store, {odd, deleted, before_1970});
  expect_stored(*store, {before_1970, odd, deleted});
}

}  // namespace
}  // namespace terapi::client
