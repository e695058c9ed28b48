#include "client/program/log_line.h"

#include <gtest/gtest.h>

#include "core/rfc3339.h"

namespace terapi::client {
namespace {

LogLine warning() {
  return {*core::parse_rfc3339("2024-01-01T00:00:00Z"), SyncEvent::Level::kWarning,
          "github/demo/Issue", "the server said \"no\""};
}

TEST(LogLine, TextNamesTheStream) {
  EXPECT_EQ(log_text(warning()),
            "terapi-sync: warning: github/demo/Issue: the server said \"no\"\n");
  EXPECT_EQ(log_text({{}, SyncEvent::Level::kError, "", "broken"}), "terapi-sync: error: broken\n");
}

TEST(LogLine, JsonIsOneObjectALine) {
  EXPECT_EQ(log_json(warning()),
            R"({"time":"2024-01-01T00:00:00.000000+00:00","level":"warning",)"
            R"("stream":"github/demo/Issue","message":"the server said \"no\""})"
            "\n");
  EXPECT_EQ(log_json({{}, SyncEvent::Level::kInfo, "", "a\nb"}),
            R"({"time":"1970-01-01T00:00:00.000000+00:00","level":"info","message":"a\nb"})"
            "\n");
}

TEST(LogLine, AServerCannotFakeALineOrSteerATerminal) {
  EXPECT_EQ(log_text({{}, SyncEvent::Level::kInfo, "s", "a\nterapi-sync: b\x1b[2J"}),
            "terapi-sync: info: s: a\\x0aterapi-sync: b\\x1b[2J\n");
}

}  // namespace
}  // namespace terapi::client
