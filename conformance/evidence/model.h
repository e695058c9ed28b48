// Model: what a server must hold after what was done to it, worked out by the judge from the
// contract alone (META-4 to META-8, SYNC-4, PRUNE). It knows no times and no cursors: of the order
// it knows that later runs come after earlier ones.
//
//   Model model;
//   model.apply_world(world);                    // the `records` of a world file
//   RunCounts counts = model.apply_run(run);     // the body of POST /_simulator/runs
//   const ModelStream* stream = model.stream("github/demo/Issue");
//
// What it is given was checked before: malformed input is ignored, not reported.
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "conformance/contract/dialect.h"
#include "conformance/contract/stream_asked.h"
#include "core/json.h"

namespace terapi::conformance {

// One state of a record.
struct RecordVersion {
  std::string payload;  // JSON text, `id` included; the last one, where it was deleted
  bool deleted = false;
  std::string action;         // META-3
  std::size_t run = 0;        // that made it; the world's own entries are runs, too
  std::size_t first_run = 0;  // that it was first seen in, in this life (META-7)
};

struct ModelRecord {
  std::string id;
  std::vector<RecordVersion> versions;  // the last one is the present
  bool pruned = false;                  // its payload is no longer served (PRUNE-1)
  // Gone without a deletion: its sync was emptied (CUR-10). Nobody is told, so a client may hold
  // any version of it, or none; a server has it no more.
  bool erased = false;
  // What was sent of it last, as JavaScript has it: where inputs are compared (Habits).
  std::string input{};

  const RecordVersion& now() const { return versions.back(); }
};

struct ModelStream {
  std::string name;  // "github/demo/Issue", with "/variant" where that is not "base"
  std::vector<ModelRecord> records;  // in the order in which their ids came first
  std::unordered_map<std::string, std::size_t> by_id;

  const ModelRecord* find(const std::string& id) const;
};

struct RunCounts {
  std::uint64_t added = 0;
  std::uint64_t updated = 0;
  std::uint64_t deleted = 0;
  std::uint64_t unchanged = 0;
  friend bool operator==(const RunCounts&, const RunCounts&) = default;
  RunCounts& operator+=(const RunCounts& more) {
    added += more.added;
    updated += more.updated;
    deleted += more.deleted;
    unchanged += more.unchanged;
    return *this;
  }
};

class Model {
 public:
  // By what the dialect is known to do (META-5, META-6).
  explicit Model(const Habits& habits = {}) : habits_(habits) {}
  const Habits& habits() const { return habits_; }

  // Forgets everything and takes the world's records.
  void apply_world(const core::json::Value& world);
  RunCounts apply_run(const core::json::Value& run);
  // What one page of a run in the background saves, and deletes. `run` is the run's number, 0 at
  // its first page; it gets another one where other runs came in between.
  struct Part {
    std::vector<std::string> saves;  // objects, as JSON
    std::vector<std::string> deletes;
    bool by_absence = false;  // those are what a full reading has not found
  };
  RunCounts apply_part(const StreamAsked& asked, const Part& part, std::size_t& run);
  // The stream's records are gone, without a deletion.
  void erase(const StreamAsked& asked);
  // PATCH /records/prune took these records' payloads.
  void prune(const std::string& stream, const std::string& id);

  const ModelStream* stream(const std::string& name) const;
  const std::map<std::string, ModelStream>& streams() const { return streams_; }
  std::size_t runs() const { return runs_; }

  // Which version of the record is served so: its index; the newest one that fits, or
  // static_cast<std::size_t>(-1).
  std::size_t version_of(const std::string& stream, const std::string& id, std::string_view payload,
                         bool deleted) const;

 private:
  ModelStream& stream_of(const core::json::Value& entry);
  ModelStream& stream_named(const std::string& name);
  // The ids that one save has had so far: of those that it has twice, the dialect takes the first.
  using Seen = std::unordered_set<std::string>;
  void save(ModelStream& stream, const core::json::Value& record, RunCounts& counts, Seen& seen);
  void save_payload(ModelStream& stream, const std::string& id, std::string payload,
                    const std::string& input, RunCounts& counts);
  void update(ModelStream& stream, const core::json::Value& record, RunCounts& counts, Seen& seen);
  void remove(ModelStream& stream, const std::string& id, RunCounts& counts);
  // What is not in a full data set any more.
  static void miss(ModelRecord& record, std::size_t run, RunCounts& counts);

  bool is_unchanged(const ModelRecord& record, const std::string& payload,
                    const std::string& input) const;
  std::string input_of(const std::string& payload) const;

  Habits habits_;
  std::map<std::string, ModelStream> streams_;
  std::map<std::string, std::string> integration_of_;  // connection → integration
  std::size_t runs_ = 0;
};

// True when both texts are the same JSON value, as far as such a server keeps it.
bool same_payload(std::string_view a, std::string_view b, const Habits& habits = {});

// True when such a server may serve that version so: of what was deleted it may have only the id.
bool serves(const RecordVersion& version, std::string_view payload, const Habits& habits);

// RFC 7396 without its deletion: objects are merged member by member, anything else replaces.
std::string merged(const core::json::Value& base, const core::json::Value& change);

}  // namespace terapi::conformance
