// The program terapi-sync: run, dump, status.
#pragma once

#include <string>
#include <vector>

namespace terapi::client {

// Exit codes: 0 done, 1 the thing failed, 2 wrong usage or input.
int run_program(const std::vector<std::string>& arguments);

int run_sync(const std::vector<std::string>& arguments);
int run_dump(const std::vector<std::string>& arguments);
int run_status(const std::vector<std::string>& arguments);

// Says on stderr what went wrong; the exit code that this kind of error means.
int report(const std::string& program, const std::string& code, const std::string& message);

}  // namespace terapi::client
