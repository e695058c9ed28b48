// Numbers as JavaScript reads and writes them (ECMA-262: StringToNumber, Number::toString). The
// public system that the nango dialect stands for is written in it, and its callers can tell. Pure
// functions.
//
//   javascript_number("0x10")    // 16; "", " " are 0; "5abc" is NaN
//   javascript_text(1e21)        // "1e+21"
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace terapi::simulator {

// Number(text): NaN where the text is no number.
double javascript_number(std::string_view text);

// String(number).
std::string javascript_text(double number);

// What JSON.stringify makes of a number: what is not finite becomes null.
std::string javascript_json_number(double number);

// text.length: UTF-16 code units.
std::size_t javascript_length(std::string_view text);

// Whether every object has a member of that name, from Object.prototype.
bool is_inherited_key(std::string_view key);

// Where a key is an array's index ("0", "17", not "007"): objects have these first, in order.
std::optional<unsigned> javascript_array_index(std::string_view key);

}  // namespace terapi::simulator
