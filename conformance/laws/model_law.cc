// matches-model: what is served is what the judge's own model says, and the times of records tell
// the same story as the runs that made them.
#include <algorithm>
#include <map>
#include <optional>

#include "conformance/contract/timestamp.h"
#include "conformance/laws/record_reader.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

// From when to when what one run wrote was stamped.
struct RunTimes {
  core::Time first;
  core::Time last;
  std::string by;  // a record that says so
};

class ModelLaw {
 public:
  ModelLaw(LawContext& context, const Walk& walk)
      : context_(context), walk_(walk), habits_(context.server.dialect().habits) {}

  void check() {
    check_ids();
    for (const ServedRecord& served : walk_.records) {
      const ModelRecord* record = context_.model->find(served.id);
      if (record == nullptr || record->erased) continue;
      check_payload(served, *record);
      check_marks(served, *record);
      check_times(served, *record);
    }
    check_order();
    check_runs_apart();
  }

 private:
  void fail(std::string clause, std::string what, std::string expected, std::string actual) {
    context_.findings.fail(std::move(clause), std::move(what), std::move(expected),
                           std::move(actual), walk_.events);
  }

  void check_ids() {
    std::map<std::string, std::size_t> served;
    for (const ServedRecord& record : walk_.records) {
      ++served[record.id];
      const ModelRecord* known = context_.model->find(record.id);
      if (known == nullptr) {
        fail("REC-1", "a record is served that was never saved", "no such record", record.id);
      } else if (known->erased) {
        fail("SYNC-5", "a record is served that went when its sync was emptied", "no such record",
             record.id);
      }
    }
    for (const ModelRecord& record : context_.model->records) {
      if (record.erased || served.contains(record.id)) continue;
      const bool deleted = record.now().deleted;
      fail(deleted ? "META-6" : "REC-1",
           deleted ? "a deleted record is gone from the list instead of marked"
                   : "a record that was saved is not served",
           "it is in the list", record.id);
    }
  }

  void check_payload(const ServedRecord& served, const ModelRecord& record) {
    if (record.pruned) {
      const auto document = json::Document::parse(served.payload);
      if (!document || document->root().size() != 1 || !document->root()["id"].is_string()) {
        fail("PRUNE-1", "a pruned record still has a payload", "its id alone",
             shortened(served.payload));
      }
      return;
    }
    const std::string& expected = record.now().payload;
    if (!serves(record.now(), served.payload, habits_)) {
      fail("REC-10", "a payload is not the one that was saved", shortened(expected),
           shortened(served.payload));
      return;
    }
    if (habits_.speaks_javascript) return;
    const auto was = json::Document::parse(expected);
    const auto is = json::Document::parse(served.payload);
    if (was && is && json::compact(was->root()) != json::compact(is->root())) {
      fail("REC-10",
           "a payload has the same value, but spelled differently or with its keys in a different "
           "order",
           shortened(expected), shortened(served.payload));
    }
  }

  void check_marks(const ServedRecord& served, const ModelRecord& record) {
    const RecordVersion& now = record.now();
    if (served.last_action != now.action) {
      fail(now.action == "DELETED" ? "META-6" : "META-3",
           "last_action is not what was last done to the record", record.id + ": " + now.action,
           served.last_action);
    }
    if (served.pruned_at.has_value() != record.pruned) {
      fail("PRUNE-1",
           record.pruned ? "a pruned record has no pruned_at"
                         : "a record has a pruned_at, though it was not pruned, or was saved since",
           record.pruned ? "a time" : "null", record.id + ": " + served.pruned_at.value_or("null"));
    }
  }

  void note_time(std::size_t run, core::Time time, const std::string& id) {
    const auto [at, is_new] = runs_.try_emplace(run, RunTimes{time, time, id});
    if (is_new) return;
    at->second.first = std::min(at->second.first, time);
    at->second.last = std::max(at->second.last, time);
  }

  // The times of a deletion may be another clock's, which tells nothing of the order of runs.
  bool by_two_clocks(const RecordVersion& version) const {
    return version.deleted && habits_.tells_deletions_by_another_clock;
  }

  void check_times(const ServedRecord& served, const ModelRecord& record) {
    const RecordVersion& now = record.now();
    if (by_two_clocks(now)) return;
    const auto first = read_timestamp(served.first_seen_at);
    const auto last = read_timestamp(served.last_modified_at);
    if (!first || !last) return;
    const std::string both = served.id + ": first seen " + served.first_seen_at +
                             ", last modified " + served.last_modified_at;
    if (now.first_run < now.run && *first >= *last) {
      fail("META-4", "a change has reset first_seen_at", "earlier than last_modified_at", both);
    } else {
      note_time(now.first_run, *first, served.id);
    }
    note_time(now.run, *last, served.id);
  }

  // Later runs come later in the list. Within a run the order is the server's (CUR-5).
  void check_order() {
    std::optional<std::pair<std::size_t, std::string>> before;
    for (const ServedRecord& served : walk_.records) {
      const ModelRecord* record = context_.model->find(served.id);
      if (record == nullptr || record->erased || by_two_clocks(record->now())) continue;
      const std::size_t run = record->now().run;
      if (before && run < before->first) {
        fail("CUR-2", "a record comes after one that was modified later",
             before->second + " after " + served.id, served.id + " after " + before->second);
      }
      before = {run, served.id};
    }
  }

  // META-4 and META-7 in one: each time that is told of a run lies before all those of later runs.
  // CUR-9: and never on them.
  void check_runs_apart() {
    const RunTimes* before = nullptr;
    for (const auto& [run, times] : runs_) {
      if (before != nullptr && times.first < before->last) {
        fail("META-7", "the times do not follow the order in which records were seen and changed",
             "a run's timestamps are later than those of earlier runs",
             times.by + " at " + write_timestamp(times.first) + ", " + before->by + " at " +
                 write_timestamp(before->last));
      } else if (before != nullptr && times.first == before->last) {
        fail("CUR-9", "two commits share a timestamp", "at least a microsecond between them",
             times.by + " and " + before->by + " at " + write_timestamp(times.first));
      }
      before = &times;
    }
  }

  LawContext& context_;
  const Walk& walk_;
  const Habits& habits_;
  std::map<std::size_t, RunTimes> runs_;
};

}  // namespace

void check_matches_model(LawContext& context) {
  RecordReader reader(context);
  const Walk walk = reader.walk(1000);
  if (!walk.whole) return;
  static const ModelStream kNothing;
  LawContext with_model = context;
  if (with_model.model == nullptr) with_model.model = &kNothing;
  ModelLaw(with_model, walk).check();
  if (walk.records.empty() && with_model.model->records.empty()) {
    context.unproven = "nothing was saved and nothing is served";
  }
}

}  // namespace terapi::conformance
