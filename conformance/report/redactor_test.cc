#include "conformance/report/redactor.h"

#include <gtest/gtest.h>

#include <string>

namespace terapi::conformance {
namespace {

constexpr std::string_view kSampleKey = "7f3d2a10-5c4e-4b8a";

Redactor sample_redactor() { return Redactor({std::string(kSampleKey), "s+ign/key\"é~~~>?>?>"}); }

TEST(Redactor, TakesOutEveryPlainOccurrence) {
  EXPECT_EQ(sample_redactor().redact("Bearer 7f3d2a10-5c4e-4b8a, 7f3d2a10-5c4e-4b8a."),
            "Bearer [redacted], [redacted].");
  EXPECT_EQ(sample_redactor().redact("7f3d2a10-5c4e-4b8"), "7f3d2a10-5c4e-4b8");
  EXPECT_EQ(sample_redactor().redact(""), "");
}

TEST(Redactor, TakesOutPercentEncodedOnesInAnyCase) {
  const Redactor redactor = sample_redactor();
  EXPECT_EQ(redactor.redact("?key=s%2Bign%2Fkey%22%C3%A9~~~%3E%3F%3E%3F%3E&a=b"),
            "?key=[redacted]&a=b");
  EXPECT_EQ(redactor.redact("s%2bign/key%22%c3%a9~~~>%3f>?%3e"), "[redacted]");
  EXPECT_EQ(redactor.redact("%37f3d2a10%2d5c4e-4b8a"), "[redacted]");
  EXPECT_EQ(redactor.redact("100%7f3d"), "100%7f3d");
}

TEST(Redactor, TakesOutBase64AtEachAlignment) {
  const Redactor redactor = sample_redactor();
  // base64 of "", "a" and "ab" before the key, each followed by ":x".
  for (const char* text : {"N2YzZDJhMTAtNWM0ZS00YjhhOng=", "YTdmM2QyYTEwLTVjNGUtNGI4YTp4",
                           "YWI3ZjNkMmExMC01YzRlLTRiOGE6eA=="}) {
    const std::string cleared = redactor.redact(text);
    EXPECT_NE(cleared.find("[redacted]"), std::string::npos) << text << " -> " << cleared;
    EXPECT_LE(cleared.size(), std::string("[redacted]").size() + 9) << cleared;
  }
  // A character that the key shares with what follows may stay: it has four bits of it at most.
  // Both alphabets of "s+ign/key\"é~~~>?>?>".
  EXPECT_EQ(redactor.redact("cytpZ24va2V5IsOpfn5+Pj8+Pz4="), "[redacted]4=");
  EXPECT_EQ(redactor.redact("cytpZ24va2V5IsOpfn5-Pj8-Pz4="), "[redacted]4=");
}

TEST(Redactor, TakesOutWhatJsonEscaped) {
  EXPECT_EQ(sample_redactor().redact(R"({"k":"s+ign/key\"é~~~>?>?>"})"), R"({"k":"[redacted]"})");
}

TEST(Redactor, TakesTheLongerOfTwoThatBeginAlike) {
  EXPECT_EQ(Redactor({"abcd", "abcdefgh"}).redact("abcdefgh abcd"), "[redacted] [redacted]");
}

// A report in which each such letter was taken out could not be read.
TEST(Redactor, TakesOutAShortKeyOnlyWhereItStandsAlone) {
  const Redactor redactor({"k", "test", "p7", "ü!"});
  EXPECT_EQ(redactor.redact("Authorization: Bearer k"), "Authorization: Bearer [redacted]");
  EXPECT_EQ(redactor.redact("the record of client/tests was skipped: k"),
            "the record of client/tests was skipped: [redacted]");
  EXPECT_EQ(redactor.redact("?key=%6B&a=b%20k%20c \"test\", /test/k."),
            "?key=[redacted]&a=b%20[redacted]%20c \"[redacted]\", /[redacted]/[redacted].");
  EXPECT_EQ(redactor.redact("p70 xp7 %61k k%61 ék testü ü!"),
            "p70 xp7 %61k k%61 ék testü [redacted]");
  EXPECT_EQ(Redactor({"1234567"}).redact("01234567 1234567"), "01234567 [redacted]");
  EXPECT_EQ(Redactor({"12345678"}).redact("012345678"), "0[redacted]");
}

TEST(Redactor, LeavesEverythingWithoutSecrets) {
  EXPECT_EQ(Redactor().redact("100 % plain"), "100 % plain");
  EXPECT_EQ(Redactor({""}).redact("100 % plain"), "100 % plain");
}

}  // namespace
}  // namespace terapi::conformance
