// Collection: objects of one kind in the simulated external API of a connection — GitHub's issues,
// Stripe's invoices — and how it behaves. Values; what changes it says so to StateChanges.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/breather.h"
#include "simulator/records/timestamp.h"

namespace terapi::simulator {

struct CollectionKey {
  std::string integration;
  std::string connection;
  std::string name;
  friend auto operator<=>(const CollectionKey&, const CollectionKey&) = default;
};

// One version of an object. `change` numbers the changes of its collection: a reader that has seen
// up to some change is told of all later ones, deletions included.
struct UpstreamObject {
  std::string id;
  std::string text;  // JSON, an object; that of a deleted one is its last
  std::uint64_t change = 0;
  std::uint64_t sequence = 0;  // counts the objects, in the order in which they came
  Time created;
  Time modified;
  bool deleted = false;
};
using UpstreamObjectPtr = std::shared_ptr<const UpstreamObject>;

// Changes that happen by themselves: so many of each kind, every so often.
struct ChangePlan {
  Duration every = std::chrono::minutes(10);
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t deleted = 0;
  Time next;
};

// How the external API answers.
struct UpstreamBehaviour {
  std::int64_t page_size = 100;            // objects on a page, at most
  Duration latency{0};                     // until each answer
  std::optional<std::int64_t> requests;    // at most so many…
  Duration per = std::chrono::minutes(1);  // …in each window of this length
};

class Collection {
 public:
  std::uint32_t number = 0;  // in the data file; never reused
  std::string id_key = "id";
  UpstreamBehaviour behaviour;
  std::optional<ChangePlan> plan;
  std::uint64_t changes_drawn = 0;  // by the plan: what its randomness depends on

  // The object, deleted ones included; or null.
  const UpstreamObject* find(std::string_view id) const { return share(id).get(); }
  UpstreamObjectPtr share(std::string_view id) const;
  std::size_t size() const { return live_; }  // without deleted ones
  std::uint64_t last_change() const { return last_change_; }
  std::uint64_t last_sequence() const { return last_sequence_; }

  // Saves an object, new or changed. False, and nothing moved, when that is its text already.
  // A new object is counted with `sequence`, or (0) the next number.
  bool put(std::string_view id, std::string text, Time now, std::uint64_t sequence = 0);
  // False when there is none.
  bool remove(std::string_view id, Time now);
  // Puts a version where it was: for loading. False when another one has its id or change.
  bool restore(UpstreamObject object);

  // Takes all objects out, breathing.
  void clear();

  // A live object, chosen by a number: any number chooses one, the same number the same; null when
  // there is none.
  const UpstreamObject* choose(std::uint64_t draw) const;

  // Calls visit(const UpstreamObject&) for what changed after `change`, in the order of the
  // changes, deletions included, until it returns false.
  template <typename Visit>
  void walk(std::uint64_t change, Visit visit) const {
    for (auto it = objects_.by_change.upper_bound(change); it != objects_.by_change.end(); ++it) {
      core::breathe();
      if (!visit(*it->second)) return;
    }
  }

 private:
  // Copied object by object, breathing: a snapshot has what may be a million of them.
  struct Objects {
    Objects() = default;
    Objects(const Objects& other);
    Objects(Objects&&) = default;
    Objects& operator=(const Objects& other) { return *this = Objects(other); }
    Objects& operator=(Objects&&) = default;
    ~Objects() = default;

    std::map<std::string, UpstreamObjectPtr, std::less<>> by_id;
    std::map<std::uint64_t, UpstreamObjectPtr> by_change;
  };

  void store(UpstreamObject object);

  Objects objects_;
  std::size_t live_ = 0;
  std::uint64_t last_change_ = 0;
  std::uint64_t last_sequence_ = 0;
};

}  // namespace terapi::simulator
