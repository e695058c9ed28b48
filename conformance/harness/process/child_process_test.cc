// What the files hold that processes write to; what the judge makes of clients that are processes
// is in stage/process_client_test.cc.
#include "conformance/harness/process/child_process.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/temporary_folder.h"

namespace terapi::conformance {
namespace {

class OutputFile : public testing::Test {
 protected:
  void append(const std::string& text) { std::ofstream(file_, std::ios::app) << text; }

  core::TemporaryFolder folder_;
  std::string file_ = folder_.file("output.log");
};

TEST_F(OutputFile, IsReadFromItsEnd) {
  EXPECT_EQ(tail_of(file_), "");
  append("0123456789");
  EXPECT_EQ(tail_of(file_, 3), "789");
  EXPECT_EQ(tail_of(file_, 10), "0123456789");
  EXPECT_EQ(tail_of(file_, static_cast<std::size_t>(-1)), "0123456789");
}

TEST_F(OutputFile, KeepsItsEndWhenItHasGrownTooLong) {
  append(std::string(900, 'a') + std::string(100, 'b'));
  keep_tail(file_, 1000);
  EXPECT_EQ(std::filesystem::file_size(file_), 1000u);
  append("c");
  keep_tail(file_, 1000);
  EXPECT_EQ(tail_of(file_),
            "[901 bytes of output are left out here]\n" + std::string(99, 'b') + "c");
  append("and on");
  EXPECT_EQ(tail_of(file_, 7), "cand on");
}

}  // namespace
}  // namespace terapi::conformance
