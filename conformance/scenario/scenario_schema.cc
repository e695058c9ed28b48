#include "conformance/scenario/scenario_schema.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "conformance/scenario/described_object.h"
#include "conformance/scenario/embedded_definitions.h"
#include "conformance/scenario/scenario.h"
#include "conformance/scenario/written_out.h"
#include "core/check.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// --- the schema ---------------------------------------------------------------------------------

std::string whole(const ObjectSchema& schema) {
  const std::string says =
      schema.says.empty() ? "" : "\"description\":" + json::quoted(schema.says) + ",";
  return "{" + says + schema.text() + "}";
}

template <typename T>
std::string definition(Subject judges) {
  ObjectSchema schema;
  add_schema<T>(schema, judges);
  return whole(schema);
}

void add_definitions(json::Writer& out) {
  out.raw_field("client_scenario", definition<Scenario>(Subject::kClient))
      .raw_field("server_scenario", definition<Scenario>(Subject::kServer))
      .raw_field("client_settings", definition<ClientSettings>(Subject::kClient))
      .raw_field("client_step", step_schema(Subject::kClient))
      .raw_field("client_check", definition<ClientCheck>(Subject::kClient))
      .raw_field("wire_rule", definition<WireRule>(Subject::kClient))
      .raw_field("judge_webhook", definition<JudgeWebhook>(Subject::kClient))
      .raw_field("server_step", step_schema(Subject::kServer))
      .raw_field("answer_expected", definition<AnswerExpected>(Subject::kServer))
      .raw_field("run", definition<Run>(Subject::kClient))
      .raw_field("external_change", definition<ExternalChange>(Subject::kClient))
      .raw_field("writing", definition<Writing>(Subject::kClient))
      .raw_field("generate", definition<Generated>(Subject::kClient));
  // What the server reads is described by hand.
  const auto world = json::Document::parse(std::string(kWorldDefinitions));
  TERAPI_CHECK(world.has_value(), "world_definitions.json is JSON");
  for (const json::Member member : world->root().members()) {
    out.raw_field(member.key.string(), json::compact(member.value));
  }
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

void append_in_a_line(std::string& line, const json::Value& value) {
  const char* between = "";
  if (value.is_object()) {
    line += '{';
    for (const json::Member member : value.members()) {
      line.append(between).append(json::quoted(member.key.string())).append(": ");
      append_in_a_line(line, member.value);
      between = ", ";
    }
    line += '}';
  } else if (value.is_array()) {
    line += '[';
    for (const json::Value item : value.items()) {
      line += between;
      append_in_a_line(line, item);
      between = ", ";
    }
    line += ']';
  } else {
    line += value.text();
  }
}

// On one line what fits there, else a member or item a line.
std::string laid_out(const json::Value& value, std::size_t indent, std::size_t taken) {
  constexpr std::size_t kWidth = 160;
  std::string line;
  append_in_a_line(line, value);
  const bool scalar = !value.is_object() && !value.is_array();
  if (scalar || indent + taken + width_of(line) <= kWidth) return line;
  const std::string begin = "\n" + std::string(indent + 2, ' ');
  std::string text;
  const auto add = [&](const std::string& key, const json::Value& part) {
    text.append(text.empty() ? "" : ",").append(begin).append(key);
    text += laid_out(part, indent + 2, key.size());
  };
  for (const json::Member member : value.members()) {
    add(json::quoted(member.key.string()) + ": ", member.value);
  }
  for (const json::Value item : value.items()) add("", item);
  text += "\n" + std::string(indent, ' ');
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

// --- tables -------------------------------------------------------------------------------------

// As in a cell of a table.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string row(const std::string& left, const std::string& right) {
  return "| " + left + " |" + (right.empty() ? "" : " ") + right + " |\n";
}

std::string code(std::string_view text) { return "`" + cell(text) + "`"; }

// The values of a oneOf or enum that have words: the words alone, or a row for each.
std::vector<std::pair<std::string, std::string>> words_of(const json::Value& schema) {
  std::vector<std::pair<std::string, std::string>> words;
  for (const json::Value choice : schema["oneOf"].items()) {
    std::string names;
    if (choice["const"].present()) names = code(choice["const"].string());
    for (const json::Value word : choice["enum"].items()) {
      names += (names.empty() ? "" : ", ") + code(word.string());
    }
    words.emplace_back(names, cell(choice["description"].string()));
  }
  return words;
}

// "of each page; default `100`", and the words that it may be.
std::string member_text(const json::Value& schema) {
  std::string text = cell(schema["description"].string());
  std::string words;
  for (const json::Value& from : {schema, schema["items"]}) {
    for (const json::Value word : from["enum"].items()) {
      words += (words.empty() ? ": " : ", ") + code(word.is_null() ? "null" : word.string());
    }
  }
  text += words;
  if (const json::Value usual = schema["default"]; usual.present()) {
    text += "; default " + code(usual.is_string() ? usual.string() : json::compact(usual));
  }
  for (const auto& [word, says] : words_of(schema)) {
    text.append("<br>").append(word).append(": ").append(says);
  }
  return text;
}

bool is_among(const json::Value& list, std::string_view text) {
  for (const json::Value item : list.items()) {
    if (item.string() == text) return true;
  }
  return false;
}

// A step: its example, what it does, and its members. What every step may have is not repeated.
std::string step_rows(const json::Value& steps) {
  std::string text = row("step", "") + "| --- | --- |\n";
  for (const json::Value step : steps["oneOf"].items()) {
    std::string members;
    for (const json::Member member : step["properties"].members()) {
      const std::string name = member.key.string();
      if (name == "clause" || name == "because") continue;
      const bool verb = is_among(step["required"], name);
      const bool says_more = !words_of(member.value).empty() || member.value["enum"].size() > 1;
      if (verb && !says_more) continue;
      members += (members.empty() ? "" : "<br>") + code(name) + ": " + member_text(member.value);
    }
    text += row(code(json::compact(*step["examples"].items().begin())),
                cell(step["description"].string()) + (members.empty() ? "" : "<br>" + members));
  }
  return text;
}

std::string member_rows(const json::Value& schema) {
  std::string text = row("member", "") + "| --- | --- |\n";
  for (const json::Member member : schema["properties"].members()) {
    const std::string name = member.key.string();
    const bool required = is_among(schema["required"], name);
    text += row(code(name), (required ? "*required*: " : "") + member_text(member.value));
  }
  return text;
}

}  // namespace

