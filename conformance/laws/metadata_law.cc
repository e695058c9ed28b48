// META, as far as a record shows it by itself.
#include "conformance/contract/timestamp.h"
#include "conformance/laws/record_reader.h"

namespace terapi::conformance {
namespace {

void check_deletion_marks(const ServedRecord& record, const Walk& walk, Findings& findings) {
  if (record.last_action == "DELETED") {
    if (record.deleted_at != record.last_modified_at) {
      findings.fail("META-6", "deleted_at of a deleted record is not its last_modified_at",
                    record.last_modified_at, record.id + ": " + record.deleted_at.value_or("null"),
                    walk.events);
    }
  } else if (record.deleted_at) {
    findings.fail("META-6", "a record that is not deleted has a deleted_at", "null",
                  record.id + " (" + record.last_action + "): " + *record.deleted_at, walk.events);
  }
}

void check_times(const ServedRecord& record, const Walk& walk, Findings& findings) {
  const auto first = read_timestamp(record.first_seen_at);
  const auto last = read_timestamp(record.last_modified_at);
  if (!first || !last) return;  // a problem of its form, told already
  const std::string both =
      record.id + ": " + record.first_seen_at + " and " + record.last_modified_at;
  if (*first > *last) {
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
  for (const ServedRecord& record : walk.records) {
    for (const ShapeProblem& problem : record.problems) {
      context.findings.fail(problem.clause, "a record does not have the right form",
                            "as the clause says", record.id + ": " + problem.text, walk.events);
    }
    check_deletion_marks(record, walk, context.findings);
    check_times(record, walk, context.findings);
  }
}

}  // namespace terapi::conformance
