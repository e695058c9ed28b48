#include "conformance/scenario/scenario_text.h"

#include <array>
#include <utility>

#include "core/duration.h"
#include "core/json_writer.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

constexpr std::array kActs = {"starts", "is killed", "stops"};
constexpr std::array kWaits = {"converged", "quiet", "requests", "fired", "dead"};
constexpr std::array kWires = {"empty page",  "poison",   "odd cursors",
                               "broken gzip", "too long", "extra fields"};
constexpr std::array kSignatures = {"right",        "missing",     "wrong key",
                                    "altered body", "legacy only", "length extended",
                                    "reserialised", "list"};
constexpr std::array kAnswers = {"any", "accepted", "refused"};
constexpr std::array kComes = {"at once", "slowly", "without end"};
constexpr std::array kMoments = {"request",    "answer",       "webhook answered",
                                 "store call", "store called", "never"};
constexpr std::array kChecks = {"requests",
                                "reads from the beginning",
                                "waits after",
                                "resumed",
                                "resumed within pages",
                                "surfaced",
                                "memory",
                                "alive",
                                "webhooks answered",
                                "nothing elsewhere",
                                "converged",
                                "resumed at last",
                                "keys kept"};
constexpr std::array kLevels = {"MUST", "SHOULD", "INFO"};

template <typename Words, typename What>
const char* word(const Words& words, What what) {
  return words.at(static_cast<std::size_t>(what));
}

std::string duration_text(core::Duration duration) { return core::format_duration(duration); }

void write_strings(json::Writer& out, const std::vector<std::string>& texts) {
  out.begin_array();
  for (const std::string& text : texts) out.string(text);
  out.end_array();
}

