#include "project/project_schema.h"

#include <map>
#include <vector>

#include "core/json_writer.h"
#include "project/project_member.h"

namespace terapi::project {
namespace {

namespace json = core::json;

constexpr std::string_view kText = R"({"type":"string","minLength":1})";

std::string one_or_list(std::string_view item) {
  return R"("anyOf":[)" + std::string(item) + R"(,{"type":"array","items":)" + std::string(item) +
         "}]";
}

std::string rule_of(const ProjectMember& member) {
  switch (member.kind) {
    case MemberKind::kTexts:
    case MemberKind::kPaths:
    case MemberKind::kLoads:
    case MemberKind::kGlobs:
      return one_or_list(kText);
    case MemberKind::kNumber:
      return R"("type":"integer","minimum":0,"maximum":)" + std::to_string(member.most);
    case MemberKind::kBoolean:
      return R"("type":"boolean")";
    case MemberKind::kWorld:
      return R"("anyOf":[{"type":"string","minLength":1},{"type":"object"}])";
    case MemberKind::kQuirks:
      return R"("type":"object","additionalProperties":{"type":"boolean"})";
    case MemberKind::kChoice: {
      json::Writer words;
      words.begin_array();
      for (const std::string_view word : member.words) words.string(word);
      words.end_array();
      return R"("enum":)" + words.take();
    }
    default:
      return R"("type":"string","minLength":1)";
  }
}

std::string property(std::string_view name, std::string_view what, const std::string& rule) {
  return json::quoted(name) + R"(:{"description":)" + json::quoted(what) + "," + rule + "}";
}

// Indented, since people read it.
std::string pretty(std::string_view compact) {
  std::string out;
  std::size_t depth = 0;
  bool in_string = false;
  const auto line = [&] { out += '\n' + std::string(depth * 2, ' '); };
  for (std::size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    if (in_string) {
      out += c;
      if (c == '\\') out += compact[++i];
      in_string = c != '"';
      continue;
    }
    in_string = c == '"';
    if (c == '}' || c == ']') {
      --depth;
      line();
    }
    out += c;
    if (c == '{' || c == '[') ++depth;
    if (c == '{' || c == '[' || c == ',') line();
    if (c == ':') out += ' ';
  }
  return out + "\n";
}

std::string name_of_programs(ProjectMember::Of of) {
  switch (of) {
    case ProjectMember::Of::kSimulator:
      return "simulator";
    case ProjectMember::Of::kJudge:
      return "judge";
    default:
      return "both";
  }
}

std::string table() {
  std::string text = "| member | of | flag | |\n| --- | --- | --- | --- |\n";
  for (const ProjectMember& member : project_members()) {
    text += "| `" + std::string(member.name) + "` | " + name_of_programs(member.of) + " | `--" +
            std::string(member.flag) + "` | " + std::string(member.what) + "; `" +
            std::string(member.example) + "` |\n";
  }
  return text;
}

}  // namespace

std::string project_schema() {
  std::vector<std::string> properties = {
      property("$schema", "where terapi.schema.json is, for editors", R"("type":"string")")};
  std::map<std::string, std::string, std::less<>> groups;
  std::vector<std::string> order;
  for (const ProjectMember& member : project_members()) {
    const std::size_t dot = member.name.find('.');
    if (dot == std::string_view::npos) {
      properties.push_back(property(member.name, member.what, rule_of(member)));
      continue;
    }
    const std::string group(member.name.substr(0, dot));
    std::string& inner = groups[group];
    if (inner.empty()) order.push_back(group);
    inner += (inner.empty() ? "" : ",") +
             property(member.name.substr(dot + 1), member.what, rule_of(member));
  }
  for (const std::string& group : order) {
    properties.push_back(property(
        group, what_of_group(group),
        R"("type":"object","additionalProperties":false,"properties":{)" + groups[group] + "}"));
  }
  std::string all;
  for (const std::string& each : properties) all.append(all.empty() ? "" : ",").append(each);
  return pretty(R"({"$schema":"http://json-schema.org/draft-07/schema#",)"
                R"("title":"A project file of Terapi's simulator and judge: terapi.json",)"
                R"("type":"object","additionalProperties":false,"properties":{)" +
                all + "}}");
}

std::string with_member_table(std::string_view page) {
  constexpr std::string_view kBegin = "<!-- table: members -->\n";
  constexpr std::string_view kEnd = "<!-- end of table -->";
  const std::size_t begin = page.find(kBegin);
  const std::size_t end = page.find(kEnd, begin == std::string_view::npos ? 0 : begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return std::string(page);
  return std::string(page.substr(0, begin + kBegin.size())) + table() +
         std::string(page.substr(end));
}

}  // namespace terapi::project
