#include "conformance/contract/dialect.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace terapi::conformance {
namespace {

TEST(Dialect, TerapiIsThatOfTheContract) {
  const Dialect& dialect = terapi_dialect();
  EXPECT_EQ(dialect.name, "terapi");
  EXPECT_EQ(dialect.metadata_key, "_terapi_metadata");
  EXPECT_EQ(dialect.hmac_header, "X-Terapi-Hmac-Sha256");
  EXPECT_EQ(dialect.legacy_signature_header, "X-Terapi-Signature");
  EXPECT_EQ(dialect.delivery_header, "X-Terapi-Delivery");
  EXPECT_EQ(dialect.attempt_header, "X-Terapi-Attempt");
  EXPECT_EQ(dialect.from, "terapi");
  EXPECT_EQ(dialect.cursor_format, CursorFormat::kCreatedAtCaret);
  EXPECT_EQ(dialect.timestamp_format, TimestampFormat::kSixDigitsUtc);
}

TEST(Dialect, NangoIsThatOfThePublicSystem) {
  const Dialect& dialect = nango_dialect();
  EXPECT_EQ(dialect.name, "nango");
  EXPECT_EQ(dialect.metadata_key, "_nango_metadata");
  EXPECT_EQ(dialect.hmac_header, "X-Nango-Hmac-Sha256");
  EXPECT_EQ(dialect.legacy_signature_header, "X-Nango-Signature");
  EXPECT_EQ(dialect.delivery_header, "X-Nango-Delivery");
  EXPECT_EQ(dialect.attempt_header, "X-Nango-Attempt");
  EXPECT_EQ(dialect.from, "nango");
  EXPECT_EQ(dialect.cursor_format, CursorFormat::kDoubleBar);
  EXPECT_EQ(dialect.timestamp_format, TimestampFormat::kTrimmed);
}

TEST(Dialect, IsFoundByItsExactName) {
  EXPECT_EQ(find_dialect("terapi"), &terapi_dialect());
  EXPECT_EQ(find_dialect("nango"), &nango_dialect());
  EXPECT_EQ(find_dialect("Terapi"), nullptr);
  EXPECT_EQ(find_dialect(""), nullptr);
  EXPECT_EQ(dialect_names(), (std::vector<std::string>{"terapi", "nango"}));
}

}  // namespace
}  // namespace terapi::conformance
