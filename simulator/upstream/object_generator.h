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

// The object with one of the fields that the template's `changes` name drawn anew, to another value
// where the rule has one, and its time of change set.
std::string changed_object(const Template& from, const core::Random& random, std::string_view text,
                           std::uint64_t sequence, Time created, Time now);

// What an object of that number, created now, looks like: JSON, with the template's id key in it,
// and with the members of `given`, an object or absent, in place of what was drawn.
std::string object_with(const Template& from, const core::Random& random, std::uint64_t sequence,
                        Time now, const core::json::Value& given);

// `patch` merged into an object, member by member; unlike a record's, its id may change.
std::string merge_object(std::string_view base, const core::json::Value& patch);
// The object with the time of its change set, where its template has one.
std::string touched_object(const Template& from, std::string_view text, Time created, Time now);

// Objects of no template, as when they were read from a file: with a `revision` of that number; and
// a copy under another id.
std::string revised_object(std::string_view text, std::uint64_t revision);
std::string renamed_object(std::string_view text, std::string_view id_key, std::string_view id);

// The id of an object: the text of that member, or nothing when it has none that can be one.
std::optional<std::string> object_id(const core::json::Value& object, std::string_view id_key);

}  // namespace terapi::simulator
