#include "conformance/scenario/client_step.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "conformance/evidence/model.h"
#include "core/duration.h"
#include "core/json_writer.h"
#include "core/nearest.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

constexpr std::int64_t kMany = 100'000'000;

// A duration with a sign: "+1d", "-1d".
std::optional<core::Duration> signed_duration(const std::string& text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto size = core::parse_duration(text.substr(1));
  if (!size) return std::nullopt;
  return text[0] == '-' ? -*size : *size;
}

std::string default_run_part(json::Fields& fields, const char* key, const char* fallback) {
  return fields.string(key).value_or(fallback);
}

class ClientPlanReader {
 public:
  explicit ClientPlanReader(json::Issues& issues) : issues_(issues) {}

  ClientPlan read(const Scenario& scenario) {
    if (scenario.client.present()) read_client(scenario.client);
    std::size_t i = 0;
    for (const json::Value step : scenario.steps.items()) {
      read_step(step, {"steps", std::to_string(i++)});
    }
    i = 0;
    for (const json::Value check : scenario.expect.items()) {
      plan_.expect.push_back(read_check(check, {"expect", std::to_string(i++)}));
    }
    return std::move(plan_);
  }

 private:
  void read_client(const json::Value& value) {
    json::Fields fields(value, {"client"}, issues_);
    plan_.poll = fields.duration("poll").value_or(plan_.poll);
    plan_.limit = static_cast<std::uint64_t>(fields.integer("limit", 1, 10'000).value_or(100));
    if (fields.has("streams")) plan_.streams = fields.strings("streams");
    plan_.needs_webhooks = fields.boolean("needs_webhooks").value_or(false);
    plan_.may_stop = fields.boolean("may_stop").value_or(false);
    plan_.counts_requests = fields.boolean("counts_requests").value_or(true);
    plan_.spared = fields.strings("spared");
    fields.finish();
  }

  // The verb of a step is its first member.
  void read_step(const json::Value& value, const json::Path& path) {
    json::Fields fields(value, path, issues_);
    if (!value.is_object()) return;
    ClientStep step;
    step.text = json::compact(value);
    if (step.text.size() > 160) step.text = step.text.substr(0, 157) + "…";
    for (const auto& [verb, read] : verbs()) {
      if (!value[verb].present()) continue;
      step.what = read(fields, path);
      fields.finish();
      plan_.steps.push_back(std::move(step));
      return;
    }
    std::vector<std::string> known;
    for (const auto& [verb, read] : verbs()) known.push_back(verb);
    std::string first = "nothing";
    for (const json::Member member : value.members()) {
      first = member.key.string();
      break;
    }
    issues_.push_back({"unrecognized_keys",
                       json::path_text(path) + " does '" + first + "', which no step does" +
                           core::suggestion(first, known),
                       path, value.offset()});
  }

  using ReadVerb = std::function<ClientStep::What(json::Fields&, const json::Path&)>;
  std::vector<std::pair<std::string, ReadVerb>> verbs() {
    return {
        {"client", [](auto& f, auto&) { return read_client_act(f); }},
        {"between_pages", [this](auto& f, auto& p) { return read_between(f, p); }},
        {"run", [this](auto& f, auto& p) { return RunAct{read_run(f.object("run"), p, "run")}; }},
        {"until", [this](auto& f, auto&) { return read_until(f); }},
        {"pass", [](auto& f, auto&) { return read_pass(f); }},
        {"faults", [](auto& f, auto&) { return FaultsAct{json::compact(f.array("faults"))}; }},
        {"wire", [this](auto& f, auto& p) { return read_wire(f, p); }},
        {"webhook", [this](auto& f, auto& p) { return read_webhook(f, p); }},
        {"kill_at", [](auto& f, auto&) { return read_kill(f); }},
        {"clock", [](auto& f, auto&) { return read_clock(f); }},
        {"disk",
         [](auto& f, auto&) {
           return DiskAct{f.choice("disk", {"full", "free"}) == 0U};
         }},
        {"prune", [](auto& f, auto&) { return read_prune(f); }},
        {"world", [this](auto& f, auto&) { return read_world(f); }},
        {"mark", [](auto& f, auto&) { return MarkAct{f.string("mark").value_or("")}; }},
        {"expect", [this](auto& f, auto& p) { return read_inner_check(f, p); }},
    };
  }

  static ClientStep::What read_client_act(json::Fields& fields) {
    ClientAct act;
    const auto what = fields.choice("client", {"starts", "is killed", "stops"});
    act.what = static_cast<ClientAct::What>(what.value_or(0));
    act.worker = static_cast<int>(fields.integer("worker", 1, 8).value_or(1));
    act.wait = fields.boolean("wait").value_or(true);
    return act;
  }

  std::string read_run(const json::Value& value, json::Path path, const std::string& key) {
    path.push_back(key);
    json::Fields fields(value, path, issues_);
    json::Writer out;
    out.begin_object();
    out.field("integration", default_run_part(fields, "integration", "github"));
    out.field("connection", default_run_part(fields, "connection", "demo"));
    out.field("model", default_run_part(fields, "model", "Issue"));
    for (const char* name : {"sync", "variant", "type"}) {
      if (const auto text = fields.string(name)) out.field(name, *text);
    }
    for (const char* name : {"save", "replace", "update"}) {
      const json::Value records = fields.any(name);
      if (!records.present()) continue;
      json::Path inner = path;
      inner.emplace_back(name);
      out.key(name).raw(written_out_records(records, inner, issues_));
    }
    const json::Value ids = fields.array("delete");
    if (ids.present()) out.key("delete").raw(json::compact(ids));
    const json::Value error = fields.any("error");
    if (error.present()) out.key("error").raw(json::compact(error));
    if (const auto announced = fields.boolean("webhook")) out.field("webhook", *announced);
    fields.finish();
    out.end_object();
    return out.take();
  }

  ClientStep::What read_between(json::Fields& fields, const json::Path& path) {
    BetweenPagesAct act;
    act.after = static_cast<std::uint64_t>(fields.integer("between_pages", 1, kMany).value_or(1));
    act.run = read_run(fields.object("run"), path, "run");
    return act;
  }

  ClientStep::What read_until(json::Fields& fields) {
    WaitAct act;
    const std::vector<std::string> words = {"converged", "quiet", "requests", "fired", "dead"};
    act.what = static_cast<WaitAct::What>(fields.choice("until", words).value_or(0));
    act.count = static_cast<std::uint64_t>(fields.integer("count", 0, kMany).value_or(1));
    act.fault = fields.string("fault").value_or("");
    act.quiet_for = fields.duration("for").value_or(act.quiet_for);
    act.within = fields.duration("within").value_or(act.within);
    return act;
  }

  static ClientStep::What read_pass(json::Fields& fields) {
    WaitAct act;
    act.what = WaitAct::What::kTime;
    act.within = fields.duration("pass").value_or(core::Duration(0));
    return act;
  }

  ClientStep::What read_wire(json::Fields& fields, const json::Path& path) {
    WireAct act;
    std::size_t i = 0;
    for (const json::Value item : fields.array("wire").items()) {
      json::Path inner = path;
      inner.emplace_back("wire");
      inner.push_back(std::to_string(i));
      act.rules.push_back(read_wire_rule(item, inner, ++i));
    }
    return act;
  }

  WireRule read_wire_rule(const json::Value& value, const json::Path& path, std::size_t number) {
    json::Fields fields(value, path, issues_);
    WireRule rule;
    const std::vector<std::string> words = {"empty page",  "poison",   "odd cursors",
                                            "broken gzip", "too long", "extra fields"};
    rule.what = static_cast<WireRule::What>(fields.choice("do", words).value_or(0));
    rule.id = fields.string("id").value_or("wire-" + std::to_string(number));
    for (const json::Value nth : fields.array("nth").items()) {
      rule.nth.push_back(static_cast<std::uint64_t>(nth.integer().value_or(1)));
    }
    rule.times = static_cast<std::uint64_t>(fields.integer("times", 1, kMany).value_or(0));
    rule.record = fields.string("record").value_or("");
    const std::vector<std::string> parts = {"id", "metadata", "cursor", "object"};
    rule.lacks = parts.at(fields.choice("lacks", parts).value_or(0));
    fields.finish();
    return rule;
  }

  ClientStep::What read_webhook(json::Fields& outer, json::Path path) {
    path.emplace_back("webhook");
    json::Fields fields(outer.object("webhook"), path, issues_);
    WebhookAct act;
    const std::vector<std::string> signatures = {"right",        "missing",     "wrong key",
                                                 "altered body", "legacy only", "length extended",
                                                 "reserialised", "list"};
    act.signature =
        static_cast<WebhookAct::Signature>(fields.choice("signature", signatures).value_or(0));
    const auto answer = fields.choice("answer", {"any", "accepted", "refused"});
    act.answer = static_cast<WebhookAct::Answer>(answer.value_or(0));
    act.times = static_cast<std::uint64_t>(fields.integer("times", 1, 10'000).value_or(1));
    act.stream = fields.string("stream").value_or(act.stream);
    act.body = fields.string("body").value_or("");
    act.type = fields.string("type").value_or(act.type);
    act.modified_after = fields.string("modified_after").value_or("");
    act.pad_bytes = static_cast<std::uint64_t>(fields.integer("pad", 0, kMany).value_or(0));
    act.depth = static_cast<std::uint64_t>(fields.integer("depth", 0, 1'000'000).value_or(0));
    const auto comes = fields.choice("comes", {"at once", "slowly", "without end"});
    act.comes = static_cast<WebhookAct::Comes>(comes.value_or(0));
    act.spaced = fields.boolean("spaced").value_or(false);
    act.answer_within = fields.duration("answer_within").value_or(act.answer_within);
    fields.finish();
    return act;
  }

  static ClientStep::What read_kill(json::Fields& fields) {
    KillAct act;
    const std::vector<std::string> words = {"request",
                                            "answer",
                                            "webhook answered",
                                            "store call",
                                            "store called",
                                            "every request",
                                            "every answer",
                                            "every webhook answered",
                                            "every store call",
                                            "every store called",
                                            "never"};
    const std::size_t index = fields.choice("kill_at", words).value_or(1);
    act.every = index >= 5 && index < 10;
    act.at = static_cast<KillAct::At>(act.every ? index - 5 : std::min<std::size_t>(index, 5));
    act.nth = static_cast<std::uint64_t>(fields.integer("nth", 1, kMany).value_or(1));
    act.after = fields.duration("after").value_or(act.after);
    act.restarts = fields.boolean("restarts").value_or(false);
    return act;
  }

  static ClientStep::What read_clock(json::Fields& fields) {
    const auto by = signed_duration(fields.string("clock").value_or(""));
    if (!by) {
      fields.report("clock", "invalid_value",
                    "clock wants a duration with a sign, for example \"+1d\" or \"-1d\"");
    }
    return ClockAct{by.value_or(core::Duration(0))};
  }

  static ClientStep::What read_prune(json::Fields& fields) {
    PruneAct act;
    act.until = fields.string("prune").value_or("");
    act.stream = fields.string("stream").value_or(act.stream);
    return act;
  }

  ClientStep::What read_world(json::Fields& fields) {
    return WorldAct{written_out_world(fields.object("world"), issues_)};
  }

  ClientStep::What read_inner_check(json::Fields& fields, json::Path path) {
    path.emplace_back("expect");
    return read_check(fields.object("expect"), path);
  }

  ClientCheck read_check(const json::Value& value, const json::Path& path) {
    json::Fields fields(value, path, issues_);
    ClientCheck check;
    const std::vector<std::string> words = {"requests",
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
    check.what = static_cast<ClientCheck::What>(fields.choice("that", words).value_or(0));
    if (!fields.has("that")) {
      fields.report("that", "required",
                    json::path_text(path) + " says not what is expected (that)");
    }
    if (const auto least = fields.integer("least", 0, kMany)) {
      check.least = static_cast<std::uint64_t>(*least);
    }
    if (const auto most = fields.integer("most", 0, 1'000'000'000'000)) {
      check.most = static_cast<std::uint64_t>(*most);
    }
    check.stream = fields.string("stream").value_or("");
    check.status = static_cast<int>(fields.integer("status", 100, 599).value_or(0));
    check.time = fields.duration("time").value_or(core::Duration(0));
    check.record = fields.string("record").value_or("");
    check.clause = fields.string("clause").value_or("");
    check.because = fields.string("because").value_or("");
    fields.finish();
    return check;
  }

  json::Issues& issues_;
  ClientPlan plan_;
};

}  // namespace

bool ClientPlan::sweeps() const {
  return std::any_of(steps.begin(), steps.end(), [](const ClientStep& step) {
    const auto* kill = std::get_if<KillAct>(&step.what);
    return kill != nullptr && kill->every;
  });
}

core::Result<ClientPlan> ClientPlan::read(const Scenario& scenario) {
  json::Issues issues;
  ClientPlan plan = ClientPlanReader(issues).read(scenario);
  if (!issues.empty()) {
    return core::Error{"bad_scenario", issue_lines(issues, *scenario.document, scenario.file)};
  }
  return plan;
}

}  // namespace terapi::conformance
