// Input checks: what is wrong with a text or a JSON member, in the words of zod, the library that
// the public system checks its inputs with (ERR-1). All that is wrong is collected. Pure.
//
//   check_text("basic", {"model"}, {.pattern = dialect.model, .most = 255}, errors);
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "simulator/api/api_error.h"
#include "simulator/records/dialect.h"

namespace terapi::simulator {

using InputErrors = std::vector<ValidationError>;
using InputPath = std::vector<std::string>;

inline constexpr std::size_t kLongestInput = 255;
inline constexpr std::size_t kLongestCursorInput = 1'000;

struct TextRule {
  TextPattern pattern{};
  std::size_t least = 0;  // characters, as JavaScript counts them
  std::size_t most = std::numeric_limits<std::size_t>::max();
};

void wrong_type(std::string_view expected, std::string_view received, InputPath path,
                InputErrors& errors);
void check_text(std::string_view text, const InputPath& path, const TextRule& rule,
                InputErrors& errors);
// A number from 1 to `most`; NaN where it was none.
void check_number(double number, const InputPath& path, double most, InputErrors& errors);
// Nothing, where no key is unknown.
void check_unknown(const std::vector<std::string>& unknown, InputErrors& errors);

// The name of a JSON value's type as zod has it; "undefined" where there is none.
std::string_view input_type(const core::json::Value& value);
// A member that is a text; "" and an error where it is not. Absent is allowed unless `required`.
std::optional<std::string> text_member(const core::json::Value& object, const std::string& key,
                                       const TextRule& rule, bool required, InputErrors& errors);

}  // namespace terapi::simulator
