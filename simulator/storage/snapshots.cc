#include "simulator/storage/snapshots.h"

namespace terapi::simulator {

core::Result<void> Snapshots::load() {
  if (storage_ == nullptr) return {};
  auto stored = storage_->load_snapshots();
  if (!stored) return stored.error();
  all_ = std::move(*stored);
  return {};
}

core::Result<void> Snapshots::save(const std::string& name, const State& state) {
  if (storage_ != nullptr) {
    if (auto saved = storage_->save_snapshot(name, state); !saved) return saved;
  }
  all_.insert_or_assign(name, state);
  return {};
}

core::Result<bool> Snapshots::remove(const std::string& name) {
  if (!all_.contains(name)) return false;
  if (storage_ != nullptr) {
    if (auto removed = storage_->remove_snapshot(name); !removed) return removed.error();
  }
  all_.erase(name);
  return true;
}

const State* Snapshots::find(const std::string& name) const {
  const auto found = all_.find(name);
  return found == all_.end() ? nullptr : &found->second;
}

}  // namespace terapi::simulator
