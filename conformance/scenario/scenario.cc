#include "conformance/scenario/scenario.h"

#include <algorithm>
#include <set>
#include <utility>

#include "conformance/evidence/sometimes.h"
#include "core/json_writer.h"
#include "core/nearest.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

constexpr std::int64_t kMostRecords = 2'000'000;
constexpr std::int64_t kMostBytes = 64 << 20;

void append_generated(std::string& out, std::string_view prefix, std::int64_t number,
                      std::int64_t version, std::int64_t bytes) {
  const std::size_t begin = out.size();
  out += R"({"id":")";
  out += prefix;
  out += std::to_string(number) + R"(","version":)" + std::to_string(version) + R"(,"text":")";
  const std::size_t target = begin + static_cast<std::size_t>(bytes);
  // Letters that depend on the record, so that no two payloads are alike.
  std::uint64_t state = static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15U + 1;
  while (out.size() + 2 < target) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    out += static_cast<char>('a' + state % 26);
  }
  out += "\"}";
}

// What every world needs and no story wants to tell: the integrations of its connections, and,
// where it names none, the connection that everybody uses.
void write_given_basics(json::Writer& out, const json::Value& given) {
  if (given["environments"].present()) return;
  std::set<std::string> integrations = {"github"};
  for (const json::Value connection : given["connections"].items()) {
    integrations.insert(connection["integration"].string());
  }
  if (!given["integrations"].present()) {
    out.key("integrations").begin_array();
    for (const std::string& id : integrations) out.begin_object().field("id", id).end_object();
    out.end_array();
  }
  if (!given["connections"].present()) {
    out.key("connections").raw(R"([{"id":"demo","integration":"github"}])");
  }
}

