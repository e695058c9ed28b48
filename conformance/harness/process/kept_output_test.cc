#include "conformance/harness/process/kept_output.h"

#include <gtest/gtest.h>

#include <string>

namespace terapi::conformance {
namespace {

TEST(KeptOutput, TellsItsEnd) {
  KeptOutput said(100);
  EXPECT_EQ(said.tail(), "");
  said.add("01234");
  said.add("56789");
  EXPECT_EQ(said.tail(3), "789");
  EXPECT_EQ(said.tail(10), "0123456789");
  EXPECT_EQ(said.tail(static_cast<std::size_t>(-1)), "0123456789");
  EXPECT_EQ(said.total(), 10u);
}

TEST(KeptOutput, KeepsTheEndOfMuchAndCountsAll) {
  KeptOutput said(1000);
  for (int i = 0; i < 10'000; ++i) said.add("ten bytes\n");
  said.add("the end");
  EXPECT_EQ(said.total(), 100'007u);
  const std::string kept = said.tail(static_cast<std::size_t>(-1));
  EXPECT_GE(kept.size(), 1000u);
  EXPECT_LT(kept.size(), 2000u);
  EXPECT_EQ(said.tail(17), "ten bytes\nthe end");
}

TEST(KeptOutput, KeepsTheEndOfOneLargePiece) {
  KeptOutput said(10);
  said.add("before");
  said.add(std::string(1'000'000, 'x') + "the very end");
  EXPECT_EQ(said.tail(), "e very end");
  EXPECT_EQ(said.total(), 1'000'018u);
}

}  // namespace
}  // namespace terapi::conformance
