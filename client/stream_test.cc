#include "client/stream.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

TEST(Stream, ReadsAndWritesItsText) {
  for (const char* text : {"github/demo/Issue", "github/demo/Issue/eu", "a%2Fb/50%25/M"}) {
    const auto stream = parse_stream(text);
    ASSERT_TRUE(stream) << stream.error().message;
    EXPECT_EQ(to_string(*stream), text);
  }
  EXPECT_EQ(parse_stream("github/demo/Issue")->variant, "base");
  EXPECT_EQ(parse_stream("a%2Fb/50%25/M")->integration, "a/b");
  EXPECT_EQ(to_string(*parse_stream("github/demo/Issue/base")), "github/demo/Issue");
}

TEST(Stream, ReadsBackAnyPartsThatItWrites) {
  for (const Stream& stream : {Stream{"a/b", "%2F", "M/", "eu/west"}, Stream{"ü", " ", "+", "%"},
                               Stream{"i", "c", "M", "Base"}}) {
    const auto back = parse_stream(to_string(stream));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, stream);
  }
}

TEST(Stream, SaysWhatIsWrong) {
  for (const char* text :
       {"", "github", "github/demo", "github//Issue", "/demo/Issue", "github/demo/", "a/b/c/d/e",
        "a/b/%zz", "a/b/%ed%a0%bd", "a/b\xff/c", "a/de%0Amo/c", "a%00/b/c"}) {
    const auto stream = parse_stream(text);
    ASSERT_FALSE(stream) << text;
    EXPECT_EQ(stream.error().code, "bad_stream");
    EXPECT_NE(stream.error().message.find("expected INTEGRATION/CONNECTION/MODEL"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace terapi::client
