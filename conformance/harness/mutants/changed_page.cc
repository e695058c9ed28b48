#include "conformance/harness/mutants/changed_page.h"

namespace terapi::conformance {

namespace json = core::json;

json::Member metadata_member(const json::Value& record) {
  for (const json::Member member : record.members()) {
    const std::string key = member.key.string();
    if (key == "_terapi_metadata" || key == "_nango_metadata") return member;
  }
  return {};
}

std::string ChangedRecord::id() const {
  const auto document = json::Document::parse(text_);
  return document ? document->root()["id"].string() : "";
}

std::string ChangedRecord::metadata(std::string_view name) const {
  const auto document = json::Document::parse(text_);
  return document ? metadata_member(document->root()).value[name].string() : "";
}

void ChangedRecord::set_metadata(std::string_view name, std::string_view json) {
  const auto document = json::Document::parse(text_);
  if (!document) return;
  const json::Value value = metadata_member(document->root()).value[name];
  if (!value.present()) return;
  text_.replace(value.offset(), value.text().size(), json);
}

std::optional<ChangedPage> ChangedPage::parse(const std::string& body) {
  const auto document = json::Document::parse(body);
  if (!document || !document->root()["records"].is_array()) return std::nullopt;
  ChangedPage page;
  for (const json::Value record : document->root()["records"].items()) {
    page.records.emplace_back(std::string(record.text()));
  }
  const json::Value next = document->root()["next_cursor"];
  if (next.is_string()) page.next_cursor = next.string();
  return page;
}

std::string ChangedPage::text() const {
  std::string text = "{\"records\":[";
  for (const ChangedRecord& record : records) {
    if (&record != &records.front()) text += ',';
    text += record.text();
  }
  return text + "],\"next_cursor\":" + (next_cursor ? json::quoted(*next_cursor) : "null") + "}";
}

}  // namespace terapi::conformance
