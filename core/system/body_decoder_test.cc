#include "core/system/body_decoder.h"

#include <gtest/gtest.h>

#include <string>

namespace terapi::core {
namespace {

using State = BodyDecoder::State;

// Feeds it in pieces of each size, and expects the same each time.
void expect_decoded(std::string_view bytes, std::size_t limit, State state, std::string_view body,
                    std::size_t used) {
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    BodyDecoder decoder = BodyDecoder::chunked(limit);
    std::string decoded;
    std::size_t taken = 0;
    while (taken < bytes.size() && decoder.state() == State::kMore) {
      taken += decoder.take(bytes.substr(taken, piece), decoded);
    }
    EXPECT_EQ(decoder.state(), state) << bytes << " in pieces of " << piece;
    EXPECT_EQ(decoded, body);
    EXPECT_EQ(taken, used);
  }
}

TEST(BodyDecoder, TakesExactlyTheLength) {
  BodyDecoder decoder = BodyDecoder::of_length(3);
  std::string body;
  EXPECT_EQ(decoder.take("ab", body), 2u);
  EXPECT_EQ(decoder.state(), State::kMore);
  EXPECT_EQ(decoder.take("cde", body), 1u);
  EXPECT_EQ(decoder.state(), State::kDone);
  EXPECT_EQ(body, "abc");
  EXPECT_EQ(BodyDecoder::of_length(0).state(), State::kDone);
}

// What has come is worth that it is not moved again and again; what is only announced costs little.
TEST(BodyDecoder, MakesRoomForWhoHasSentMuch) {
  constexpr std::uint64_t kAnnounced = std::uint64_t{1} << 40;
  const std::string megabyte(std::size_t{1} << 20, 'x');
  BodyDecoder decoder = BodyDecoder::of_length(kAnnounced);
  std::string body;
  decoder.take(megabyte.substr(1), body);
  EXPECT_LT(body.capacity(), 3 * megabyte.size());
  decoder.take(megabyte, body);
  decoder.take(megabyte, body);
  EXPECT_GE(body.capacity(), 64 * megabyte.size());
  EXPECT_LT(body.capacity(), 70 * megabyte.size());
  const char* const place = body.data();
  for (int i = 0; i < 40; ++i) decoder.take(megabyte, body);
  EXPECT_EQ(body.data(), place);
  EXPECT_EQ(body.size(), 43 * megabyte.size() - 1);
}

TEST(BodyDecoder, DecodesChunksExtensionsAndTrailers) {
  expect_decoded("0\r\n\r\n", 9, State::kDone, "", 5);
  expect_decoded("3\r\nabc\r\n0\r\n\r\nGET", 9, State::kDone, "abc", 13);
  expect_decoded("003;x=y\r\nabc\r\n1 ;q=\"v\"\r\nd\r\n00\r\nA: b\r\nC: d\r\n\r\n", 9, State::kDone,
                 "abcd", 45);
  expect_decoded("A\r\n0123456789\r\n0\r\n\r\n", 10, State::kDone, "0123456789", 20);
}

TEST(BodyDecoder, RefusesWhatIsNotChunkedCoding) {
  expect_decoded("\r\n", 9, State::kMalformed, "", 1);
  expect_decoded("x\r\n", 9, State::kMalformed, "", 1);
  expect_decoded("-1\r\n", 9, State::kMalformed, "", 1);
  expect_decoded("3\nabc", 9, State::kMalformed, "", 2);
  expect_decoded("3\r\nabcd", 9, State::kMalformed, "abc", 7);
  expect_decoded("3;\x01\r\nabc", 9, State::kMalformed, "", 3);
  expect_decoded("0\r\n\rX", 9, State::kMalformed, "", 5);
}

TEST(BodyDecoder, RefusesAChunkOverTheLimitBeforeItsBytes) {
  expect_decoded("a\r\n", 9, State::kTooLarge, "", 3);
  expect_decoded("5\r\nabcde\r\n5\r\nabcde", 9, State::kTooLarge, "abcde", 13);
  expect_decoded("fffffffffffffffff\r\n", 9, State::kTooLarge, "", 17);
  expect_decoded("ffffffffffffffff\r\n", 9, State::kTooLarge, "", 18);
}

TEST(BodyDecoder, RefusesEndlessFramingInBoundedSpace) {
  for (const std::string_view begin : {"", "1", "1;", "0\r\n", "0\r\nA: "}) {
    BodyDecoder decoder = BodyDecoder::chunked(1 << 20);
    std::string body;
    decoder.take(begin, body);
    std::size_t sent = 0;
    // A leading zero, again and again, where a size is expected.
    while (decoder.state() == State::kMore && sent < (1u << 20)) sent += decoder.take("0", body);
    EXPECT_NE(decoder.state(), State::kMore) << begin;
    EXPECT_LE(sent, 20u << 10) << begin;
  }
}

TEST(BodyDecoder, AllowsManySmallChunks) {
  BodyDecoder decoder = BodyDecoder::chunked(1 << 20);
  std::string body;
  for (int i = 0; i < 100'000; ++i) decoder.take("1\r\nx\r\n", body);
  decoder.take("0\r\n\r\n", body);
  EXPECT_EQ(decoder.state(), State::kDone);
  EXPECT_EQ(body.size(), 100'000u);
}

TEST(BodyDecoder, EndsWithTheConnectionWhereThatIsTheFraming) {
  BodyDecoder decoder = BodyDecoder::until_close(4);
  std::string body;
  decoder.take("abc", body);
  EXPECT_EQ(decoder.state(), State::kMore);
  BodyDecoder closed = decoder;
  closed.close();
  EXPECT_EQ(closed.state(), State::kDone);
  decoder.take("de", body);
  EXPECT_EQ(decoder.state(), State::kTooLarge);

  BodyDecoder cut = BodyDecoder::of_length(3);
  cut.close();
  EXPECT_EQ(cut.state(), State::kMore);
}

TEST(BodyDecoder, TakesBareLineFeedsInAnswersOnly) {
  const std::string coded = "3;x=y\nabc\n2\r\nde\n0\nTrailer: 1\n\n";
  for (std::size_t piece = 1; piece <= coded.size(); ++piece) {
    BodyDecoder decoder = BodyDecoder::chunked(100, BodyDecoder::LineEnd::kAlsoBare);
    std::string body;
    for (std::size_t at = 0; at < coded.size(); at += piece) {
      decoder.take(coded.substr(at, piece), body);
    }
    EXPECT_EQ(decoder.state(), BodyDecoder::State::kDone) << piece;
    EXPECT_EQ(body, "abcde");
  }
  BodyDecoder strict = BodyDecoder::chunked(100);
  std::string body;
  strict.take(coded, body);
  EXPECT_EQ(strict.state(), BodyDecoder::State::kMalformed);
  for (const char* wrong : {"\n", "3\nabcd\n", ";\n"}) {
    BodyDecoder decoder = BodyDecoder::chunked(100, BodyDecoder::LineEnd::kAlsoBare);
    decoder.take(wrong, body);
    EXPECT_EQ(decoder.state(), BodyDecoder::State::kMalformed) << wrong;
  }
}

}  // namespace
}  // namespace terapi::core
