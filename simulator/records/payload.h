// Payloads: the JSON objects that records carry, kept as text (REC-10). Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "simulator/records/dialect.h"

namespace terapi::simulator {

struct Payload {
  std::string id;
  std::string text;  // compact; `id` is in it, as a string, where the original had it
  // As in RecordFields; 0 where the dialect has no use for them.
  std::uint64_t input_hash = 0;
  std::uint32_t metadata_at = 0;
};

// Ids are 1 to 255 characters of valid text without NUL.
inline constexpr std::size_t kLongestId = 255;

// Makes a record's payload of a JSON object as it was saved: everything value for value, in its key
// order; a number for an id becomes a string; the metadata key, which is ours, is left out. With
// `id_key`, the record's id is that member's value, and `id` is put in front.
// Where the dialect's values are JavaScript's, so are the numbers and the order of keys: `id` comes
// first, and the metadata will be served where the object had a member of that key.
// Code "bad_record": says what is wrong with it.
core::Result<Payload> make_payload(const core::json::Value& object, std::string_view id_key,
                                   const Dialect& dialect);

// META-5: true when saving `after` over `before` changes nothing.
bool same_payload(std::string_view before, std::string_view after);

// The hash of an object as it was sent, `id` and all, in JavaScript's order; never 0.
std::uint64_t input_hash(const core::json::Value& object);
// The same of {"id": …}, which is what a deletion sends.
std::uint64_t id_only_hash(std::string_view id);
// …and of a payload whose input is not known.
std::uint64_t text_hash(std::string_view text);

// `patch` merged into `base`: objects member by member, everything else replaced; new members come
// last. `id` stays as it is.
std::string merge_payload(std::string_view base, const core::json::Value& patch);

// The same as JavaScript's deepmerge has it: members that `patch` names come last, in its order.
// `metadata_at` as in RecordFields, of the base.
Payload merge_as_javascript(std::string_view base, std::uint32_t metadata_at, std::string_view id,
                            const core::json::Value& patch, const Dialect& dialect);

// A string or number as an id: a number's own text, or, where values are JavaScript's, what
// String() makes of it, and no NUL.
std::string id_text(const core::json::Value& value, const Dialect& dialect);

// What is left of a payload: {"id":"…"}.
std::string id_only_payload(std::string_view id);

}  // namespace terapi::simulator
