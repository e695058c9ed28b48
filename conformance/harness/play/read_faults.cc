#include "conformance/harness/play/read_faults.h"

#include "core/json.h"
#include "core/json_writer.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

void write_for_get(json::Writer& out, const json::Value& rule) {
  out.begin_object().key("match").begin_object().field("method", "GET");
  for (const json::Member part : rule["match"].members()) {
    out.raw_field(part.key.string(), json::compact(part.value));
  }
  out.end_object();
  for (const json::Member part : rule.members()) {
    if (part.key.string() != "match") {
      out.raw_field(part.key.string(), json::compact(part.value));
    }
  }
  out.end_object();
}

}  // namespace

std::string faults_of_reads(const std::string& rules) {
  const auto read = json::Document::parse(rules, {.comments = true});
  if (!read || !read->root().is_array()) return rules;
  json::Writer out;
  out.begin_array();
  for (const json::Value rule : read->root().items()) {
    const bool open = rule["on"].string() == "api" && !rule["match"]["method"].present() &&
                      (rule["match"].is_object() || !rule["match"].present());
    if (open) {
      write_for_get(out, rule);
    } else {
      out.raw(json::compact(rule));
    }
  }
  return out.end_array().take();
}

}  // namespace terapi::conformance
