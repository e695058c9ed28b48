// Names: what integrations, connections, syncs, models and variants may be called. One rule for
// making and for reading: what could be saved under a name that no request can say would be lost.
//
// Integrations and connections are named in headers, models and variants in a query (REC-3), syncs
// in a path. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/json_fields.h"
#include "core/result.h"
#include "simulator/records/stream_key.h"

namespace terapi::simulator {

enum class NameOf : std::uint8_t { kIntegration, kConnection, kSync, kModel, kVariant };

// What is wrong with it, to be said after where it stands: "has 256 characters; expected 1 to 255".
std::optional<std::string> name_fault(NameOf what, std::string_view name);

// Reports what is wrong with the name that stands at `key`. An empty one is left to whoever has
// required it.
void check_name(core::json::Fields& fields, std::string_view key, NameOf what,
                std::string_view name);

// Names all of a stream; code "bad_name".
core::Result<void> check_names(const StreamKey& key);

}  // namespace terapi::simulator
