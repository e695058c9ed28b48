// Base64 as Node's Buffer.from(text, "base64") reads it: either alphabet, padded or not, up to the
// first "=", and whatever belongs to neither alphabet is passed over. Pure.
#pragma once

#include <string>
#include <string_view>

namespace terapi::simulator {

std::string decode_lenient_base64(std::string_view text);

}  // namespace terapi::simulator
