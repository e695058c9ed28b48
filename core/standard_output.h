// Whether what a program printed has arrived: a full disk or a closed stdout is noticed here, once
// for all that printed before. For the end of main, and for whoever waits for a line at once.
#pragma once

#include <string>

#include "core/result.h"

namespace terapi::core {

// Writes out what stdout still holds. Code "output_failed": some of what was printed is lost.
Result<void> flush_output();

// The exit code of a program that would end with `code`: where its output is lost, 2, and it says
// so on stderr, as `program`.
int exit_code_with_output(const std::string& program, int code);

}  // namespace terapi::core
