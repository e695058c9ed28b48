#include "conformance/contract/stored_gzip.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace terapi::conformance {
namespace {

// `printf 123456789 | gzip -1` has this sum and this length at its end, too.
TEST(StoredGzip, IsTheTextInTheFrameOfGzip) {
  using namespace std::string_view_literals;
  EXPECT_EQ(stored_gzip("123456789"),
            "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
            "\x01\x09\x00\xf6\xff"
            "123456789"
            "\x26\x39\xf4\xcb\x09\x00\x00\x00"sv);
}

TEST(StoredGzip, IsOneLastBlockOfNothing) {
  EXPECT_EQ(stored_gzip("").substr(10),
            std::string("\x01\x00\x00\xff\xff", 5) + std::string(8, '\0'));
}

TEST(StoredGzip, HasAsManyBlocksAsItTakes) {
  const std::string text(0x10000, 'x');
  const std::string packed = stored_gzip(text);
  EXPECT_EQ(packed.size(), 10 + 5 + 0xFFFF + 5 + 1 + 8U);
  EXPECT_EQ(packed[10], '\0');
  EXPECT_EQ(packed[10 + 5 + 0xFFFF], '\x01');
}

}  // namespace
}  // namespace terapi::conformance
