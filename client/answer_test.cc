#include "client/answer.h"

#include <gtest/gtest.h>

#include "core/utf8.h"

namespace terapi::client {
namespace {

using Kind = Answer::Kind;
using namespace std::chrono_literals;

Answer answer(int status, const std::string& body = "", core::Headers headers = {}) {
  return answer_of(core::Response{status, std::move(headers), body}, core::Time{});
}

TEST(Answer, SortsStatusesByWhatCanBeDone) {
  EXPECT_EQ(answer(200).kind, Kind::kPage);
  for (const int status : {204, 206, 408, 425, 429, 500, 502, 503, 504}) {
    EXPECT_EQ(answer(status).kind, Kind::kTryAgain) << status;
  }
  for (const int status : {301, 302, 307, 308, 400, 401, 403, 404, 405, 410, 413, 415, 422}) {
    EXPECT_EQ(answer(status).kind, Kind::kStop) << status;
  }
}

TEST(Answer, KnowsARefusedCursorByItsCode) {
  const std::string body = R"({"error":{"code":"invalid_cursor","message":"it does not decode"}})";
  EXPECT_EQ(answer(400, body).kind, Kind::kBadCursor);
  EXPECT_EQ(answer(401, body).kind, Kind::kStop);
  EXPECT_EQ(answer(500, body).kind, Kind::kTryAgain);
}

// Said of a header that was fine: the server cannot look the key up.
TEST(Answer, InTheDialectThatHasItAMalformedHeaderPasses) {
  const auto of = [](const char* code, const Dialect& dialect) {
    const std::string body = std::string(R"({"error":{"code":")") + code + R"(","message":"m"}})";
    return answer_of(core::Response{401, {}, body}, core::Time{}, dialect).kind;
  };
  EXPECT_EQ(of("malformed_auth_header", nango_dialect()), Kind::kTryAgain);
  EXPECT_EQ(of("malformed_auth_header", terapi_dialect()), Kind::kStop);
  EXPECT_EQ(of("unknown_account", nango_dialect()), Kind::kStop);
  EXPECT_EQ(of("invalid_secret_key_format", nango_dialect()), Kind::kStop);
}

TEST(Answer, TellsWhatTheServerSaid) {
  const Answer one = answer(401, R"({"error":{"code":"unknown_account","message":"who?"}})");
  EXPECT_EQ(one.error.code, "unknown_account");
  EXPECT_EQ(one.error.message, "the server answered 401 unknown_account: who?");
  const Answer several = answer(
      400,
      R"({"error":{"code":"invalid_query_params","errors":[{"message":"a"},{"message":"b"}]}})");
  EXPECT_EQ(several.error.message, "the server answered 400 invalid_query_params: a; b");
  const Answer page = answer(502, "<html>" + std::string(10'000, 'x'));
  EXPECT_EQ(page.error.code, "http_502");
  EXPECT_LT(page.error.message.size(), 400U);
}

TEST(Answer, TakesRetryAfterWhereTryingAgainHelps) {
  EXPECT_EQ(answer(429, "", {{"Retry-After", "7"}}).retry_after, 7s);
  EXPECT_EQ(answer(503, "", {{"retry-after", "8"}}).retry_after, 8s);
  EXPECT_FALSE(answer(429, "", {{"Retry-After", "soon"}}).retry_after);
  EXPECT_FALSE(answer(429).retry_after);
}

TEST(Answer, TakesADateInRetryAfterByTheServersOwnClock) {
  for (const char* date : {"Sun, 06 Nov 1994 08:49:34 GMT", "Sunday, 06-Nov-94 08:49:34 GMT"}) {
    EXPECT_EQ(answer(429, "", {{"Date", date}, {"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}})
                  .retry_after,
              3s);
  }
  // Past by that clock, and by ours where it tells no time.
  EXPECT_EQ(answer(503, "",
                   {{"Date", "Sun, 06 Nov 1994 08:49:38 GMT"},
                    {"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}})
                .retry_after,
            0s);
  EXPECT_EQ(answer(429, "", {{"Date", "now"}, {"Retry-After", "Thu, 01 Jan 1970 00:00:05 GMT"}})
                .retry_after,
            5s);
  EXPECT_EQ(answer(429, "", {{"Date", "Sun, 06 Nov 1994 08:49:34 GMT"}, {"Retry-After", "7"}})
                .retry_after,
            7s);
}

TEST(Answer, NamesAnEncodingThatNobodyAskedFor) {
  for (const core::Headers& headers :
       {core::Headers{{"Content-Encoding", "gzip"}}, core::Headers{{"content-encoding", "br"}},
        core::Headers{{"Content-Encoding", "identity"}, {"Content-Encoding", "gzip"}}}) {
    const Answer page = answer(200, "\x1f\x8b", headers);
    EXPECT_EQ(page.kind, Kind::kTryAgain);
    EXPECT_EQ(page.error.code, "unknown_encoding");
    EXPECT_NE(page.error.message.find(*headers.list("Content-Encoding")), std::string::npos);
    EXPECT_NE(answer(503, "\x1f\x8b", headers).error.message.find("Content-Encoding"),
              std::string::npos);
  }
  for (const char* none : {"identity", "Identity", ""}) {
    EXPECT_EQ(answer(200, "", {{"Content-Encoding", none}}).kind, Kind::kPage);
  }
}

TEST(Answer, TellsInUtf8WhateverTheServerSaid) {
  EXPECT_EQ(answer(500, "\xff!").error.message, "the server answered 500: \xEF\xBF\xBD!");
  EXPECT_TRUE(core::is_utf8(answer(500, "a" + std::string(200, '\xC3')).error.message));
  std::string umlauts;
  for (int i = 0; i < 400; ++i) umlauts += "ä";
  EXPECT_TRUE(core::is_utf8(answer(500, "a" + umlauts).error.message));
}

TEST(Answer, ABrokenConnectionIsTriedAgainAndABrokenUrlIsNot) {
  for (const char* code : {"connection_refused", "connection_reset", "timeout", "truncated_body",
                           "response_too_large", "bad_response", "name_not_resolved"}) {
    EXPECT_EQ(answer_of(core::Error{code, "m"}, core::Time{}).kind, Kind::kTryAgain) << code;
  }
  EXPECT_EQ(answer_of(core::Error{"bad_url", "m"}, core::Time{}).kind, Kind::kStop);
}

}  // namespace
}  // namespace terapi::client
