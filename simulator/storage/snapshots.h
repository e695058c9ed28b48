// Snapshots: named states, and the one that `reset` goes back to. Copies share their records.
//
// Thread rule: the simulator's thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/storage/storage.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

class Snapshots {
 public:
  explicit Snapshots(Storage* storage) : storage_(storage) {}

  // Takes in the stored ones.
  core::Result<void> load();
  // Stores and keeps the state under that name, in place of another of that name.
  core::Result<void> save(const std::string& name, State state);
  // False when there is none of that name.
  core::Result<bool> remove(const std::string& name);
  const State* find(const std::string& name) const;
  const std::map<std::string, State>& all() const { return all_; }

  void set_start(State state);
  const State& start() const { return *start_; }

 private:
  Storage* storage_;
  std::map<std::string, State> all_;
  std::optional<State> start_;
};

}  // namespace terapi::simulator
