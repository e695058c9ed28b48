#include "conformance/harness/served_page.h"

namespace terapi::conformance {

namespace json = core::json;

json::Member metadata_member(const json::Value& record) {
  for (const json::Member member : record.members()) {
    const std::string key = member.key.string();
    if (key == "_terapi_metadata" || key == "_nango_metadata") return member;
  }
  return {};
}

std::string ServedRecord::id() const {
  const auto document = json::Document::parse(text_);
  return document ? document->root()["id"].string() : "";
}

std::string ServedRecord::metadata(std::string_view name) const {
  const auto document = json::Document::parse(text_);
  return document ? metadata_member(document->root()).value[name].string() : "";
}

void ServedRecord::set_metadata(std::string_view name, std::string_view json) {
  const auto document = json::Document::parse(text_);
  if (!document) return;
  const json::Value value = metadata_member(document->root()).value[name];
  if (!value.present()) return;
  text_.replace(value.offset(), value.text().size(), json);
}

std::optional<ServedPage> ServedPage::parse(const std::string& body) {
  const auto document = json::Document::parse(body);
  if (!document || !document->root()["records"].is_array()) return std::nullopt;
  ServedPage page;
  for (const json::Value record : document->root()["records"].items()) {
    page.records.emplace_back(std::string(record.text()));
  }
  const json::Value next = document->root()["next_cursor"];
  if (next.is_string()) page.next_cursor = next.string();
  return page;
}

std::string ServedPage::text() const {
  std::string text = "{\"records\":[";
  for (const ServedRecord& record : records) {
    if (&record != &records.front()) text += ',';
    text += record.text();
  }
  return text + "],\"next_cursor\":" + (next_cursor ? json::quoted(*next_cursor) : "null") + "}";
}

}  // namespace terapi::conformance
