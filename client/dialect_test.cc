#include "client/dialect.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

TEST(Dialect, IsFoundByName) {
  EXPECT_EQ(find_dialect("terapi"), &terapi_dialect());
  EXPECT_EQ(find_dialect("nango"), &nango_dialect());
  for (const char* name : {"", "other", "Terapi", "nango "}) {
    EXPECT_EQ(find_dialect(name), nullptr) << name;
  }
}

TEST(Dialect, HasTheContractsNames) {
  EXPECT_EQ(terapi_dialect().metadata_key, "_terapi_metadata");
  EXPECT_EQ(terapi_dialect().hmac_header, "X-Terapi-Hmac-Sha256");
  EXPECT_EQ(terapi_dialect().legacy_signature_header, "X-Terapi-Signature");
  EXPECT_EQ(nango_dialect().metadata_key, "_nango_metadata");
  EXPECT_EQ(nango_dialect().hmac_header, "X-Nango-Hmac-Sha256");
  EXPECT_EQ(nango_dialect().legacy_signature_header, "X-Nango-Signature");
}

}  // namespace
}  // namespace terapi::client
