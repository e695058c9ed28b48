#include "simulator/api/query_entries.h"

#include <algorithm>
#include <utility>

#include "core/url.h"

namespace terapi::simulator {

std::vector<QueryEntry> query_entries(std::string_view target, const Dialect& dialect) {
  if (dialect.express) {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::vector<QueryEntry>()
                                          : parse_query_string(target.substr(mark + 1));
  }
  std::vector<QueryEntry> entries;
  const core::Result<core::Target> parsed = core::parse_target(target);
  if (!parsed) return entries;
  for (const auto& [key, value] : parsed->query) {
    const std::string name = key == "ids[]" ? "ids" : key;
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const QueryEntry& entry) { return entry.name == name; });
    if (found == entries.end()) {
      entries.push_back({name, QueryEntry::Kind::kText, {value}});
    } else {
      found->kind = QueryEntry::Kind::kList;
      found->values.push_back(value);
    }
  }
  return entries;
}

}  // namespace terapi::simulator
