// shell_word: a word of a command line, quoted for a POSIX shell where it has to be.
//
//   "ls " + shell_word("my file")   // ls 'my file'
#pragma once

#include <string>

namespace terapi::core {

std::string shell_word(const std::string& text);

}  // namespace terapi::core
