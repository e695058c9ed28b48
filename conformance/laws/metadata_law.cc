// META, as far as a record shows it by itself.
#include "conformance/contract/timestamp.h"
#include "conformance/laws/record_reader.h"

namespace terapi::conformance {
namespace {

void check_deletion_marks(const ServedRecord& record, const Walk& walk, const Habits& habits,
                          Findings& findings) {
  if (record.last_action == "DELETED") {
    const bool right = habits.tells_deletions_by_another_clock
                           ? record.deleted_at.has_value()
                           : record.deleted_at == record.last_modified_at;
    if (!right) {
      findings.fail("META-6",
                    habits.tells_deletions_by_another_clock
                        ? "a deleted record has no deleted_at"
                        : "deleted_at of a deleted record is not its last_modified_at",
                    record.last_modified_at, record.id + ": " + record.deleted_at.value_or("null"),
                    walk.events);
    }
  } else if (record.deleted_at) {
    findings.fail("META-6", "a record that is not deleted has a deleted_at", "null",
                  record.id + " (" + record.last_action + "): " + *record.deleted_at, walk.events);
  }
}

void check_times(const ServedRecord& record, const Walk& walk, const Habits& habits,
                 Findings& findings) {
  const auto first = read_timestamp(record.first_seen_at);
  const auto last = read_timestamp(record.last_modified_at);
  if (!first || !last) return;  // a problem of its form, told already
  const std::string both =
      record.id + ": " + record.first_seen_at + " and " + record.last_modified_at;
  const bool by_two_clocks =
      habits.tells_deletions_by_another_clock && record.last_action == "DELETED";
  if (*first > *last && !by_two_clocks) {
    findings.fail("META-4", "first_seen_at is later than last_modified_at", "not later", both,
                  walk.events);
  }
  if (record.last_action == "ADDED" && *first != *last) {
    findings.fail("META-4", "first_seen_at of an added record is not its last_modified_at",
                  "the same time", both, walk.events);
  }
}

}  // namespace

void check_metadata(LawContext& context) {
  RecordReader reader(context);
  const Walk walk = reader.walk(1000);
  if (walk.records.empty()) context.unproven = "an empty stream has no metadata";
  const Habits& habits = context.server.dialect().habits;
  for (const ServedRecord& record : walk.records) {
    for (const ShapeProblem& problem : record.problems) {
      context.findings.fail(problem.clause, "a record does not have the right form",
                            "as the clause says", record.id + ": " + problem.text, walk.events);
    }
    check_deletion_marks(record, walk, habits, context.findings);
    check_times(record, walk, habits, context.findings);
  }
}

}  // namespace terapi::conformance
