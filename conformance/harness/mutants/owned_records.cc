#include "conformance/harness/mutants/owned_records.h"

#include "core/rfc3339.h"

namespace terapi::conformance {

client::Record& OwnedRecords::add(const client::Record& record) {
  client::Record& copy = records_.emplace_back(record);
  for (std::string_view* text : {&copy.id, &copy.payload, &copy.cursor, &copy.first_seen_at,
                                 &copy.last_modified_at, &copy.deleted_at, &copy.pruned_at}) {
    if (!text->empty()) *text = keep(std::string(*text));
  }
  return copy;
}

client::Record& OwnedRecords::add(const client::StoredRecord& record) {
  client::Record view;
  view.id = record.id;
  view.payload = record.payload;
  view.cursor = record.cursor;
  view.deleted = record.deleted;
  for (const client::Action action :
       {client::Action::kAdded, client::Action::kUpdated, client::Action::kDeleted}) {
    if (client::to_string(action) == record.last_action) view.action = action;
  }
  view.first_seen_at = record.first_seen_at;
  view.last_modified_at = record.last_modified_at;
  view.deleted_at = record.deleted_at;
  view.pruned_at = record.pruned_at;
  view.modified = core::parse_rfc3339(record.last_modified_at).value_or(core::Time{});
  return add(view);
}

}  // namespace terapi::conformance
