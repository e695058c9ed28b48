#include "client/program/listen_address.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

TEST(ListenAddress, TakesNamesAndAddresses) {
  const auto plain = parse_listen_address("127.0.0.1:8080");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "127.0.0.1");
  EXPECT_EQ(plain->port, 8080);
  const auto any_port = parse_listen_address("localhost:0");
  ASSERT_TRUE(any_port);
  EXPECT_EQ(any_port->port, 0);
  const auto six = parse_listen_address("[::1]:9");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "::1");
}

TEST(ListenAddress, SaysWhatItExpected) {
  for (const char* text : {"", "8080", ":8080", "host:", "host:x", "host:-1", "host:65536",
                           "host:80x", "::1:80", "http://host:80", "[]:80"}) {
    const auto address = parse_listen_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, "bad_usage");
    EXPECT_NE(address.error().message.find("expected HOST:PORT"), std::string::npos);
  }
}

}  // namespace
}  // namespace terapi::client
