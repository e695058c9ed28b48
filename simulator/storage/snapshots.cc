#include "simulator/storage/snapshots.h"

#include <utility>

namespace terapi::simulator {

core::Result<void> Snapshots::load() {
  if (storage_ == nullptr) return {};
  auto stored = storage_->load_snapshots();
  if (!stored) return stored.error();
  all_ = std::move(*stored);
  return {};
}

core::Result<void> Snapshots::save(const std::string& name, State state) {
  if (storage_ != nullptr) {
    if (auto saved = storage_->save_snapshot(name, state); !saved) return saved;
  }
  if (const auto there = all_.find(name); there != all_.end()) take_apart(there->second);
  all_.insert_or_assign(name, std::move(state));
  return {};
}

core::Result<bool> Snapshots::remove(const std::string& name) {
  if (!all_.contains(name)) return false;
  if (storage_ != nullptr) {
    if (auto removed = storage_->remove_snapshot(name); !removed) return removed.error();
  }
  const auto there = all_.find(name);
  take_apart(there->second);
  all_.erase(there);
  return true;
}

void Snapshots::set_start(State state) {
  if (start_) take_apart(*start_);
  start_ = std::move(state);
}

const State* Snapshots::find(const std::string& name) const {
  const auto found = all_.find(name);
  return found == all_.end() ? nullptr : &found->second;
}

}  // namespace terapi::simulator
