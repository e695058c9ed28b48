// The program terapi-conformance: the judge's command line. Thread rule: main's.
#pragma once

#include <string>
#include <vector>

namespace terapi::conformance {

// The exit code: 0 pass, 1 fail, 2 wrong usage or a fault of the judge's, 3 inconclusive.
int run_program(const std::vector<std::string>& arguments);

// Tells what is wrong with a command line or a file; 2.
int refuse(const std::string& message);

// Each gets what stands after its name.
int run_client_mode(const std::vector<std::string>& arguments);
int run_server_mode(const std::vector<std::string>& arguments);
int run_reference_mode(const std::vector<std::string>& arguments);
int run_mutants_mode(const std::vector<std::string>& arguments);
int run_explore_mode(const std::vector<std::string>& arguments);
int run_subject_mode(const std::vector<std::string>& arguments);
int run_list_mode(const std::vector<std::string>& arguments);
int run_explain_mode(const std::vector<std::string>& arguments);
int run_validate_mode(const std::vector<std::string>& arguments);

}  // namespace terapi::conformance
