// Choices of quirks as JSON members, {"bad_cursor_500": false, …}: in world files and data files.
#pragma once

#include "core/json_fields.h"
#include "core/json_writer.h"
#include "simulator/records/quirk.h"

namespace terapi::simulator {

// Reads a member for each quirk, each true or false; whoever calls finishes the fields.
QuirkChoices read_quirks(core::json::Fields& fields);
void write_quirks(core::json::Writer& out, const QuirkChoices& quirks);

}  // namespace terapi::simulator
