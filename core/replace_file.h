// Writes a file under another name beside its place, then renames it: nobody ever sees half of it.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace terapi::core {

// Code "no_file", naming the path.
Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace terapi::core
