// Records made up for worlds that ask for `generate`: they look like a GitHub issue and depend on
// the seed and their number alone. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace terapi::simulator {

// The `number`-th record (from 1) of a model, as JSON of about `bytes` bytes.
std::string generated_record(std::uint64_t seed, std::string_view model, std::int64_t number,
                             std::int64_t bytes);

}  // namespace terapi::simulator
