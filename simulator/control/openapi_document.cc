#include "simulator/control/openapi_document.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/json.h"
#include "core/json_writer.h"
#include "simulator/control/openapi_parts.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::array<std::string_view, 3> kJoined = {"paths", "webhooks", "components"};

std::vector<json::Document> read_parts() {
  std::vector<json::Document> documents;
  for (const std::string_view part : openapi_parts()) {
    auto document = json::Document::parse(std::string(part));
    TERAPI_CHECK(document.has_value(), document ? "" : document.error().message);
    documents.push_back(*std::move(document));
  }
  return documents;
}

// The members of these objects, as members of one.
void write_joined(json::Writer& out, const std::vector<json::Value>& objects) {
  out.begin_object();
  for (const json::Value& object : objects) {
    for (const json::Member member : object.members()) {
      out.key(member.key.string()).raw(member.value.text());
    }
  }
  out.end_object();
}

std::vector<json::Value> members_named(const std::vector<json::Value>& objects,
                                       std::string_view name) {
  std::vector<json::Value> values;
  values.reserve(objects.size());
  for (const json::Value& object : objects) values.push_back(object[name]);
  return values;
}

void write_components(json::Writer& out, const std::vector<json::Value>& parts) {
  std::vector<std::string> sections;
  for (const json::Value& part : parts) {
    for (const json::Member section : part.members()) {
      const std::string name = section.key.string();
      if (std::find(sections.begin(), sections.end(), name) == sections.end()) {
        sections.push_back(name);
      }
    }
  }
  out.begin_object();
  for (const std::string& section : sections) {
    write_joined(out.key(section), members_named(parts, section));
  }
  out.end_object();
}

std::string join_parts() {
  const std::vector<json::Document> documents = read_parts();
  std::vector<json::Value> parts;
  parts.reserve(documents.size());
  for (const json::Document& document : documents) parts.push_back(document.root());
  json::Writer out;
  out.begin_object();
  for (const json::Value& part : parts) {
    for (const json::Member member : part.members()) {
      const std::string name = member.key.string();
      if (std::find(kJoined.begin(), kJoined.end(), name) != kJoined.end()) continue;
      out.key(name).raw(member.value.text());
    }
  }
  write_joined(out.key("paths"), members_named(parts, "paths"));
  write_joined(out.key("webhooks"), members_named(parts, "webhooks"));
  write_components(out.key("components"), members_named(parts, "components"));
  return out.end_object().take();
}

}  // namespace

const std::string& openapi_document() {
  static const std::string kDocument = join_parts();
  return kDocument;
}

}  // namespace terapi::simulator
