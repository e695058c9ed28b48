#include "simulator/world/environment.h"

#include <algorithm>

namespace terapi::simulator {
namespace {

template <typename Range, typename Matches>
auto* find_in(Range& range, Matches matches) {
  const auto found = std::find_if(range.begin(), range.end(), matches);
  return found == range.end() ? nullptr : &*found;
}

}  // namespace

const Integration* Environment::find_integration(std::string_view id) const {
  return find_in(integrations, [&](const Integration& i) { return i.id == id; });
}

Integration* Environment::find_integration(std::string_view id) {
  return find_in(integrations, [&](const Integration& i) { return i.id == id; });
}

const Connection* Environment::find_connection(std::string_view integration,
                                               std::string_view id) const {
  return find_in(connections,
                 [&](const Connection& c) { return c.id == id && c.integration == integration; });
}

Connection* Environment::find_connection(std::string_view integration, std::string_view id) {
  return find_in(connections,
                 [&](const Connection& c) { return c.id == id && c.integration == integration; });
}

const Stream* Environment::find_stream(const StreamKey& key) const {
  const auto found = streams.find(key);
  return found == streams.end() ? nullptr : &found->second;
}

}  // namespace terapi::simulator
