// The program terapi-simulator: serve, exec, ready, validate.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "project/project_flags.h"

namespace terapi::simulator {

// Exit codes: 0 done, 1 failed, 2 wrong usage or input. `exec` passes its command's on.
int run_program(const std::vector<std::string>& arguments);

int run_serve(const std::vector<std::string>& arguments);
int run_exec(const std::vector<std::string>& arguments);
int run_ready(const std::vector<std::string>& arguments);
int run_validate(const std::vector<std::string>& arguments);

// Prints the error on stderr; returns the exit code for it.
int report(const std::string& program, const std::string& code, const std::string& message);
int report(const std::string& program, const core::Error& error);

// Says on stderr which project file is used; nothing, where there is none. As a line of a log in
// JSON, where stderr is one.
void tell_project(const project::ProjectUse& use, bool as_json);

}  // namespace terapi::simulator
