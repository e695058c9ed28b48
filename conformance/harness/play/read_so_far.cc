#include "conformance/harness/play/read_so_far.h"

namespace terapi::conformance {

void ReadSoFar::remember(const std::vector<ServedRecord>& records,
                         const std::optional<std::string>& next) {
  for (const ServedRecord& record : records) records_[record.id] = record;
  next_cursor_ = next.value_or("");
}

core::Result<std::string> ReadSoFar::resolved(const std::string& text) const {
  if (!text.starts_with('@')) return text;
  if (text == "@next") return next_cursor_;
  const std::size_t dot = text.rfind('.');
  std::string id = text.substr(1);
  std::string member = "cursor";
  if (dot != std::string::npos && !records_.contains(id)) {
    member = text.substr(dot + 1);
    id = text.substr(1, dot - 1);
  }
  const auto found = records_.find(id);
  if (found == records_.end()) return core::Error{"never_read", id};
  const ServedRecord& record = found->second;
  if (member == "last_modified_at") return record.last_modified_at;
  if (member == "first_seen_at") return record.first_seen_at;
  if (member == "deleted_at") return record.deleted_at.value_or("");
  return record.cursor;
}

core::Result<std::string> ReadSoFar::resolved_in(std::string text) const {
  for (std::size_t at = text.find("\"@"); at != std::string::npos; at = text.find("\"@", at + 1)) {
    const std::size_t end = text.find('"', at + 1);
    if (end == std::string::npos) break;
    const auto value = resolved(text.substr(at + 1, end - at - 1));
    if (!value) return value.error();
    text.replace(at + 1, end - at - 1, *value);
  }
  return text;
}

}  // namespace terapi::conformance
