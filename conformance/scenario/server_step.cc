#include "conformance/scenario/server_step.h"

#include <algorithm>
#include <array>
#include <functional>

#include "core/duration.h"
#include "core/json_fields.h"
#include "core/json_writer.h"
#include "core/nearest.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

constexpr std::int64_t kMostTimes = 100'000;
constexpr std::int64_t kMostHostileConnections = 64;

// In the order of Hostility.
constexpr std::array<std::string_view, 8> kHostilities = {
    "endless line",   "endless header",          "many headers", "endless chunk",
    "endless chunks", "endless chunk-size line", "slow header",  "huge content-length"};

using NamedTexts = std::vector<std::pair<std::string, std::optional<std::string>>>;

class ServerPlanReader {
 public:
  explicit ServerPlanReader(json::Issues& issues) : issues_(issues) {}

  ServerPlan read(const Scenario& scenario) {
    first_clause_ = scenario.clauses.empty() ? "" : scenario.clauses.front();
    std::size_t i = 0;
    for (const json::Value step : scenario.steps.items()) {
      read_step(step, {"steps", std::to_string(i++)});
    }
    i = 0;
    for (const json::Value step : scenario.expect.items()) {
      read_step(step, {"expect", std::to_string(i++)});
    }
    return std::move(plan_);
  }

 private:
  using ReadVerb = std::function<ServerStep::What(json::Fields&)>;

  std::vector<std::pair<std::string, ReadVerb>> verbs() {
    return {
        {"run", [this](auto& f) { return read_run(f); }},
        {"get", [this](auto& f) { return read_get(f); }},
        {"request", [this](auto& f) { return read_request(f); }},
        {"read", [this](auto& f) { return read_walk(f); }},
        {"law", [this](auto& f) { return read_law(f); }},
        {"laws", [this](auto& f) { return read_law(f); }},
        {"receiver", [this](auto& f) { return read_receiver(f); }},
        {"settings", [](auto& f) { return SettingsStep{json::compact(f.object("settings"))}; }},
        {"advance",
         [](auto& f) { return AdvanceStep{f.duration("advance").value_or(core::Duration{0})}; }},
        {"idle", [](auto& f) { return (void)f.boolean("idle"), IdleStep{}; }},
        {"prune", [this](auto& f) { return read_prune(f); }},
        {"resend", [this](auto& f) { return read_resend(f); }},
        {"faults", [](auto& f) { return FaultsStep{json::compact(f.array("faults"))}; }},
        {"world", [](auto& f) { return WorldStep{json::compact(f.object("world"))}; }},
        {"hostile", [this](auto& f) { return read_hostile(f); }},
        {"expect_webhooks", [this](auto& f) { return read_webhooks(f); }},
    };
  }

  void read_step(const json::Value& value, const json::Path& path) {
    json::Fields fields(value, path, issues_);
    if (!value.is_object()) return;
    ServerStep step;
    step.text = json::compact(value);
    if (step.text.size() > 160) step.text = step.text.substr(0, 157) + "…";
    step.clause = fields.string("clause").value_or(first_clause_);
    (void)fields.string("because");  // for those who read the file
    for (const auto& [verb, read] : verbs()) {
      if (!value[verb].present()) continue;
      step.what = read(fields);
      fields.finish();
      plan_.steps.push_back(std::move(step));
      return;
    }
    refuse_step(value, path);
  }