std::string scenario_schema() {
  json::Writer out;
  out.begin_object()
      .field("$schema", "https://json-schema.org/draft/2020-12/schema")
      .field("title", "A scenario of terapi-conformance")
      .field("description", "docs/write-a-scenario.md explains it")
      .field("type", "object")
      .raw_field("oneOf", R"([{"required":["kills"]},{"required":["kills_none"]}])")
      .raw_field("if", R"({"properties":{"judges":{"const":"server"}},"required":["judges"]})")
      .raw_field("then", R"({"$ref":"#/$defs/server_scenario"})")
      .raw_field("else", R"({"$ref":"#/$defs/client_scenario"})");
  out.key("$defs").begin_object();
  add_definitions(out);
  out.end_object().end_object();
  const auto document = json::Document::parse(out.take());
  TERAPI_CHECK(document.has_value(), "the schema is JSON");
  return laid_out(document->root(), 0, 0) + "\n";
}

std::string table_of(std::string_view definition) {
  const auto document = json::Document::parse(scenario_schema());
  const json::Value schema = document->root()["$defs"][definition];
  TERAPI_CHECK(schema.present(), "no definition is called " + std::string(definition));
  return schema["oneOf"].present() ? step_rows(schema) : member_rows(schema);
}

std::string with_tables(std::string_view page) {
  constexpr std::string_view kBegin = "<!-- table: ";
  constexpr std::string_view kName = " -->\n";
  constexpr std::string_view kEnd = "<!-- end of table -->";
  std::string text;
  std::size_t done = 0;
  for (std::size_t at = page.find(kBegin); at != std::string_view::npos;
       at = page.find(kBegin, done)) {
    const std::size_t name = at + kBegin.size();
    const std::size_t name_end = page.find(kName, name);
    const std::size_t end = page.find(kEnd, name);
    TERAPI_CHECK(name_end < end && end != std::string_view::npos, "a table that does not end");
    text += page.substr(done, name_end + kName.size() - done);
    text += "\n" + table_of(page.substr(name, name_end - name)) + "\n";
    done = end;
  }
  return text + std::string(page.substr(done));
}

}  // namespace terapi::conformance
