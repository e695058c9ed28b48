// DumpLine: one record as `terapi-sync dump` prints it. Pure.
//
//   {"integration":"github","connection":"demo","model":"Issue","variant":"base","id":"14",
//    "deleted":false,"payload":{"id":"14",…},"last_modified_at":"…","cursor":"…"}
//
// in one line. The payload loses the white space between its tokens, if it has any, and nothing
// else: numbers, key order and escapes stay as they were served (REC-10).
#pragma once

#include <string>
#include <string_view>

#include "client/store.h"

namespace terapi::client {

void append_dump_line(std::string& out, const StoredRecord& record);

// Appends the JSON text without the white space outside its strings.
void append_without_space(std::string& out, std::string_view json);

}  // namespace terapi::client
