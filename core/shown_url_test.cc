#include "core/shown_url.h"

#include <gtest/gtest.h>

#include "core/url.h"

namespace terapi::core {
namespace {

TEST(ShownUrl, ShowsWhereButNotWhatOpensIt) {
  EXPECT_EQ(shown_url("http://h:1/hook"), "http://h:1/hook");
  EXPECT_EQ(shown_url("http://h/hook?token=s3cret&x=1"), "http://h/hook?token=[hidden]&x=[hidden]");
  EXPECT_EQ(shown_url("http://h?s3cret"), "http://h?[hidden]");
  EXPECT_EQ(shown_url("http://h/?a=&b=2"), "http://h/?a=&b=[hidden]");
  EXPECT_EQ(shown_url("https://user:pa55@h/x"), "https://[hidden]@h/x");
  EXPECT_EQ(shown_url("https://user:pa/55@h/x"), "https://[hidden]@h/x");
  EXPECT_EQ(shown_url("user:pa55@h/x?k=1"), "[hidden]@h/x?k=[hidden]");
  EXPECT_EQ(shown_url("https://h:80/@scope/x"), "https://h:80/@scope/x");
  EXPECT_EQ(shown_url("https://h/x#access_token=1"), "https://h/x#[hidden]");
}

TEST(ShownUrl, FindsUrlsWithinAText) {
  EXPECT_EQ(without_url_secrets("plain words, 1 = 1"), "plain words, 1 = 1");
  EXPECT_EQ(without_url_secrets("'http://h/x?token=1' is no URL"),
            "'http://h/x?token=[hidden]' is no URL");
  EXPECT_EQ(without_url_secrets(R"({"url":"http://u:p@h/x?a=1","b":2})"),
            R"({"url":"http://[hidden]@h/x?a=[hidden]","b":2})");
  EXPECT_EQ(without_url_secrets("a http://h?x=1 and b https://u:p@i/ end"),
            "a http://h?x=[hidden] and b https://[hidden]@i/ end");
  EXPECT_EQ(without_url_secrets("://"), "://");
  EXPECT_EQ(without_url_secrets("\"://?a=1"), "\"://?a=[hidden]");
}

TEST(ShownUrl, HidesParametersThatSayWhatTheyAre) {
  EXPECT_EQ(without_url_secrets("model=Issue&cursor=abc&limit=2"),
            "model=Issue&cursor=abc&limit=2");
  EXPECT_EQ(without_url_secrets("model=Issue&api_key=abc&limit=2"),
            "model=Issue&api_key=[hidden]&limit=2");
  EXPECT_EQ(without_url_secrets("X-Access-Token=abc"), "X-Access-Token=[hidden]");
  EXPECT_EQ(without_url_secrets("api%5Fkey=abc"), "api%5Fkey=[hidden]");
  EXPECT_EQ(without_url_secrets("there is nothing at /x?key=abc"),
            "there is nothing at /x?key=[hidden]");
  EXPECT_EQ(without_url_secrets("localhost:8080/hook?sig=abc is not a URL"),
            "localhost:8080/hook?sig=[hidden] is not a URL");
  EXPECT_EQ(without_url_secrets("token="), "token=");
}

// What cannot be read is told, and may hold a password all the same.
TEST(ShownUrl, IsHowAUrlThatCannotBeUsedIsTold) {
  for (const std::string_view url :
       {"http://u:pa55@h/ x", "ftp://u:pa55@h/x", "http://h:0/x?token=pa55", "u:pa55@h",
        "h/x?token=pa55", "http://u:pa55/@h/x", "http://h:99999/?pa55", "http://:1#pa55"}) {
    const auto parsed = parse_url(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().message.find("pa55"), std::string::npos) << parsed.error().message;
  }
}

}  // namespace
}  // namespace terapi::core
