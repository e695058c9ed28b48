#include "core/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "core/random.h"

namespace terapi::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(Url, TakesApart) {
  const auto url = parse_url("http://127.0.0.1:3003/records?model=Issue#top");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "http");
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, 3003);
  EXPECT_EQ(url->target, "/records?model=Issue");
  EXPECT_EQ(url->authority(), "127.0.0.1:3003");
}

TEST(Url, FillsInWhatIsLeftOut) {
  const auto plain = parse_url("HTTP://example.com");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->scheme, "http");
  EXPECT_EQ(plain->port, 80);
  EXPECT_EQ(plain->target, "/");
  EXPECT_EQ(plain->authority(), "example.com");
  const auto secure = parse_url("https://example.com?x=1");
  ASSERT_TRUE(secure);
  EXPECT_EQ(secure->port, 443);
  EXPECT_EQ(secure->target, "/?x=1");
  EXPECT_EQ(secure->authority(), "example.com");
  EXPECT_EQ(parse_url("https://example.com:80/")->authority(), "example.com:80");
  EXPECT_EQ(parse_url("http://example.com#frag")->target, "/");
  EXPECT_EQ(parse_url("http://example.com:/x")->port, 80);
}

TEST(Url, KnowsIpv6) {
  const auto url = parse_url("http://[::1]:8080/x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 8080);
  EXPECT_EQ(url->authority(), "[::1]:8080");
  EXPECT_EQ(parse_url("http://[::1]/")->authority(), "[::1]");
}

TEST(Url, RefusesWhatCannotBeUsed) {
  for (const std::string text : {"",
                                 "example.com",
                                 "/records",
                                 "ftp://example.com/",
                                 "http:/x",
                                 "http://",
                                 "http:///x",
                                 "http://:80/",
                                 "http://host:0/",
                                 "http://host:65536/",
                                 "http://host:-1/",
                                 "http://host:+1/",
                                 "http://host:8x/",
                                 "http://host:99999999999999/",
                                 "http://[::1/",
                                 "http://[::1]8080/",
                                 "http://[]/",
                                 "http://::1/",
                                 "http://a:b:80/",
                                 "http://ho st/",
                                 "http://host/\r\nX: y",
                                 "http://host/\x7f",
                                 "http://user@host/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, "bad_url") << text;
  }
}

TEST(Url, NeverRepeatsAPasswordInItsError) {
  const auto url = parse_url("http://user:hunter2@host/");
  ASSERT_FALSE(url);
  EXPECT_THAT(url.error().message, Not(HasSubstr("hunter2")));
}

TEST(Target, DecodesPathAndQuery) {
  const auto target = parse_target("/a%2Fb+c?model=Issue&cursor=a%2Bb%3D&x=1+2&x=&flag&&=v&e==");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a/b+c");
  EXPECT_THAT(target->query,
              ElementsAre(Pair("model", "Issue"), Pair("cursor", "a+b="), Pair("x", "1 2"),
                          Pair("x", ""), Pair("flag", ""), Pair("", "v"), Pair("e", "=")));
  EXPECT_TRUE(parse_target("/?")->query.empty());
  EXPECT_EQ(parse_target("/x?y?z=1")->query.front().first, "y?z");
}

TEST(Target, RefusesBrokenEscapesAndWhatIsNoPath) {
  for (const std::string text : {"", "records", "http://x/", "*", "/%", "/%4", "/%g0", "/x?a=%",
                                 "/x?%zz=1", "/x?a=1&b=%1"}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().code, "bad_target") << text;
  }
}

TEST(PercentEncoding, RoundTripsEveryByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const std::string encoded = percent_encode(all);
  EXPECT_EQ(percent_decode(encoded, false).value_or("?"), all);
  EXPECT_EQ(percent_decode(encoded, true).value_or("?"), all);
  EXPECT_EQ(percent_encode("aZ9-._~ +/%\xC3\xA9"), "aZ9-._~%20%2B%2F%25%C3%A9");
  EXPECT_EQ(percent_decode("%e9%E9", false).value_or("?"), "\xE9\xE9");
  EXPECT_EQ(percent_decode("a+b", false).value_or("?"), "a+b");
  EXPECT_EQ(percent_decode("a+b", true).value_or("?"), "a b");
}

TEST(PercentEncoding, RoundTripsQueriesOfRandomBytes) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    std::string name;
    std::string value;
    for (std::uint64_t i = 0; i < random.below(20); ++i) {
      name += static_cast<char>(random.below(256));
      value += static_cast<char>(random.below(256));
    }
    name += "n";
    const auto target = parse_target("/r?" + percent_encode(name) + "=" + percent_encode(value));
    ASSERT_TRUE(target) << "seed " << seed;
    EXPECT_THAT(target->query, ElementsAre(Pair(name, value))) << "seed " << seed;
  }
}

}  // namespace
}  // namespace terapi::core