  void refuse_step(const json::Value& value, const json::Path& path) {
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

  StreamAsked read_stream(json::Fields& fields) {
    StreamAsked stream;
    stream.integration = fields.string("integration").value_or(stream.integration);
    stream.connection = fields.string("connection").value_or(stream.connection);
    stream.model = fields.string("model").value_or(stream.model);
    stream.variant = fields.string("variant").value_or(stream.variant);
    return stream;
  }

  std::optional<std::size_t> size(json::Fields& fields, std::string_view key) {
    const auto number = fields.integer(key, 0, kMostTimes);
    if (!number) return std::nullopt;
    return static_cast<std::size_t>(*number);
  }

  std::optional<std::vector<std::string>> list(json::Fields& fields, std::string_view key) {
    if (!fields.has(key)) return std::nullopt;
    return fields.strings(key);
  }

  NamedTexts named_texts(json::Fields& fields, std::string_view key) {
    NamedTexts texts;
    const json::Value object = fields.object(key);
    if (!object.is_object()) return texts;
    for (const json::Member member : object.members()) {
      if (member.value.is_null()) {
        texts.emplace_back(member.key.string(), std::nullopt);
      } else if (member.value.is_string()) {
        texts.emplace_back(member.key.string(), member.value.string());
      } else {
        fields.report(key, "invalid_type",
                      json::path_text(fields.path_to(key)) + "." + member.key.string() + " is " +
                          std::string(json::describe(member.value.kind())) +
                          "; expected a string or null");
      }
    }
    return texts;
  }

  // --- runs ---

  ServerStep::What read_run(json::Fields& step) {
    RunStep run;
    json::Fields fields(step.object("run"), step.path_to("run"), issues_);
    const StreamAsked stream = read_stream(fields);
    json::Writer out;
    out.begin_object()
        .field("integration", stream.integration)
        .field("connection", stream.connection)
        .field("model", stream.model)
        .field("variant", stream.variant);
    for (const char* name : {"sync", "type", "environment"}) {
      if (const auto text = fields.string(name)) out.field(name, *text);
    }
    for (const char* name : {"save", "update", "replace"}) {
      const json::Value records = fields.any(name);
      if (!records.present()) continue;
      out.key(name).raw(written_out_records(records, fields.path_to(name), issues_));
    }
    const json::Value gone = fields.array("delete");
    if (gone.present()) out.key("delete").raw(json::compact(gone));
    const json::Value error = fields.any("error");
    if (error.present()) out.key("error").raw(json::compact(error));
    if (const auto webhook = fields.boolean("webhook")) out.field("webhook", *webhook);
    fields.finish();
    run.body = out.end_object().take();
    run.times = step.integer("times", 1, kMostTimes).value_or(1);
    read_counts(step, run);
    return run;
  }

  void read_counts(json::Fields& step, RunStep& run) {
    if (!step.has("expect")) return;
    json::Fields fields(step.object("expect"), step.path_to("expect"), issues_);
    run.added = fields.integer("added", 0, kMostTimes);
    run.updated = fields.integer("updated", 0, kMostTimes);
    run.deleted = fields.integer("deleted", 0, kMostTimes);
    run.unchanged = fields.integer("unchanged", 0, kMostTimes);
    run.deliveries = fields.integer("deliveries", 0, kMostTimes);
    fields.finish();
  }

  // --- requests ---

  // Values of a query: a text, a number, a list of these (the name is repeated), or null, which
  // leaves out what would be sent otherwise.
  Query read_query(json::Fields& step, const std::string& key) {
    Query query;
    const json::Value object = step.object(key);
    if (!object.is_object()) return query;
    for (const json::Member member : object.members()) {
      const std::string name = member.key.string();
      std::vector<json::Value> values = {member.value};
      if (member.value.is_array()) {
        values.clear();
        for (const json::Value item : member.value.items()) values.push_back(item);
      }
      for (const json::Value& value : values) {
        if (value.is_string()) {
          query.emplace_back(name, value.string());
        } else if (value.is_number()) {
          query.emplace_back(name, std::string(value.text()));
        } else {
          step.report(key, "invalid_type",
                      json::path_text(step.path_to(key)) + "." + name + " is " +
                          std::string(json::describe(value.kind())) +
                          "; expected a string, a number, or a list of them");
        }
      }
    }
    return query;
  }

  ServerStep::What read_get(json::Fields& step) {
    AskStep ask;
    ask.query = read_query(step, "get");
    read_asking(step, ask);
    return ask;
  }

  // "POST /records?model=Issue"
  ServerStep::What read_request(json::Fields& step) {
    AskStep ask;
    const std::string line = step.string("request").value_or("");
    const std::size_t space = line.find(' ');
    if (space == std::string::npos || space + 1 >= line.size() || line[space + 1] != '/') {
      step.report("request", "invalid_value",
                  json::path_text(step.path_to("request")) +
                      " is not a method and a path; expected \"POST /records\"");
    } else {
      ask.method = line.substr(0, space);
      ask.target = line.substr(space + 1);
    }
    read_asking(step, ask);
    return ask;
  }

  void read_asking(json::Fields& step, AskStep& ask) {
    ask.stream = read_stream(step);
    ask.bare = step.boolean("bare").value_or(false);
    ask.headers = named_texts(step, "headers");
    ask.key = step.string("key");
    ask.times = step.integer("times", 1, kMostTimes).value_or(1);
    const json::Value body = step.any("body");
    if (body.is_string()) {
      ask.body = body.string();
    } else if (body.present()) {
      ask.body = json::compact(body);
    }
    ask.expect = read_expected(step);
  }

  ServerStep::What read_walk(json::Fields& step) {
    ReadStep read;
    (void)step.choice("read", {"all"});
    read.limit = static_cast<std::uint64_t>(step.integer("limit", 1, 10'000).value_or(1000));
    if (step.has("query")) read.query = read_query(step, "query");
    read.stream = read_stream(step);
    read.expect = read_expected(step);
    return read;
  }

  AnswerExpected read_expected(json::Fields& step) {
    AnswerExpected expect;
    if (!step.has("expect")) return expect;
    json::Fields fields(step.object("expect"), step.path_to("expect"), issues_);
    expect.named = true;
    expect.status = fields.integer("status", 100, 599);
    expect.code = fields.string("code");
    expect.errors = list(fields, "errors");
    expect.ids = list(fields, "ids");
    expect.any_order = fields.boolean("any_order").value_or(false);
    expect.actions = list(fields, "actions");
    expect.count = fields.integer("count", 0, 100'000'000);
    const json::Value next = fields.any("next");
    if (next.is_null()) expect.next = AnswerExpected::Next::kNull;
    if (next.present() && !next.is_null()) {
      (void)fields.choice("next", {"last"});
      expect.next = AnswerExpected::Next::kLast;
    }
    expect.headers = named_texts(fields, "headers");
    expect.body = fields.any("body");
    expect.lacks = fields.strings("lacks");
    fields.finish();
    return expect;
  }

  // --- laws ---

  ServerStep::What read_law(json::Fields& step) {
    LawStep law;
    std::vector<std::string> names = step.strings("laws");
    if (const auto name = step.string("law")) names.push_back(*name);
    for (const std::string& name : names) {
      if (const Law* found = find_law(name)) {
        law.laws.push_back(found);
      } else {
        step.report(step.has("law") ? "law" : "laws", "invalid_value",
                    "no law is called '" + name + "'" + core::suggestion(name, law_names()));
      }
    }
    law.parameters.stream = read_stream(step);
    const json::Value limits = step.array("limits");
    for (const json::Value limit : limits.items()) {
      const std::int64_t value = limit.integer().value_or(0);
      if (value >= 1 && value <= 10'000) {
        law.parameters.limits.push_back(static_cast<std::uint64_t>(value));
      } else {
        step.report("limits", "invalid_value", "limits are whole numbers from 1 to 10000");
      }
    }
    law.parameters.rounds =
        static_cast<std::uint64_t>(step.integer("rounds", 1, 1'000).value_or(20));
    return law;
  }

  // --- webhooks ---

  ServerStep::What read_receiver(json::Fields& step) {
    ReceiverStep receiver;
    json::Fields fields(step.object("receiver"), step.path_to("receiver"), issues_);
    receiver.path = fields.string("path").value_or("");
    receiver.reads = fields.boolean("reads").value_or(false);
    const json::Value answers = fields.array("answers");
    std::size_t i = 0;
    for (const json::Value answer : answers.items()) {
      json::Path path = fields.path_to("answers");
      path.push_back(std::to_string(i++));
      receiver.answers.push_back(read_answer(answer, path));
    }
    if (receiver.answers.empty()) receiver.answers.emplace_back();
    fields.finish();
    return receiver;
  }

  ReceiverAnswer read_answer(const json::Value& value, const json::Path& path) {
    ReceiverAnswer answer;
    if (const auto status = value.integer(); status && *status >= 100 && *status <= 599) {
      answer.status = *status;
    } else if (value.is_object()) {
      json::Fields fields(value, path, issues_);
      answer.status = fields.integer("status", 100, 599).value_or(200);
      for (const auto& [name, text] : named_texts(fields, "headers")) {
        answer.headers.emplace_back(name, text.value_or(""));
      }
      fields.finish();
    } else if (value.string() == "timeout") {
      answer.what = ReceiverAnswer::What::kTimeout;
    } else if (value.string() == "reset") {
      answer.what = ReceiverAnswer::What::kReset;
    } else if (value.string() == "truncate") {
      answer.what = ReceiverAnswer::What::kTruncate;
    } else {
      issues_.push_back({"invalid_value",
                         json::path_text(path) + " is no answer of a receiver; expected a status, "
                                                 "{\"status\",\"headers\"}, \"timeout\", \"reset\" "
                                                 "or \"truncate\"",
                         path, value.offset()});
    }
    return answer;
  }

  ServerStep::What read_resend(json::Fields& step) {
    ResendStep resend;
    resend.delivery = static_cast<std::size_t>(step.integer("resend", 1, 1'000).value_or(1));
    if (step.has("expect")) {
      json::Fields fields(step.object("expect"), step.path_to("expect"), issues_);
      resend.status = fields.integer("status", 100, 599).value_or(200);
      fields.finish();
    }
    return resend;
  }

  ServerStep::What read_webhooks(json::Fields& step) {
    WebhooksExpected expect;
    json::Fields fields(step.object("expect_webhooks"), step.path_to("expect_webhooks"), issues_);
    expect.deliveries = size(fields, "deliveries");
    expect.attempts = size(fields, "attempts");
    expect.requests = size(fields, "requests");
    if (const auto gaps = list(fields, "gaps")) {
      expect.gaps.emplace();
      for (const std::string& gap : *gaps) {
        const auto duration = core::parse_duration(gap);
        if (!duration) fields.report("gaps", "invalid_value", duration.error().message);
        expect.gaps->push_back(duration ? *duration : core::Duration{0});
      }
    }
    expect.models = list(fields, "models");
    read_paths(fields, expect);
    const json::Value bodies = fields.array("bodies");
    for (const json::Value body : bodies.items()) expect.bodies.push_back(body);
    expect.signed_by = fields.strings("signed_by");
    expect.headers = named_texts(fields, "headers");
    fields.finish();
    return expect;
  }

  void read_paths(json::Fields& fields, WebhooksExpected& expect) {
    const json::Value paths = fields.object("paths");
    if (!paths.is_object()) return;
    json::Fields counts(paths, fields.path_to("paths"), issues_);
    for (const json::Member member : paths.members()) {
      const std::string path = member.key.string();
      expect.paths[path] = size(counts, path).value_or(0);
    }
  }

  // --- records by hand ---

  ServerStep::What read_prune(json::Fields& step) {
    PruneStep prune;
    json::Fields fields(step.object("prune"), step.path_to("prune"), issues_);
    prune.stream = read_stream(fields);
    prune.until = fields.required("until");
    prune.limit = fields.integer("limit", 1, 10'000);
    fields.finish();
    if (!step.has("expect")) return prune;
    json::Fields expect(step.object("expect"), step.path_to("expect"), issues_);
    prune.count = expect.integer("count", 0, kMostTimes);
    prune.has_more = expect.boolean("has_more");
    expect.finish();
    return prune;
  }

  // --- hostile requests ---

  ServerStep::What read_hostile(json::Fields& step) {
    HostileStep hostile;
    const auto kind = step.choice("hostile", {kHostilities.begin(), kHostilities.end()});
    hostile.kind = static_cast<Hostility>(kind.value_or(0));
    hostile.connections = step.integer("connections", 1, kMostHostileConnections).value_or(1);
    if (!step.has("expect")) return hostile;
    json::Fields fields(step.object("expect"), step.path_to("expect"), issues_);
    hostile.status = fields.integer("status", 400, 499);
    fields.finish();
    return hostile;
  }

  json::Issues& issues_;
  std::string first_clause_;
  ServerPlan plan_;
};

}  // namespace

std::string_view to_string(Hostility kind) {
  return kHostilities.at(static_cast<std::size_t>(kind));
}

// A hostile request writes nothing, but is not for a server that others need.
bool ServerStep::only_reads() const {
  if (const auto* ask = std::get_if<AskStep>(&what)) {
    return (ask->method == "GET" || ask->method == "HEAD") &&
           !ask->target.starts_with("/_simulator");
  }
  if (const auto* law = std::get_if<LawStep>(&what)) {
    return std::none_of(law->laws.begin(), law->laws.end(), [](const Law* each) {
      return each->writes || each->needs_model || each->needs_runs;
    });
  }
  return std::holds_alternative<ReadStep>(what);
}

core::Result<ServerPlan> ServerPlan::read(const Scenario& scenario) {
  json::Issues issues;
  ServerPlan plan = ServerPlanReader(issues).read(scenario);
  if (scenario.any_data) {
    for (const ServerStep& step : plan.steps) {
      if (step.only_reads()) continue;
      issues.push_back(
          {"invalid_value",
           "any_data is for scenarios that only read; this step does more: " + step.text,
           {},
           scenario.steps.offset()});
    }
  }
  if (issues.empty()) return plan;
  return core::Error{"bad_scenario", issue_lines(issues, *scenario.document, scenario.file)};
}

namespace {

bool differs(std::string& where, const std::string& what) {
  where = what;
  return false;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t i = star; i <= text.size(); ++i) {
    if (matches_pattern(rest, text.substr(i))) return true;
  }
  return false;
}

bool matches_part(const json::Value& part, const json::Value& whole, std::string& where) {
  const std::string inner = where;
  if (part.is_string() && part.string() == "*") {
    return whole.present() || differs(where, inner + " is missing");
  }
  if (part.is_string() && whole.is_string()) {
    return matches_pattern(part.string(), whole.string()) ||
           differs(where, inner + " is " + std::string(whole.text()));
  }
  if (part.is_object() && whole.is_object()) {
    for (const json::Member member : part.members()) {
      where = inner + "." + member.key.string();
      if (!matches_part(member.value, whole[member.key.string()], where)) return false;
    }
    where = inner;
    return true;
  }
  if (part.is_array() && whole.is_array()) {
    if (part.size() != whole.size()) {
      return differs(where, inner + " has " + std::to_string(whole.size()) + " items");
    }
    auto item = whole.items().begin();
    std::size_t i = 0;
    for (const json::Value expected : part.items()) {
      where = inner + "[" + std::to_string(i++) + "]";
      if (!matches_part(expected, *item, where)) return false;
      ++item;
    }
    where = inner;
    return true;
  }
  if (whole.present() && json::same_value(part, whole)) return true;
  return differs(where, inner + " is " + (whole.present() ? json::compact(whole) : "missing"));
}

}  // namespace terapi::conformance
