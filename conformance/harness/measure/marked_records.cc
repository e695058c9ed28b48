#include "conformance/harness/measure/marked_records.h"

#include "conformance/harness/measure/measuring_stage.h"
#include "core/json.h"
#include "core/json_writer.h"
#include "core/parse_number.h"

namespace terapi::conformance {

namespace json = core::json;

std::string world_of(std::uint64_t records, std::uint64_t bytes) {
  return R"({"integrations":[{"id":"github","syncs":[)"
         R"({"name":"measured","models":["Issue"],"enabled":false}]}],)"
         R"("connections":[{"id":"demo","integration":"github"}],)"
         R"("records":[{"connection":"demo","integration":"github","model":"Issue",)"
         R"("generate":{"count":)" +
         std::to_string(records) + R"(,"bytes":)" + std::to_string(bytes) + "}}]}";
}

std::string run_of_marked(const MarkedRecords& records) {
  json::Writer out;
  out.begin_object()
      .field("integration", "github")
      .field("connection", "demo")
      .field("model", "Issue")
      .field("webhook", records.announced)
      .key("save")
      .begin_array();
  constexpr std::uint64_t kBeside = 60;  // the bytes of everything but the text
  const std::string text(records.bytes > kBeside ? records.bytes - kBeside : 1, 'm');
  for (std::uint64_t i = 0; i < records.count; ++i) {
    out.begin_object()
        .field("id", std::to_string(records.first + i))
        .field(MeasuringStage::kMark, records.mark + i)
        .field("text", text)
        .end_object();
  }
  out.end_array().key("delete").begin_array();
  for (std::uint64_t i = 0; i < records.delete_count; ++i) {
    out.string(std::to_string(records.delete_from + i));
  }
  out.end_array().end_object();
  return out.take();
}

std::size_t count_marked(const std::vector<DumpRecord>& records, std::uint64_t first,
                         std::uint64_t count) {
  std::size_t found = 0;
  for (const DumpRecord& record : records) {
    if (record.deleted || record.payload.find(MeasuringStage::kMark) == std::string::npos) continue;
    const auto payload = json::Document::parse(record.payload);
    if (!payload) continue;
    const auto mark =
        core::parse_number<std::uint64_t>(payload->root()[MeasuringStage::kMark].text());
    if (mark && *mark - first < count) ++found;
  }
  return found;
}

std::size_t count_living(const std::vector<DumpRecord>& records) {
  std::size_t living = 0;
  for (const DumpRecord& record : records) living += record.deleted ? 0 : 1;
  return living;
}

}  // namespace terapi::conformance
