// Figures for humans: counts with thousands separators, rates, spans of time, and texts from
// elsewhere made fit for a terminal. Pure.
//
//   grouped(1234567)           "1,234,567"
//   short_rate(231'400)        "231k"
//   short_span(125s)           "2m 5s"
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace terapi::client {

std::string grouped(std::uint64_t number);

// "1 page", "2 pages", "1,000 records".
std::string counted(std::uint64_t number, std::string_view noun);

// Three digits or fewer, and a letter: "950", "9.5k", "231k", "1.2M".
std::string short_rate(double number);

// The two largest units, cut: "0s", "59s", "2m 5s", "1h 4m", "3d 2h". A negative span is "0s".
std::string short_span(core::Duration span);

// With a tenth of a second, for how long something took: "0.3s", "59.9s", then as short_span.
std::string exact_span(core::Duration span);

// To the second, UTC: "2026-11-23 20:44:07Z".
std::string short_time(core::Time time);

// How many columns of a terminal the text takes, a column for each character.
std::size_t width_of(std::string_view text);

// At most `columns` characters; what is cut off is shown by "…".
std::string cut_to(std::string_view text, std::size_t columns);

// A long text by its beginning and its end: "Y3JlYX…MyZjQ0".
std::string shortened(std::string_view text, std::size_t head, std::size_t tail);

// Control characters, which could steer a terminal or fake a line, and bytes that are no UTF-8, as
// "\x1b".
std::string printable(std::string_view text);

}  // namespace terapi::client
