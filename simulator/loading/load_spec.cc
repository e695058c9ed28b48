#include "simulator/loading/load_spec.h"

#include <algorithm>
#include <map>

#include "core/nearest.h"
#include "simulator/records/names.h"

namespace terapi::simulator {

core::Result<LoadSpec> parse_load_spec(std::string_view text) {
  LoadSpec spec;
  const std::map<std::string, std::string*, std::less<>> parts = {
      {"environment", &spec.environment},
      {"connection", &spec.stream.connection},
      {"integration", &spec.stream.integration},
      {"model", &spec.stream.model},
      {"variant", &spec.stream.variant},
      {"sync", &spec.sync},
      {"file", &spec.file},
      {"id", &spec.id_key}};
  // Neither a part nor the beginning of one: a file.
  if (!text.empty() && text.find_first_of("=,") == std::string_view::npos &&
      parts.find(text) == parts.end()) {
    spec.database = text;
    return spec;
  }
  std::vector<std::string> names;
  names.reserve(parts.size());
  for (const auto& [name, target] : parts) names.push_back(name);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    const auto found = parts.find(name);
    if (found == parts.end()) {
      return core::Error{"bad_load", "--load: unknown part '" + std::string(name) + "'" +
                                         core::suggestion(name, names)};
    }
    if (equals == std::string_view::npos || equals + 1 == part.size()) {
      return core::Error{"bad_load", "--load: '" + std::string(name) + "' has no value"};
    }
    *found->second = part.substr(equals + 1);
  }
  for (const std::string_view name : {"connection", "integration", "model", "file"}) {
    if (parts.find(name)->second->empty()) {
      return core::Error{"bad_load", "--load: '" + std::string(name) +
                                         "' is missing; expected for example "
                                         "connection=demo,integration=github,model=Package,"
                                         "file=packages.ndjson,id=Package"};
    }
  }
  if (const auto good = check_names(spec.stream); !good) {
    return core::Error{"bad_load", "--load: " + good.error().message};
  }
  return spec;
}

}  // namespace terapi::simulator
