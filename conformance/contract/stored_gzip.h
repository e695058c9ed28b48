// Gzip without a compressor: blocks that are stored as they are (RFC 1951, 3.2.4) in the frame of
// RFC 1952. Any decoder reads it. A pure function.
#pragma once

#include <string>
#include <string_view>

namespace terapi::conformance {

std::string stored_gzip(std::string_view text);

}  // namespace terapi::conformance
