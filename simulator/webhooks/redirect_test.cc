#include "simulator/webhooks/redirect.h"

#include <gmock/gmock.h>

namespace terapi::simulator {
namespace {

core::Request webhook() {
  core::Request request;
  request.method = "POST";
  request.target = "http://127.0.0.1:80/in/hook?a=1";
  request.headers = {{"Content-Type", "application/json"}, {"X-Nango-Signature", "s"}};
  request.body = "{}";
  return request;
}

core::Response answer(int status, std::string location) {
  core::Response response;
  response.status = status;
  if (!location.empty()) response.headers.add("Location", std::move(location));
  return response;
}

TEST(Redirect, MakesAGetOfAPostUnlessItIsToBeRepeated) {
  for (const int status : {301, 302, 303}) {
    const auto next = redirected(webhook(), answer(status, "/other"));
    ASSERT_TRUE(next) << status;
    EXPECT_EQ(next->method, "GET");
    EXPECT_EQ(next->body, "");
    EXPECT_EQ(next->target, "http://127.0.0.1/other");
    EXPECT_FALSE(next->headers.get("Content-Type"));
    EXPECT_EQ(next->headers.get("X-Nango-Signature"), "s");
  }
  for (const int status : {307, 308}) {
    const auto next = redirected(webhook(), answer(status, "/other"));
    ASSERT_TRUE(next) << status;
    EXPECT_EQ(next->method, "POST");
    EXPECT_EQ(next->body, "{}");
    EXPECT_TRUE(next->headers.get("Content-Type"));
  }
}

TEST(Redirect, IsNoneWithoutAPlaceToGo) {
  EXPECT_FALSE(redirected(webhook(), answer(200, "/other")));
  EXPECT_FALSE(redirected(webhook(), answer(304, "/other")));
  EXPECT_FALSE(redirected(webhook(), answer(302, "")));
  EXPECT_FALSE(redirected(webhook(), answer(302, "ftp://127.0.0.1/x")));
}

TEST(Redirect, ReadsReferences) {
  const auto to = [](std::string_view reference) {
    return resolved_url("http://127.0.0.1:81/in/hook?a=1", reference).value_or("none");
  };
  EXPECT_EQ(to("https://example.org/x"), "https://example.org/x");
  EXPECT_EQ(to("//example.org/x"), "http://example.org/x");
  EXPECT_EQ(to("/x?b=2#c"), "http://127.0.0.1:81/x?b=2");
  EXPECT_EQ(to("x"), "http://127.0.0.1:81/in/x");
  EXPECT_EQ(to("x/a:b"), "http://127.0.0.1:81/in/x/a:b");
  EXPECT_EQ(to("?b=2"), "http://127.0.0.1:81/in/hook?b=2");
  EXPECT_EQ(to(""), "http://127.0.0.1:81/in/hook?a=1");
  EXPECT_EQ(to("mailto:a"), "none");
}

}  // namespace
}  // namespace terapi::simulator
