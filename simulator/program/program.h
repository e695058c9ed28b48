// The program terapi-simulator: serve, exec, ready, validate.
#pragma once

#include <string>
#include <vector>

namespace terapi::simulator {

// Exit codes: 0 done, 1 failed, 2 wrong usage or input. `exec` passes its command's on.
int run_program(const std::vector<std::string>& arguments);

int run_serve(const std::vector<std::string>& arguments);
int run_exec(const std::vector<std::string>& arguments);
int run_ready(const std::vector<std::string>& arguments);
int run_validate(const std::vector<std::string>& arguments);

// Prints the error on stderr; returns the exit code for it.
int report(const std::string& program, const std::string& code, const std::string& message);

}  // namespace terapi::simulator
