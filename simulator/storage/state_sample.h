// For tests of storage: a state in which every member has a value of its own, and the text of all
// that a state holds, written by other means than storage's.
//
// `StateText` takes every struct apart by structured bindings: a member that is added to one does
// not compile here until it is stored (state_members.h) and told.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/json.h"
#include "simulator/records/quirk_words.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

class StateText {
 public:
  static std::string of(const State& state) {
    StateText text;
    text.add(state);
    return text.out_;
  }

 private:
  template <typename... Parts>
  void all(const Parts&... parts) {
    out_ += '(';
    (add(parts), ...);
    out_ += ")\n";
  }
  void add(std::string_view text) {
    out_ += std::to_string(text.size()) + ":" + std::string(text) + " ";
  }
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(const SharedText& text) { add(std::string_view(text.text())); }
  template <typename T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void add(T number) {
    out_ += std::to_string(static_cast<std::int64_t>(number)) + " ";
  }
  void add(Duration duration) { out_ += std::to_string(duration.count()) + "us "; }
  void add(Time time) { out_ += "@" + std::to_string(time.time_since_epoch().count()) + " "; }
  template <typename T>
  void add(const std::optional<T>& maybe) {
    if (maybe) {
      add(*maybe);
    } else {
      out_ += "- ";
    }
  }
  template <typename A, typename B>
  void add(const std::pair<A, B>& pair) {
    all(pair.first, pair.second);
  }
  template <typename T>
  requires requires(const T& range) { range.begin(); }
  void add(const T& range) {
    out_ += "[";
    for (const auto& item : range) add(item);
    out_ += "] ";
  }
  void add(const RetryPolicy& v) {
    const auto& [a, b, c, d, e, f] = v;
    all(a, b, c, d, e, f);
  }
  void add(const RateLimit& v) {
    const auto& [a, b] = v;
    all(a, b);
  }
  void add(const BreakerPolicy& v) {
    const auto& [a, b, c] = v;
    all(a, b, c);
  }
  void add(const Settings& v) {
    const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = v;
    all(a, b, c, d, e, f, g, h, i, j, k, l, m);
  }
  void add(const Sync& v) {
    const auto& [a, b, c, d, e, f] = v;
    all(a, b, c, d, e, f);
  }
  void add(const Integration& v) {
    const auto& [a, b, c, d, e, f] = v;
    all(a, b, c, d, e, f);
  }
  void add(const Connection& v) {
    const auto& [a, b, c, d, e, f, g, h, i, j, k] = v;
    all(a, b, c, d, e, f, g, h, i, j, k);
  }
  void add(const CollectionKey& v) {
    const auto& [a, b, c] = v;
    all(a, b, c);
  }
  void add(const ChangePlan& v) {
    const auto& [a, b, c, d, e] = v;
    all(a, b, c, d, e);
  }
  void add(const UpstreamBehaviour& v) {
    const auto& [a, b, c, d] = v;
    all(a, b, c, d);
  }
  void add(const UpstreamObject& v) {
    const auto& [a, b, c, d, e, f, g] = v;
    all(a, b, c, d, e, f, g);
  }
  // Its objects, and what counts them, are private.
  void add(const Collection& v) {
    all(v.number, v.id_key, v.behaviour, v.plan, v.changes_drawn, v.size(), v.last_change(),
        v.last_sequence());
    v.walk(0, [this](const UpstreamObject& object) {
      add(object);
      return true;
    });
  }
  void add(const ScheduleKey& v) {
    const auto& [a, b, c, d] = v;
    all(a, b, c, d);
  }
  void add(const TriggerOptions& v) {
    const auto& [a, b] = v;
    all(a, b);
  }
  void add(const RunCounts& v) {
    const auto& [a, b, c, d] = v;
    all(a, b, c, d);
  }
  void add(const Schedule& v) {
    const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = v;
    all(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  }
  void add(const AsyncAction& v) {
    const auto& [a, b, c, d, e, f, g, h, i, j, k, l] = v;
    all(a, b, c, d, e, f, g, h, i, j, k, l);
  }
  // Read from its text, which is what is stored.
  void add(const Template& v) { add(v.text); }
  void add(const StreamKey& v) {
    const auto& [a, b, c, d] = v;
    all(a, b, c, d);
  }
  void add(const Record& record) {
    const auto& [id, payload, position, first_seen, pruned_at, action, row, deleted_at, hash, at] =
        record.fields();
    all(id, payload, position.time, format_uuid(position.id), first_seen, pruned_at, action, row);
    all(deleted_at, hash, at);
  }
  void add(const RecordPtr& record) { add(*record); }
  void add(const Stream& v) {
    // What comes after the log is not stored.
    const auto& [number, tag, log, revision, superseded, last_writer, last_written] = v;
    all(number, tag, log.size(), log.bytes());
    log.walk(Position::start(), [this](const Record& record) {
      add(record);
      return true;
    });
  }
  void add(const Environment& v) {
    const auto& [a, b, c, d, e, f] = v;
    all(a, b, c, d, e, f);
  }
  void add(const FaultRule& v) {
    const auto& [id, match, nth, every, ppm, times, effect, text, matched, fired, seen] = v;
    all(id, match, nth, every, ppm, times, effect.index(), text, matched, fired, seen);
  }
  void add(const StagedCommit& v) {
    const auto& [a, b, c, d, e, f, g] = v;
    all(a, b, c, d, e, f, g);
  }
  void add(const Attempt& v) {
    const auto& [a, b, c, d, e, f, g, h, i, j] = v;
    all(a, b, c, d, e, f, g, h, i, j);
  }
  void add(const WebhookEffect& v) {
    const auto& [drop, copies, delay, reorder, forge_signature, forge_body, before_commit] = v;
    all(drop, copies, delay, reorder, forge_signature, forge_body, before_commit);
  }
  void add(const AttemptPlan& v) {
    const auto& [a, b, c] = v;
    all(a, b, c);
  }
  void add(const Hold& v) {
    const auto& [a, b] = v;
    all(a, b);
  }
  void add(const Delivery& v) {
    const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = v;
    all(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
  }
  void add(const State& v) {
    const auto& [a, faults, c, d, e, f, g, h, i, quirks, zone, j, k, l, m, n, o, p, q, r, s, t] = v;
    all(a, faults.rules(), c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
    add(zone);
    for (const auto& each : kQuirkWords) {
      all(each.word, quirks.chosen(each.value), quirks.on(each.value));
    }
  }

  std::string out_;
};

inline Time sample_time(std::int64_t micros) {
  return Time(Duration(1'700'000'000'000'000 + micros));
}

// A version of the record `id` of the stream with tag 77, in row `row`.
inline RecordPtr sample_record(std::uint64_t row, std::string_view id, std::string_view payload,
                               std::int64_t micros, Action action = Action::kAdded,
                               std::optional<Time> pruned_at = std::nullopt) {
  const bool deleted = action == Action::kDeleted;
  return Record::make({id,
                       payload,
                       {sample_time(micros), record_uuid(77, id)},
                       sample_time(0),
                       pruned_at,
                       action,
                       row,
                       deleted ? std::optional(sample_time(micros - 1)) : std::nullopt,
                       row * 0x0123456789ABCDEF >> 1U,
                       static_cast<std::uint32_t>(row % (payload.size() - 1))});
}

inline Delivery sample_delivery(std::uint64_t number) {
  using namespace std::string_literals;
  Delivery delivery;
  delivery.id = "d-" + std::to_string(number);
  delivery.number = number;
  delivery.environment = "dev";
  delivery.url = "http://127.0.0.1:9/hook?a=\"b\"";
  delivery.type = "auth";
  delivery.stream = {"github", "demo", "Issue", "v1"};
  delivery.run_id = "run-3";
  delivery.body = "{\"a\":\"\\u0000\xE2\x80\xA8\",\"n\":1e400}";
  delivery.headers = {{"X-Sig", "abc"}, {"x-sig", "second"}, {"Bytes", "\xFF\0\x80"s}};
  delivery.created_at = sample_time(11);
  delivery.state = DeliveryState::kHeld;
  delivery.next_attempt_at = sample_time(12);
  delivery.attempts_made = 2;
  delivery.attempts = {{1,
                        sample_time(13),
                        Duration(14),
                        500,
                        "",
                        "cut in a caf\xC3",
                        "rule-1",
                        sample_time(15),
                        {{"Server", "x"}, {"Set-Cookie", "a"}, {"Set-Cookie", "b"}},
                        {{"webhook-timestamp", "1"}}},
                       {2, sample_time(16), Duration(17), 0, "timeout", "a\0b"s, "", std::nullopt}};
  delivery.plan = {true, {.copies = 3, .forge_signature = true, .forge_body = true}, "rule-2"};
  delivery.held = {HeldFor::kFault, "rule-2"};
  delivery.settled_by_fault = "rule-3";
  delivery.operation = 71;
  return delivery;
}

inline FaultRule sample_rule(std::string_view text) {
  core::json::Reader reader;
  const auto value = reader.read(text);
  core::json::Issues issues;
  FaultRule rule = read_fault_rule(*value, {}, "fallback", issues);
  if (!issues.empty()) rule.text = issues.front().message;
  return rule;
}

inline Template sample_template() {
  core::json::Reader reader;
  const auto value = reader.read(
      R"({"name":"t","provider":"p","model":"M","collection":"c","fields":{"n":{"words":[1,2]}}})");
  core::json::Issues issues;
  Template made = read_template(*value, {}, issues);
  if (!issues.empty()) made.text = issues.front().message;
  return made;
}

inline Environment sample_environment() {
  using namespace std::string_literals;
  Environment environment;
  environment.settings = {.name = "dev \xE2\x80\xA8 \xC3\xA9 \x01",
                          .secret_key = "secret",
                          .signing_key = "signing",
                          .previous_signing_key = "previous",
                          .previous_signing_key_until = sample_time(21),
                          .signing_key_overlap = Duration(22),
                          .webhook_urls = {"http://a/", "http://b/"},
                          .retry = {8, Duration(23), 2500, Duration(24), Duration(25), 999},
                          .always_send = true,
                          .standard_webhooks = true,
                          .rate_limit = RateLimit{26, Duration(27)},
                          .breaker = BreakerPolicy{28, Duration(29), Duration(30)},
                          .max_response_bytes = 31};
  environment.integrations.items().resize(2);
  Integration& integration = environment.integrations[0];
  integration = {"github", {}, "gh", "Git", sample_time(60), sample_time(61)};
  integration.syncs.items().resize(2);
  integration.syncs[0] = {"issues", {"Issue", "User"},    Duration(32), SyncKind::kFull,
                          false,    {{"Issue", "issues"}}};
  environment.integrations[1].id = "b";
  environment.connections.items().resize(2);
  Connection& connection = environment.connections[0];
  connection.id = "demo";
  connection.integration = "github";
  connection.webhook_url = "http://c/";
  connection.synced = {{"issues", "base"}, {"issues", "v1"}};
  connection.number = 62;
  connection.metadata = R"({"a":0.10})";
  connection.credentials = R"({"key":"k"})";
  connection.tags = R"({"plan":"pro"})";
  connection.end_user = R"({"id":"u"})";
  connection.created_at = sample_time(63);
  connection.updated_at = sample_time(64);
  environment.connections[1].id = "demo";
  environment.connections[1].integration = "b";
  Collection& collection = environment.collections[{"github", "demo", "issues"}];
  collection.number = 1;
  collection.id_key = "key";
  collection.behaviour = {65, Duration(66), 67, Duration(68)};
  collection.plan = ChangePlan{Duration(69), 70, 71, 72, sample_time(73)};
  collection.changes_drawn = 74;
  collection.put("o1", R"({"key":"o1","n":1e400})", sample_time(75));
  collection.put("o2", R"({"key":"o2"})", sample_time(76));
  collection.remove("o1", sample_time(77));
  environment.collections[{"github", "demo", "empty"}].number = 2;
  Schedule& schedule = environment.schedules[{"github", "demo", "issues", "v1"}];
  schedule = {1,
              true,
              Duration(78),
              sample_time(79),
              true,
              "run-80",
              SyncType::kIncremental,
              sample_time(81),
              TriggerOptions{true, true},
              LastRun::kError,
              "boom",
              sample_time(82),
              {{"Issue", {83, 84, 85, 86}}},
              {{"Issue", 87}}};
  environment.schedules[{"b", "demo", "other"}].number = 2;
  Stream& stream = environment.streams[{"github", "demo", "Issue", "v1"}];
  stream.number = 1;
  stream.tag = 77;
  stream.log.put(sample_record(1, "a", R"({"id":"a","n":0.10})", 5));
  stream.log.put(sample_record(2, "b", R"({"id":"b"})", 4, Action::kUpdated));
  stream.log.put(sample_record(3, "c", R"({"id":"c"})", 4, Action::kDeleted, sample_time(40)));
  Stream& other = environment.streams[{"github", "demo", "User"}];
  other.number = 3;
  other.tag = 4'000'000'000;
  other.log.put(sample_record(4, "a\0\xE2\x80\xA8"s, R"({"id":"a\u0000"})", -5));
  return environment;
}

inline State sample_state() {
  State state;
  state.environments.push_back(sample_environment());
  state.environments.emplace_back().settings.name = "prod";
  FaultRule rule = sample_rule(
      R"({"on":"api","match":{"path":"/records*"},"probability":0.5,"times":9,"do":{"status":503}})");
  rule.matched = 41;
  rule.fired = 42;
  rule.seen = {{"event", 2}, {"\xFF", 1}};
  state.faults.put(std::move(rule));
  state.faults.put(sample_rule(R"({"id":"w","on":"webhook","nth":[1,3],"do":{"drop":true}})"));
  state.deliveries.emplace(2, sample_delivery(2));
  state.deliveries[5].number = 5;
  state.deliveries_forgotten = 43;
  state.records_text = SharedText(R"([{"model":"Issue"}])");
  state.staged[7] = {
      7,
      "dev",
      {"github", "demo", "Issue", "v1"},
      {sample_record(5, "late", R"({"id":"late"})", 9, Action::kUpdated, sample_time(44))},
      sample_time(45),
      true,
      {"d-2"}};
  state.actions[3] = {"action-3",
                      "dev",
                      "github",
                      "demo",
                      "create-issue",
                      R"({"title":"t"})",
                      ActionState::kFailed,
                      "why",
                      sample_time(91),
                      ActionState::kSucceeded,
                      sample_time(90),
                      92};
  state.actions[4].id = "action-4";
  state.upstream_text = SharedText(R"([{"collection":"issues"}])");
  state.templates.push_back(sample_template());
  state.last_delivery = 46;
  state.last_run = 47;
  state.last_staged = 48;
  state.last_row = 49;
  state.last_stream = 50;
  state.last_collection = 53;
  state.last_schedule = 54;
  state.last_action = 55;
  state.last_connection = 56;
  state.last_commit = sample_time(51);
  state.virtual_now = sample_time(52);
  return state;
}

}  // namespace terapi::simulator
