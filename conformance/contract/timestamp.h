// Timestamps as the judge reads and writes them: RFC 3339, and the exact spellings that the
// contract asks of a server (META-2, HOOK-2) or that the public system has. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conformance/contract/dialect.h"
#include "core/clock.h"

namespace terapi::conformance {

// Any timestamp of RFC 3339, with any offset. Digits past the microsecond are cut off. Nothing for
// other text: no zone, no time, a day that is not in the calendar, a leap second (no clock of
// the API has one).
std::optional<core::Time> read_timestamp(std::string_view text);

// True when the text is spelled as a server of this dialect spells it in metadata.
// terapi: 2023-09-18T15:20:35.941305+00:00, six digits and +00:00 without exception.
// nango:  zeros at the fraction's end dropped, no fraction when it is zero, any numeric offset.
bool is_canonical_timestamp(std::string_view text, const Dialect& dialect);

// Years 0 to 9999, which is what the format can say.
std::string write_timestamp(core::Time time);                          // terapi's spelling
std::string write_timestamp(core::Time time, const Dialect& dialect);  // at +00:00
// 2024-01-01T00:00:00.123Z, cut off at the millisecond: the form in webhook bodies.
std::string write_millis(core::Time time);

}  // namespace terapi::conformance
