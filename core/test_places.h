// For tests: where the checkout and the built programs are. In functions, so that one small file is
// compiled with these paths, and a compiler cache knows all others in any checkout.
// Thread rule: any thread.
#pragma once

#include <string>

namespace terapi::core {

std::string source_folder();  // the checkout's root
std::string bin_folder();     // of the programs

}  // namespace terapi::core