// The run without what every run is of.
std::string run_text(const std::string& body) {
  const auto document = json::Document::parse(body, {.max_depth = 100'000});
  if (!document) return body;
  json::Writer out;
  out.begin_object();
  for (const json::Member member : document->root().members()) {
    const std::string key = member.key.string();
    const std::string value = member.value.string();
    const bool usual = (key == "integration" && value == "github") ||
                       (key == "connection" && value == "demo") ||
                       (key == "model" && value == "Issue");
    if (!usual) out.key(key).raw(member.value.text());
  }
  out.end_object();
  return out.take();
}

// --- steps --------------------------------------------------------------------------------------

void write_step(json::Writer& out, const ClientAct& act) {
  out.field("client", word(kActs, act.what));
  if (act.worker != 1) out.field("worker", act.worker);
  if (!act.wait) out.field("wait", false);
}

void write_step(json::Writer& out, const RunAct& act) { out.raw_field("run", run_text(act.body)); }

void write_step(json::Writer& out, const WaitAct& act) {
  const WaitAct usual;
  if (act.what == WaitAct::What::kTime) {
    out.field("pass", duration_text(act.within));
    return;
  }
  out.field("until", word(kWaits, act.what));
  if (act.what == WaitAct::What::kRequests || act.count > 1) out.field("count", act.count);
  if (!act.fault.empty()) out.field("fault", act.fault);
  if (act.quiet_for != usual.quiet_for) out.field("for", duration_text(act.quiet_for));
  if (act.within != usual.within) out.field("within", duration_text(act.within));
}

void write_step(json::Writer& out, const FaultsAct& act) { out.raw_field("faults", act.rules); }

void write_rule(json::Writer& out, const WireRule& rule) {
  out.begin_object().field("do", word(kWires, rule.what)).field("id", rule.id);
  if (!rule.nth.empty()) {
    out.key("nth").begin_array();
    for (const std::uint64_t nth : rule.nth) out.number(nth);
    out.end_array();
  }
  if (rule.times != 0) out.field("times", rule.times);
  if (!rule.record.empty()) out.field("record", rule.record);
  if (!rule.lacks.empty() && rule.lacks != "id") out.field("lacks", rule.lacks);
  out.end_object();
}

void write_step(json::Writer& out, const WireAct& act) {
  out.key("wire").begin_array();
  for (const WireRule& rule : act.rules) write_rule(out, rule);
  out.end_array();
}

void write_step(json::Writer& out, const WebhookAct& act) {
  const WebhookAct usual;
  out.key("webhook").begin_object();
  if (act.signature != usual.signature) out.field("signature", word(kSignatures, act.signature));
  if (act.answer != usual.answer) out.field("answer", word(kAnswers, act.answer));
  if (act.times != usual.times) out.field("times", act.times);
  if (act.stream != usual.stream) out.field("stream", act.stream);
  if (!act.body.empty()) out.field("body", act.body);
  if (act.type != usual.type) out.field("type", act.type);
  if (!act.modified_after.empty()) out.field("modified_after", act.modified_after);
  if (act.pad_bytes != 0) out.field("pad", act.pad_bytes);
  if (act.depth != 0) out.field("depth", act.depth);
  if (act.comes != usual.comes) out.field("comes", word(kComes, act.comes));
  if (act.spaced) out.field("spaced", true);
  if (act.answer_within != usual.answer_within) {
    out.field("answer_within", duration_text(act.answer_within));
  }
  out.end_object();
}

void write_step(json::Writer& out, const KillAct& act) {
  out.field("kill_at", (act.every ? "every " : "") + std::string(word(kMoments, act.at)));
  if (act.nth != 1) out.field("nth", act.nth);
  if (act.after.count() != 0) out.field("after", duration_text(act.after));
  if (act.restarts) out.field("restarts", true);
}

void write_step(json::Writer& out, const BetweenPagesAct& act) {
  out.field("between_pages", act.after).raw_field("run", run_text(act.run));
}

void write_step(json::Writer& out, const ClockAct& act) {
  const bool back = act.by.count() < 0;
  out.field("clock", (back ? "-" : "+") + duration_text(back ? -act.by : act.by));
}

void write_step(json::Writer& out, const DiskAct& act) {
  out.field("disk", act.full ? "full" : "free");
}

void write_step(json::Writer& out, const PruneAct& act) {
  out.field("prune", act.until);
  if (act.stream != PruneAct().stream) out.field("stream", act.stream);
}

void write_step(json::Writer& out, const WorldAct& act) { out.raw_field("world", act.world); }
void write_step(json::Writer& out, const MarkAct& act) { out.field("mark", act.name); }

void write_check(json::Writer& out, const ClientCheck& check) {
  out.begin_object().field("that", word(kChecks, check.what));
  if (check.least) out.field("least", *check.least);
  if (check.most) out.field("most", *check.most);
  if (!check.stream.empty()) out.field("stream", check.stream);
  if (check.status != 0) out.field("status", check.status);
  if (check.time.count() != 0) out.field("time", duration_text(check.time));
  if (!check.record.empty()) out.field("record", check.record);
  if (!check.clause.empty()) out.field("clause", check.clause);
  if (!check.because.empty()) out.field("because", check.because);
  out.end_object();
}

void write_step(json::Writer& out, const ClientCheck& check) {
  out.key("expect");
  write_check(out, check);
}

// --- the file -----------------------------------------------------------------------------------

std::string client_text(const ClientPlan& plan) {
  const ClientPlan usual;
  json::Writer out;
  out.begin_object();
  if (plan.poll != usual.poll) out.field("poll", duration_text(plan.poll));
  if (plan.limit != usual.limit) out.field("limit", plan.limit);
  if (plan.streams != usual.streams) write_strings(out.key("streams"), plan.streams);
  if (plan.needs_webhooks) out.field("needs_webhooks", true);
  if (plan.may_stop) out.field("may_stop", true);
  if (!plan.counts_requests) out.field("counts_requests", false);
  if (!plan.spared.empty()) write_strings(out.key("spared"), plan.spared);
  out.end_object();
  return out.take();
}

// The world as a file has it: without the integrations where the reader puts the same ones in.
std::string world_text(const std::string& given) {
  const auto document = json::Document::parse(given, {.comments = true, .max_depth = 100'000});
  if (!document || !document->root().is_object()) return given;
  std::string lines = "{";
  std::string shorter = "{";
  for (const json::Member member : document->root().members()) {
    const std::string key = member.key.string();
    if (key == "integrations") continue;
    shorter += (shorter.size() > 1 ? "," : "") + json::quoted(key) + ":";
    shorter += member.value.text();
    lines += (lines.size() > 1 ? ",\n    " : "\n    ") + json::quoted(key) + ": ";
    if (key != "records") {
      lines += member.value.text();
      continue;
    }
    lines += "[";
    std::size_t entries = 0;
    for (const json::Value entry : member.value.items()) {
      lines += (entries++ > 0 ? ",\n      " : "\n      ") + std::string(entry.text());
    }
    lines += entries > 0 ? "\n    ]" : "]";
  }
  shorter += "}";
  lines += lines.size() > 1 ? "\n  }" : "}";
  json::Issues issues;
  const auto read_again = json::Document::parse(shorter, {.max_depth = 100'000});
  const auto whole = json::Document::parse(
      read_again ? written_out_world(read_again->root(), issues) : "null", {.max_depth = 100'000});
  return whole && json::same_value(whole->root(), document->root()) ? lines : given;
}

// An array, an item a line.
std::string list_text(const std::vector<std::string>& items) {
  if (items.empty()) return "[]";
  std::string text = "[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    text += (i == 0 ? "\n    " : ",\n    ") + items[i];
  }
  return text + "\n  ]";
}

class FileText {
 public:
  explicit FileText(const std::vector<std::string>& comment) {
    for (const std::string& line : comment) text_ += (line.empty() ? "//" : "// " + line) + "\n";
    text_ += "{";
  }
  void member(const char* name, const std::string& json) {
    text_ += (first_ ? "\n  \"" : ",\n  \"") + std::string(name) + "\": " + json;
    first_ = false;
  }
  void string(const char* name, const std::string& value) { member(name, json::quoted(value)); }
  void strings(const char* name, const std::vector<std::string>& values) {
    json::Writer out;
    write_strings(out, values);
    member(name, out.text());
  }
  std::string take() { return std::move(text_) + "\n}\n"; }

 private:
  std::string text_;
  bool first_ = true;
};

std::vector<std::string> items_of(const std::string& array) {
  std::vector<std::string> items;
  const auto document = json::Document::parse(array, {.comments = true, .max_depth = 100'000});
  if (!document) return items;
  for (const json::Value item : document->root().items()) items.emplace_back(item.text());
  return items;
}

void add_judgement(FileText& file, const Scenario& scenario) {
  if (!scenario.sometimes.empty()) file.strings("sometimes", scenario.sometimes);
  if (!scenario.in_virtual || !scenario.over_http) {
    file.member("worlds", scenario.in_virtual ? R"(["virtual"])" : R"(["http"])");
    file.string("worlds_why", scenario.worlds_why);
  }
  if (!scenario.dialects.empty()) file.strings("dialects", scenario.dialects);
  if (!scenario.kills.empty()) file.strings("kills", scenario.kills);
  if (!scenario.kills_none.empty()) file.string("kills_none", scenario.kills_none);
}

}  // namespace

std::string_view word_of(KillAct::At at) { return word(kMoments, at); }

std::string step_text(const ClientStep::What& what) {
  json::Writer out;
  out.begin_object();
  std::visit([&out](const auto& act) { write_step(out, act); }, what);
  out.end_object();
  return out.take();
}

std::string scenario_text(const Scenario& scenario, const ClientPlan& plan,
                          const std::vector<std::string>& comment) {
  FileText file(comment);
  file.string("id", scenario.id);
  file.string("title", scenario.title);
  file.string("why", scenario.why);
  file.strings("clauses", scenario.clauses);
  if (scenario.level != ScenarioLevel::kMust) file.string("level", word(kLevels, scenario.level));
  file.string("origin", scenario.origin);
  file.string("judges", "client");
  if (scenario.seed != 1) file.member("seed", std::to_string(scenario.seed));
  file.member("given", world_text(scenario.given));
  if (const std::string client = client_text(plan); client != "{}") file.member("client", client);
  if (!scenario.faults.empty()) file.member("faults", list_text(items_of(scenario.faults)));
  std::vector<std::string> items;
  for (const ClientStep& step : plan.steps) items.push_back(step_text(step.what));
  file.member("steps", list_text(items));
  if (!plan.expect.empty()) {
    items.clear();
    for (const ClientCheck& check : plan.expect) {
      json::Writer out;
      write_check(out, check);
      items.push_back(out.take());
    }
    file.member("expect", list_text(items));
  }
  add_judgement(file, scenario);
  return file.take();
}

}  // namespace terapi::conformance
