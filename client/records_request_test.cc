#include "client/records_request.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

TEST(RecordsRequest, NamesTheStreamAndProvesWhoAsks) {
  const core::Request request =
      records_request({"http://h:1", "the-key"}, {"github", "demo", "Issue"}, {.limit = 7});
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "http://h:1/records?model=Issue&limit=7");
  EXPECT_EQ(request.headers.get("Authorization"), "Bearer the-key");
  EXPECT_EQ(request.headers.get("Provider-Config-Key"), "github");
  EXPECT_EQ(request.headers.get("Connection-Id"), "demo");
  EXPECT_EQ(request.headers.get("Accept-Encoding"), "identity");
  EXPECT_EQ(request.headers.get("User-Agent")->substr(0, 12), "terapi-sync/");
}

TEST(RecordsRequest, EscapesWhatStandsInTheQuery) {
  const core::Request request = records_request(
      {"http://h", "k"}, {"i", "c", "A&B", "v 1"},
      {.cursor = "+/=&%", .modified_after = core::Time(core::Duration(1)), .limit = 1});
  EXPECT_EQ(request.target,
            "http://h/records?model=A%26B&limit=1&variant=v%201"
            "&modified_after=1970-01-01T00%3A00%3A00.000001Z&cursor=%2B%2F%3D%26%25");
}

}  // namespace
}  // namespace terapi::client
