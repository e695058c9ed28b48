// Each row is what Buffer.from(text, "base64") gave in Node.js.
#include "simulator/javascript/lenient_base64.h"

#include <gtest/gtest.h>

namespace terapi::simulator {
namespace {

TEST(LenientBase64, IsReadAsNodeReadsIt) {
  for (const char* text : {"YQ==YQ==", "YQ=YQ=", "!!YQ", "Y Q==", "YQ==!!", "YQ\n==", "YQ="}) {
    EXPECT_EQ(decode_lenient_base64(text), "a") << text;
  }
  EXPECT_EQ(decode_lenient_base64("Y"), "");
  EXPECT_EQ(decode_lenient_base64("===="), "");
  EXPECT_EQ(decode_lenient_base64("_-8="), "\xFF\xEF");
}

}  // namespace
}  // namespace terapi::simulator
