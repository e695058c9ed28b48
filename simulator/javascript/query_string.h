// A query as Express reads it (the qs library): names may have brackets, and a name may have one
// value, several, or an object. Pure functions.
//
//   parse_query_string("limit[]=2&ids=a&ids=b&x%zz=1")
//   // limit: a list of "2"; ids: a list of "a", "b"; x%zz: "1"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace terapi::simulator {

struct QueryEntry {
  enum class Kind : std::uint8_t { kText, kList, kObject };
  std::string name;
  Kind kind = Kind::kText;
  std::vector<std::string> values;  // one of a text; an object's are not kept
};

// In the order of first appearance, each name once. What cannot be decoded stays as it was written.
std::vector<QueryEntry> parse_query_string(std::string_view query);

}  // namespace terapi::simulator
