// Objects of a template, as its external API might hold them: drawn from a seed, the same on every
// machine. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/random.h"
#include "simulator/world/template.h"

namespace terapi::simulator {

// The object after a change: one of the fields in the template's `changes` is drawn again, to a
// different value if its rule has one, and the time of change is set.
std::string changed_object(const Template& from, const core::Random& random, std::string_view text,
                           std::uint64_t sequence, Time created, Time now);

// The object of that number, created now: JSON with the template's id key, in which the members of
// `given` (an object, or absent) replace what was drawn.
std::string object_with(const Template& from, const core::Random& random, std::uint64_t sequence,
                        Time now, const core::json::Value& given);

// `patch` merged into an object, member by member; unlike a record's, its id may change.
std::string merge_object(std::string_view base, const core::json::Value& patch);
// The object with the time of its change set, where its template has one.
std::string touched_object(const Template& from, std::string_view text, Time created, Time now);

// For objects without a template, such as those read from a file: a copy with that `revision`, and
// a copy under another id.
std::string revised_object(std::string_view text, std::uint64_t revision);
std::string renamed_object(std::string_view text, std::string_view id_key, std::string_view id);

// An object's id: that member as text, or nothing when it is missing or cannot be an id.
std::optional<std::string> object_id(const core::json::Value& object, std::string_view id_key);

}  // namespace terapi::simulator
