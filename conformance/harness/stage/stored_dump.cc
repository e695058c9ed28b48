#include "conformance/harness/stage/stored_dump.h"

#include "core/json_writer.h"

namespace terapi::conformance {

core::Result<std::string> dump_of(client::ReadableStore& store,
                                  const std::vector<client::Stream>& streams) {
  std::string text;
  for (const client::Stream& stream : streams) {
    const auto read = store.read(stream, [&](const client::StoredRecord& record) {
      core::json::Writer line;
      line.begin_object()
          .field("integration", stream.integration)
          .field("connection", stream.connection)
          .field("model", stream.model)
          .field("variant", stream.variant)
          .field("id", record.id)
          .field("deleted", record.deleted)
          .raw_field("payload", record.payload)
          .field("last_modified_at", record.last_modified_at)
          .field("cursor", record.cursor)
          .end_object();
      text += line.take() + "\n";
      return true;
    });
    if (!read) return read.error();
  }
  return text;
}

}  // namespace terapi::conformance
