// PageEdit: changes that the judge makes to the body of a GET /records answer on its way to a
// client, for the wire rules of a scenario (WireRule). Pure functions over text: what cannot be
// read as a page comes back as it was.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "conformance/contract/dialect.h"

namespace terapi::conformance {

// Each cursor of the page, next_cursor included, as `rename` spells it.
std::string with_cursors(std::string_view body, const Dialect& dialect,
                         const std::function<std::string(const std::string&)>& rename);

// The page with another next_cursor; one that has none comes back as it was.
std::string with_next_cursor(std::string_view body, const std::string& cursor);

// The record of that id without its "id", its "metadata" or its "cursor", with null for one of them
// ("null metadata", "null cursor"), or a number in its place ("object"). The body unchanged when
// the record is not in it.
std::string with_poison(std::string_view body, const Dialect& dialect, const std::string& id,
                        const std::string& lacks);

// The records' ids as `respell` writes them: it is given an id's JSON text, and gives one.
std::string with_ids(std::string_view body,
                     const std::function<std::string(const std::string&)>& respell);

// Members that nobody has heard of: in the page, in its records' metadata.
std::string with_extra_fields(std::string_view body, const Dialect& dialect);

}  // namespace terapi::conformance
