#include "core/standard_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

namespace terapi::core {
namespace {

// In a process of its own, since it prints to a stdout that is `device`.
int exit_code_on(const char* device, int lines, int code) {
  const int descriptor = ::open(device, O_WRONLY | O_CLOEXEC);
  ::dup2(descriptor, STDOUT_FILENO);
  for (int i = 0; i < lines; ++i) std::printf("a line that has to arrive\n");
  return exit_code_with_output("program", code);
}

TEST(StandardOutput, TellsThatOutputIsLost) {
  // Few lines are lost at the end; many, before it.
  for (const int lines : {1, 100'000}) {
    EXPECT_EXIT(std::_Exit(exit_code_on("/dev/full", lines, 0)), testing::ExitedWithCode(2),
                "program: the output cannot be written");
  }
}

TEST(StandardOutput, LeavesTheCodeAloneWhereAllArrived) {
  EXPECT_EXIT(std::_Exit(exit_code_on("/dev/null", 100, 1)), testing::ExitedWithCode(1), "");
  EXPECT_EXIT(std::_Exit(exit_code_on("/dev/null", 0, 0)), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace terapi::core
