// LogBook: what the simulator did, as operations (LOG-1), bounded by kind so that many of one kind
// push no others out; those under way are always kept. All that is written passes a gate, so that
// no operation and no line holds a key (AUTH-5, observation/secrets.h).
//
//   std::uint64_t id = logs.begin(operation);       // numbered, under way
//   logs.note_step(id, step);
//   logs.end(id, {.outcome = LogOutcome::kSuccess, .at = now});
//
// What was written since the last forget_changes() is remembered by number, for storage.
//
// Thread rule: the simulator's thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "simulator/observation/operation.h"
#include "simulator/observation/secrets.h"

namespace terapi::simulator {

// Operations that are over lie on shelves, each of them bounded: one for each kind, and one more
// for runs that found nothing new, so that they do not push out those that did.
enum class LogShelf : std::uint8_t { kRun, kIdleRun, kDelivery, kAction, kProxy, kEvent };
inline constexpr auto kLogShelfWords = std::to_array<core::Word<LogShelf>>({
    {LogShelf::kRun, "run"},
    {LogShelf::kIdleRun, "run.idle"},
    {LogShelf::kDelivery, "delivery"},
    {LogShelf::kAction, "action"},
    {LogShelf::kProxy, "proxy"},
    {LogShelf::kEvent, "event"},
});
inline constexpr std::size_t kLogShelves = kLogShelfWords.size();

// What outlives the operations themselves.
struct LogCounts {
  std::uint64_t last_id = 0;                         // no operation has a higher one
  std::array<std::uint64_t, kLogShelves> dropped{};  // by shelf
};

// A log as it is stored: operations in the order of their ids.
struct LogHistory {
  std::vector<Operation> operations;
  LogCounts counts;
};

// What is to be stored. The operations live until the log is next written to.
struct LogChanges {
  std::vector<const Operation*> written;
  std::vector<std::uint64_t> dropped;
  bool counted = false;  // `counts` says something new, beside a higher last id
  LogCounts counts{};
  bool empty() const { return written.empty() && dropped.empty() && !counted; }
};

struct LogEnd {
  LogOutcome outcome = LogOutcome::kSuccess;
  Time at;
  std::string error{};
};

class LogBook {
 public:
  using Sink = std::function<void(const LogEntry&)>;
  explicit LogBook(const Secrets& secrets, std::size_t most_of_each = 10'000)
      : secrets_(secrets), most_(most_of_each) {}
  LogBook(const LogBook&) = delete;
  LogBook& operator=(const LogBook&) = delete;

  // Takes in one that has just begun; its id.
  std::uint64_t begin(Operation operation);
  // Null when it is over, or was never there.
  const Operation* under_way(std::uint64_t id) const;
  // Nothing happens to one that is not under way.
  void note_step(std::uint64_t id, LogStep step);
  // What a run has done, and what is to be said of it beside.
  void note_counts(std::uint64_t id, const RunCounts& counts, LogFields fields = {});
  void end(std::uint64_t id, const LogEnd& end);
  // One that begins and is over at once.
  std::uint64_t add(Operation operation);
  // An event that belongs to no operation; the sink is shown it.
  void add(LogEntry entry);
  // Goes on with one that is over. False when it is not there any more.
  bool go_on_with(std::uint64_t id);

  // Is shown what the program's own log has: events, and what is told beside them.
  void set_sink(Sink sink) { sink_ = std::move(sink); }
  bool has_sink() const { return sink_ != nullptr; }
  void tell(LogEntry entry) const;

  const Operation* find(std::uint64_t id) const;
  // Calls visit(operation) in the order of their ids, from the first after `after`; or backwards,
  // from the last before `before`; until it returns false.
  using Visit = std::function<bool(const Operation&)>;
  void walk_up(std::uint64_t after, const Visit& visit) const;
  void walk_down(std::uint64_t before, const Visit& visit) const;

  struct Retention {
    LogShelf shelf;
    std::size_t kept = 0;
    std::size_t most = 0;  // beside those under way
    std::uint64_t dropped = 0;
    std::optional<Time> oldest{};
  };
  std::vector<Retention> retention() const;
  // Of all kinds together.
  std::uint64_t dropped() const;
  std::size_t size() const;
  // Another number whenever anything was written.
  std::uint64_t revision() const { return revision_; }

  // Begins anew; ids go on.
  void clear();
  // Takes a stored log in place of this one. What was under way then and cannot go on was cut off:
  // runs and calls of the proxy.
  void restore(LogHistory history);

  LogChanges changes() const;
  void forget_changes();

 private:
  using Shelf = std::deque<std::unique_ptr<Operation>>;  // by id

  static LogShelf shelf_of(const Operation& operation);
  Operation* open(std::uint64_t id);
  void hide(LogFields& fields) const;
  void hide(LogStep& step) const;
  void hide(LogEntry& entry) const;
  void hide(Operation& operation) const;
  Shelf& shelf(LogShelf of) { return shelves_[static_cast<std::size_t>(of)]; }
  const Shelf& shelf(LogShelf of) const { return shelves_[static_cast<std::size_t>(of)]; }
  void put_away(std::unique_ptr<Operation> operation);
  void note(std::uint64_t id) {
    ++revision_;
    changed_.push_back(id);
  }

  const Secrets& secrets_;
  std::size_t most_;
  std::map<std::uint64_t, std::unique_ptr<Operation>> under_way_;
  std::array<Shelf, kLogShelves> shelves_;
  LogCounts counts_;
  std::uint64_t revision_ = 0;
  std::vector<std::uint64_t> changed_;
  std::vector<std::uint64_t> dropped_;
  bool counted_ = false;
  Sink sink_;
};

}  // namespace terapi::simulator
