// What a drawn story is in another dialect than the one in which all are drawn. Pure.
#pragma once

#include <string>
#include <utility>

#include "conformance/contract/dialect.h"
#include "conformance/harness/stage/stage.h"

namespace terapi::conformance {

// A world, without what systems that speak it are known to do wrong: that is found already.
inline std::string world_in(std::string world, const Dialect& dialect) {
  if (dialect.no_quirks.empty() || !world.starts_with('{')) return world;
  const bool empty = world.find_first_not_of(" \n", 1) == world.find('}');
  return R"({"quirks":)" + std::string(dialect.no_quirks) + (empty ? "" : ",") + world.substr(1);
}

// Fault rules that match cursors.
inline std::string rules_in(std::string rules, const Dialect& dialect) {
  return replaced(std::move(rules), terapi_dialect().any_cursor, dialect.any_cursor);
}

}  // namespace terapi::conformance
