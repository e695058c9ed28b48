// Payloads: the JSON objects that records carry, kept as text (REC-10). Pure functions.
#pragma once

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
};

// Ids are 1 to 255 characters of valid text without NUL.
inline constexpr std::size_t kLongestId = 255;

// Makes a record's payload of a JSON object as it was saved: everything value for value, in its key
// order; a number for an id becomes a string; the metadata key, which is ours, is left out. With
// `id_key`, the record's id is that member's value, and `id` is put in front.
// Code "bad_record": says what is wrong with it.
core::Result<Payload> make_payload(const core::json::Value& object, std::string_view id_key,
                                   const Dialect& dialect);

// META-5: true when saving `after` over `before` changes nothing.
bool same_payload(std::string_view before, std::string_view after, const Dialect& dialect);

// `patch` merged into `base`: objects member by member, everything else replaced; new members come
// last. `id` stays as it is.
std::string merge_payload(std::string_view base, const core::json::Value& patch);

// What is left of a payload: {"id":"…"}.
std::string id_only_payload(std::string_view id);

}  // namespace terapi::simulator
