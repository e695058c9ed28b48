// The program terapi-sync: run, dump, status.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace terapi::client {

// Exit codes: 0 done, 1 failed, 2 wrong usage or input.
int run_program(const std::vector<std::string>& arguments);

int run_sync(const std::vector<std::string>& arguments);
int run_dump(const std::vector<std::string>& arguments);
int run_status(const std::vector<std::string>& arguments);

// Prints on stdout, for whoever reads it: code "output_failed" when it cannot be written.
core::Result<void> print_out(const std::string& text);

// Prints the error on stderr; returns the exit code for it.
int report(const std::string& program, const std::string& code, const std::string& message);

}  // namespace terapi::client
