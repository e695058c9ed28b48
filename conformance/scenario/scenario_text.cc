#include "conformance/scenario/scenario_text.h"

#include "conformance/scenario/described_object.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// A list of objects, an item a line; anything else as it is.
std::string list_text(const json::Value& value, const std::string& indent) {
  if (!value.is_array() || value.size() == 0 || !value.items().begin().operator*().is_object()) {
    return std::string(value.text());
  }
  std::string text = "[";
  for (const json::Value item : value.items()) {
    text += (text.size() > 1 ? ",\n" : "\n") + indent + "  " + std::string(item.text());
  }
  return text + "\n" + indent + "]";
}

// A world, a member a line.
std::string world_text(const json::Value& world) {
  std::string text = "{";
  for (const json::Member member : world.members()) {
    text += (text.size() > 1 ? ",\n    " : "\n    ") + json::quoted(member.key.string()) + ": " +
            (member.key.string() == "records" ? list_text(member.value, "    ")
                                              : std::string(member.value.text()));
  }
  return text + (text.size() > 1 ? "\n  }" : "}");
}

}  // namespace

std::string scenario_text(const Scenario& scenario, const std::vector<std::string>& comment) {
  std::string text;
  for (const std::string& line : comment) text += (line.empty() ? "//" : "// " + line) + "\n";
  text += "{";
  json::Writer out;
  write_object(out, scenario, scenario.judges);
  const auto document = json::Document::parse(out.take(), {.max_depth = 100'000});
  TERAPI_CHECK(document.has_value(), "what is written is JSON");
  bool first = true;
  for (const json::Member member : document->root().members()) {
    const std::string key = member.key.string();
    text += (first ? "\n  \"" : ",\n  \"") + key + "\": ";
    text += key == "given" ? world_text(member.value) : list_text(member.value, "  ");
    first = false;
  }
  return text + "\n}\n";
}

}  // namespace terapi::conformance
