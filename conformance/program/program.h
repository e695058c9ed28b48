// The program terapi-conformance: the judge's command line. Thread rule: main's.
#pragma once

#include <string>
#include <vector>

#include "project/project_flags.h"

namespace terapi::conformance {

// The exit code: 0 pass, 1 fail, 2 wrong usage or an error of the judge itself, 3 inconclusive.
int run_program(const std::vector<std::string>& arguments);

// Prints what is wrong with a command line or a file; returns 2.
int refuse(const std::string& message);
// Says on stderr which project file is used; nothing, where there is none.
void tell_project(const project::ProjectUse& use);

// Each gets the arguments after its name.
int run_client_mode(const std::vector<std::string>& arguments);
int run_server_mode(const std::vector<std::string>& arguments);
int run_reference_mode(const std::vector<std::string>& arguments);
int run_otherwise_mode(const std::vector<std::string>& arguments);
int run_mutants_mode(const std::vector<std::string>& arguments);
int run_explore_mode(const std::vector<std::string>& arguments);
int run_measure_mode(const std::vector<std::string>& arguments);
int run_subject_mode(const std::vector<std::string>& arguments);
int run_list_mode(const std::vector<std::string>& arguments);
int run_explain_mode(const std::vector<std::string>& arguments);
int run_validate_mode(const std::vector<std::string>& arguments);
int run_init_mode(const std::vector<std::string>& arguments);

}  // namespace terapi::conformance
