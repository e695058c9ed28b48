// Writes a file under another name beside its place, then renames it: nobody ever sees half of it.
// What is no regular file (a device, a FIFO that somebody reads, a link to one) is written to and
// stays what it is; a link to a regular file stays, too, and the file behind it is replaced.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace terapi::core {

// Code "no_file", naming the path.
Result<void> replace_file(const std::string& path, std::string_view text);

// Takes away a regular file that still holds that text; leaves alone whatever else is there by now.
void remove_replaced_file(const std::string& path, std::string_view text);

}  // namespace terapi::core
