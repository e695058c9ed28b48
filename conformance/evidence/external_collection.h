// ExternalCollection: what the external API of a connection holds, as the judge has it: objects in
// the order of their last changes, deleted ones included. A reader goes on from the change up to
// which it has read.
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"

namespace terapi::conformance {

class ExternalCollection {
 public:
  struct Object {
    std::string id;
    std::string text;  // compact JSON, its `id` as it was given; of a deleted one, the last
    std::uint64_t change = 0;
    bool deleted = false;
  };

  // What a change does, in this order: the members of a run's body (docs/write-a-scenario.md).
  // Missing ones are nothing.
  void change(const core::json::Value& lists);
  // Of several ids the object of each; whatever else there is, is deleted.
  void replace(const core::json::Value& objects);
  void put(const std::string& id, std::string text);
  // Into what there is, or as a new one.
  void merge(const std::string& id, const core::json::Value& part);
  void remove(const std::string& id);

  const Object* find(const std::string& id) const;
  std::uint64_t last_change() const { return last_change_; }
  // Up to `most` entries that changed after that, and whether there are more. Without deletions
  // where these are not asked for.
  std::pair<std::vector<const Object*>, bool> page(std::uint64_t after, std::size_t most,
                                                   bool deletions) const;

 private:
  void store(Object object);

  std::map<std::string, Object> by_id_;
  std::map<std::uint64_t, std::string> by_change_;
  std::uint64_t last_change_ = 0;
};

// "7" for the id 7, "r1" for "r1".
std::string id_text(const core::json::Value& id);

}  // namespace terapi::conformance