// The world with each `generate` in its records written out: the model has to know every payload.
void write_given(json::Writer& out, const json::Value& given, json::Issues& issues) {
  out.begin_object();
  write_given_basics(out, given);
  for (const json::Member member : given.members()) {
    const std::string key = member.key.string();
    if (key != "records" || !member.value.is_array()) {
      out.key(key).raw(json::compact(member.value));
      continue;
    }
    out.key(key).begin_array();
    std::size_t i = 0;
    for (const json::Value entry : member.value.items()) {
      const json::Path path = {"given", "records", std::to_string(i++)};
      out.begin_object();
      for (const json::Member part : entry.members()) {
        if (part.key.string() == "generate") {
          out.key("items").raw(written_out_records(entry, path, issues));
        } else {
          out.key(part.key.string()).raw(json::compact(part.value));
        }
      }
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
}

class ScenarioReader {
 public:
  ScenarioReader(Scenario& scenario, json::Issues& issues) : scenario_(scenario), issues_(issues) {}

  void read(const json::Value& root) {
    json::Fields fields(root, {}, issues_);
    (void)fields.string("$schema");
    read_story(fields);
    read_play(fields);
    read_judgement(fields);
    fields.finish();
  }

 private:
  void read_story(json::Fields& fields) {
    scenario_.id = fields.required("id");
    scenario_.title = fields.required("title");
    scenario_.why = fields.required("why");
    scenario_.origin = fields.required("origin");
    scenario_.clauses = fields.strings("clauses");
    if (scenario_.clauses.empty()) {
      fields.report("clauses", "required", "clauses names no clause; expected at least one");
    }
    const auto level = fields.choice("level", {"MUST", "SHOULD", "INFO"});
    scenario_.level = static_cast<ScenarioLevel>(level.value_or(0));
    const auto judges = fields.choice("judges", {"server", "client"});
    if (!fields.has("judges")) {
      fields.report("judges", "required", "judges is missing; expected \"server\" or \"client\"");
    }
    scenario_.judges = judges.value_or(1) == 0 ? Subject::kServer : Subject::kClient;
    scenario_.seed =
        static_cast<std::uint64_t>(fields.integer("seed", 0, 1'000'000'000'000).value_or(1));
  }

  void read_play(json::Fields& fields) {
    const json::Value given = fields.object("given");
    if (given.is_object()) scenario_.given = written_out_world(given, issues_);
    scenario_.any_data = fields.boolean("any_data").value_or(false);
    if (scenario_.given.empty() && scenario_.judges == Subject::kClient) {
      fields.report("given", "required", "given is missing: the world that the client meets");
    }
    const json::Value faults = fields.array("faults");
    if (faults.is_array()) scenario_.faults = json::compact(faults);
    scenario_.client = fields.object("client");
    scenario_.steps = fields.array("steps");
    scenario_.expect = fields.array("expect");
    if (scenario_.steps.size() == 0) {
      fields.report("steps", "required", "steps is missing or empty");
    }
  }

  void read_judgement(json::Fields& fields) {
    scenario_.sometimes = fields.strings("sometimes");
    check_sometimes(fields);
    scenario_.kills = fields.strings("kills");
    scenario_.kills_none = fields.string("kills_none").value_or("");
    if (scenario_.kills.empty() == scenario_.kills_none.empty()) {
      fields.report("kills", "required",
                    "either kills names the mutants that this fails, or kills_none says why there "
                    "is none");
    }
    scenario_.worlds_why = fields.string("worlds_why").value_or("");
    if (fields.has("worlds")) {
      const std::vector<std::string> worlds = fields.strings("worlds");
      const auto names = [&](std::string_view name) {
        return std::find(worlds.begin(), worlds.end(), name) != worlds.end();
      };
      scenario_.in_virtual = names("virtual");
      scenario_.over_http = names("http");
      if (scenario_.worlds_why.empty()) {
        fields.report("worlds", "required", "worlds needs worlds_why: why not in both");
      }
    }
    scenario_.dialects = fields.strings("dialects");
  }

  void check_sometimes(json::Fields& fields) {
    if (!scenario_.sometimes.empty() && scenario_.judges == Subject::kServer) {
      fields.report(
          "sometimes", "invalid_value",
          "sometimes is for scenarios that judge a client; what a server has to have shown "
          "is expected by its steps");
    }
    const std::vector<std::string> words = sometimes_words();
    for (const std::string& word : scenario_.sometimes) {
      if (std::find(words.begin(), words.end(), word) != words.end()) continue;
      fields.report("sometimes", "invalid_value",
                    "sometimes: '" + word + "' is nothing that is looked for" +
                        core::suggestion(word, words));
    }
  }

  Scenario& scenario_;
  json::Issues& issues_;
};

}  // namespace

bool Scenario::speaks(std::string_view dialect) const {
  return dialects.empty() || std::find(dialects.begin(), dialects.end(), dialect) != dialects.end();
}

std::string issue_lines(const json::Issues& issues, const json::Document& document,
                        std::string_view file) {
  std::string text;
  for (const json::Issue& issue : issues) {
    const json::Place place = json::place_of(document.text(), issue.offset);
    text += (text.empty() ? "" : "\n") + std::string(file) + ":" + std::to_string(place.line) +
            ":" + std::to_string(place.column) + ": " + issue.message;
  }
  return text;
}

core::Result<Scenario> Scenario::parse(std::string text, std::string file) {
  auto document = json::Document::parse(std::move(text), {.comments = true});
  if (!document) return core::Error{"bad_scenario", file + ": " + document.error().message};
  Scenario scenario;
  scenario.file = std::move(file);
  scenario.document = std::make_shared<const json::Document>(std::move(*document));
  json::Issues issues;
  ScenarioReader(scenario, issues).read(scenario.document->root());
  if (!issues.empty()) {
    return core::Error{"bad_scenario", issue_lines(issues, *scenario.document, scenario.file)};
  }
  return scenario;
}

std::string written_out_world(const json::Value& world, json::Issues& issues) {
  json::Writer out;
  write_given(out, world, issues);
  return out.take();
}

std::string written_out_records(const json::Value& spec, const json::Path& path,
                                json::Issues& issues) {
  if (spec.is_array()) return json::compact(spec);
  json::Value generate = spec["generate"];
  json::Path inner = path;
  inner.emplace_back("generate");
  json::Fields fields(generate, inner, issues);
  const std::int64_t count = fields.integer("count", 0, kMostRecords).value_or(0);
  const std::int64_t bytes = fields.integer("bytes", 0, kMostBytes).value_or(80);
  const std::int64_t version = fields.integer("version", 0, kMostRecords).value_or(1);
  const std::int64_t from = fields.integer("from", 0, kMostRecords).value_or(1);
  const std::string prefix = fields.string("prefix").value_or("r");
  fields.finish();
  std::string out = "[";
  for (std::int64_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    append_generated(out, prefix, from + i, version, bytes);
  }
  return out + "]";
}

}  // namespace terapi::conformance
