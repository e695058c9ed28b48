// The `environment` object of world files and of /_simulator/environment (docs/world-file.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/json_fields.h"
#include "core/json_writer.h"
#include "simulator/records/dialect.h"
#include "simulator/world/environment.h"

namespace terapi::simulator {

// HOOK-7's defaults in this dialect.
Settings default_settings(const Dialect& dialect);

// What is wrong with a secret key, to be said after its name; nothing when it can be used. In a
// dialect whose keys are UUIDs no request with any other would be let in (AUTH-2).
std::optional<std::string> secret_key_fault(std::string_view key, const Dialect& dialect);

// Changes `settings` by the members that are there (a null takes an optional setting away); reports
// what is wrong. The caller finishes `fields`, after reading keys of its own.
void read_settings(core::json::Fields& fields, Settings& settings, const Dialect& dialect);

// All settings, keys included: this is for the owner of the machine.
void write_settings(core::json::Writer& out, const Settings& settings);

// Settles what a change of the signing key means: the old one signs too for the overlap (HOOK-9).
void rotate_signing_key(const Settings& before, Settings& after, Time now);

// The secret in a signing key of Standard Webhooks: "whsec_" and base64. None in another key: no
// library of theirs could verify with it.
std::optional<std::string> standard_webhooks_key(std::string_view signing_key);

}  // namespace terapi::simulator
