#include "simulator/api/syncs.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/duration.h"
#include "core/json_writer.h"
#include "core/parse_number.h"
#include "simulator/records/names.h"
#include "simulator/runs/sync_runner.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr Duration kLeastFrequency = std::chrono::seconds(30);

// A sync as a caller names it: "github-issues", "github-issues::v1", {"name","variant"}.
struct NamedSync {
  std::string name;
  std::string variant = std::string(kBaseVariant);
};

NamedSync named_by(std::string_view text) {
  const std::size_t colons = text.find("::");
  NamedSync named;
  named.name = text.substr(0, colons);
  if (colons != std::string_view::npos) named.variant = text.substr(colons + 2);
  return named;
}

std::vector<NamedSync> read_syncs(json::Fields& fields) {
  std::vector<NamedSync> syncs;
  const json::Value list = fields.array("syncs");
  if (!list.is_array() && !fields.has("syncs")) fields.report("syncs", "required", "is missing");
  std::size_t i = 0;
  for (const json::Value item : list.items()) {
    json::Path path = fields.path_to("syncs");
    path.push_back(std::to_string(i++));
    if (item.is_string()) {
      syncs.push_back(named_by(fields.text_of(item, path)));
      continue;
    }
    if (!item.is_object()) {
      json::report_wrong(item, path, "a name, or {\"name\", \"variant\"}", fields.issues());
      continue;
    }
    json::Fields inside(item, path, fields.issues());
    NamedSync named;
    named.name = inside.required("name");
    named.variant = inside.string("variant").value_or(named.variant);
    inside.finish();
    syncs.push_back(std::move(named));
  }
  return syncs;
}

ApiError unknown_sync(const std::string& integration, const std::string& sync) {
  return {400, "unknown_sync", "'" + integration + "' has no sync '" + sync + "'"};
}

// Why a sync of the integration cannot be acted on; nothing when it can.
std::optional<ApiError> refuse_sync(const PublicCall& call, const Integration& integration,
                                    const NamedSync& named) {
  const Sync* sync = integration.find_sync(named.name);
  if (sync == nullptr && call.engine.state().find_template(integration, named.name) == nullptr) {
    return unknown_sync(integration.id, named.name);
  }
  if (sync == nullptr || !sync->enabled) {
    return ApiError{400, "sync_not_enabled", "the sync '" + named.name + "' is not enabled"};
  }
  return std::nullopt;
}

// Names and variants of syncs. It lives no longer than the list that it is made of.
using SyncSet = std::set<std::pair<std::string_view, std::string_view>>;

SyncSet set_of(const std::vector<NamedSync>& syncs) {
  SyncSet set;
  for (const NamedSync& named : syncs) set.emplace(named.name, named.variant);
  return set;
}

// None means all.
bool is_wanted(const ScheduleKey& key, const SyncSet& syncs) {
  return syncs.empty() || syncs.contains({key.sync, key.variant});
}

// The schedules that a body is about.
struct Chosen {
  std::vector<ScheduleKey> keys;
  std::optional<ApiError> refused;
};

Chosen choose(const PublicCall& call, const std::string& integration_id,
              const std::optional<std::string>& connection, const std::vector<NamedSync>& syncs,
              bool schedules = true) {
  Chosen chosen;
  const Integration* integration = call.environment.find_integration(integration_id);
  if (integration == nullptr) {
    chosen.refused = ApiError{400, "unknown_provider_config_key",
                              "there is no integration '" + integration_id + "'"};
    return chosen;
  }
  if (connection && call.environment.find_connection(integration_id, *connection) == nullptr) {
    chosen.refused = ApiError{400, "unknown_connection",
                              "Provided ConnectionId and ProviderConfigKey does not match a valid "
                              "connection"};
    return chosen;
  }
  for (const NamedSync& named : syncs) {
    if (auto refused = refuse_sync(call, *integration, named)) {
      chosen.refused = std::move(refused);
      return chosen;
    }
  }
  // A sync that is enabled in a world without its external API is scheduled when somebody asks for
  // it.
  if (schedules) {
    call.machines.runner.take_up_all(call.environment, [&](const Connection& each) {
      return each.integration == integration_id && (!connection || each.id == *connection);
    });
  }
  const SyncSet wanted = set_of(syncs);
  SyncSet there;
  for (const auto& [key, schedule] : call.environment.schedules) {
    if (key.integration != integration_id || (connection && key.connection != *connection))
      continue;
    if (!is_wanted(key, wanted)) continue;
    if (!call.machines.runner.enabled(call.environment, key)) continue;
    chosen.keys.push_back(key);
    there.emplace(key.sync, key.variant);
  }
  if (connection && !wanted.empty() && there.size() < wanted.size()) {
    chosen.refused = ApiError{400, "unknown_sync_variant",
                              "a sync is not scheduled in that variant for this connection"};
  }
  return chosen;
}

// Words for lengths of time, in "every half hour" and "5 mins".
struct NamedLength {
  std::string_view word;
  Duration length;
};
constexpr std::array kNamedFrequencies = {NamedLength{"quarter hour", std::chrono::minutes(15)},
                                          NamedLength{"half hour", std::chrono::minutes(30)},
                                          NamedLength{"half day", std::chrono::hours(12)},
                                          NamedLength{"week", std::chrono::hours(7 * 24)},
                                          NamedLength{"month", std::chrono::hours(30 * 24)}};
constexpr std::array kFrequencyUnits = [] {
  constexpr Duration kSecond = std::chrono::seconds(1);
  constexpr Duration kMinute = std::chrono::minutes(1);
  constexpr Duration kHour = std::chrono::hours(1);
  constexpr Duration kDay = std::chrono::hours(24);
  return std::to_array<NamedLength>({{"s", kSecond},
                                     {"sec", kSecond},
                                     {"secs", kSecond},
                                     {"second", kSecond},
                                     {"seconds", kSecond},
                                     {"m", kMinute},
                                     {"min", kMinute},
                                     {"mins", kMinute},
                                     {"minute", kMinute},
                                     {"minutes", kMinute},
                                     {"h", kHour},
                                     {"hr", kHour},
                                     {"hrs", kHour},
                                     {"hour", kHour},
                                     {"hours", kHour},
                                     {"d", kDay},
                                     {"day", kDay},
                                     {"days", kDay}});
}();

template <std::size_t N>
std::optional<Duration> find_length(const std::array<NamedLength, N>& lengths,
                                    std::string_view word) {
  for (const NamedLength& each : lengths) {
    if (each.word == word) return each.length;
  }
  return std::nullopt;
}

// The members that trigger, start and pause have in common.
struct SyncBody {
  std::vector<NamedSync> syncs;
  std::string integration;
  std::optional<std::string> connection;
};
SyncBody read_sync_body(json::Fields& fields) {
  SyncBody body;
  body.syncs = read_syncs(fields);
  body.integration = fields.required("provider_config_key");
  body.connection = fields.string("connection_id");
  return body;
}

PublicResult success() {
  PublicAnswer answer;
  answer.body = R"({"success":true})";
  return answer;
}

template <typename Act>
PublicResult act_on_syncs(PublicCall& call, Act act) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  PublicBody body(call);
  const SyncBody asked = read_sync_body(body.fields());
  if (auto refused = body.refusal()) return std::move(*refused);
  Chosen chosen = choose(call, asked.integration, asked.connection, asked.syncs);
  if (chosen.refused) return *std::move(chosen.refused);
  for (const ScheduleKey& key : chosen.keys) act(key);
  return success();
}

TriggerOptions read_order(json::Fields& fields, const Dialect& dialect) {
  TriggerOptions order;
  const json::Value opts = fields.object("opts");
  if (opts.is_object()) {
    json::Fields inside(opts, fields.path_to("opts"), fields.issues());
    order.reset = inside.boolean("reset").value_or(false);
    order.empty_cache = inside.boolean("emptyCache").value_or(false);
    inside.finish();
    if (order.empty_cache && !order.reset && dialect.empty_cache_needs_reset) {
      fields.report("opts", "invalid_value", "has emptyCache without reset");
    }
  }
  // What earlier clients say instead.
  enum class Mode { kIncremental, kFull, kFullAndEmpty };
  static constexpr auto kModes = std::to_array<core::Word<Mode>>({
      {Mode::kIncremental, "incremental"},
      {Mode::kFull, "full_refresh"},
      {Mode::kFullAndEmpty, "full_refresh_and_clear_cache"},
  });
  const Mode mode = fields.word("sync_mode", kModes).value_or(Mode::kIncremental);
  order.reset = order.reset || mode != Mode::kIncremental;
  order.empty_cache = order.empty_cache || mode == Mode::kFullAndEmpty;
  order.reset = order.reset || fields.boolean("full_resync").value_or(false);
  return order;
}

std::string_view status_of(const SyncRunner& runner, const Environment& environment,
                           const ScheduleKey& key, const Schedule& schedule) {
  if (schedule.running) return "RUNNING";
  if (!runner.enabled(environment, key)) return "STOPPED";
  if (schedule.paused) return "PAUSED";
  return schedule.last == LastRun::kError ? "ERROR" : "SUCCESS";
}

void write_status(json::Writer& out, const PublicCall& call, const ScheduleKey& key,
                  const Schedule& schedule) {
  const SyncRunner& runner = call.machines.runner;
  out.begin_object()
      .field("id", call.engine.make_id("sync", schedule.number))
      .field("type", sync_type_name(schedule.type))
      .field("name", key.sync)
      .field("variant", key.variant)
      .field("connection_id", key.connection)
      .field("status", status_of(runner, call.environment, key, schedule))
      .field("frequency", core::format_duration(runner.frequency_of(call.environment, key)));
  out.key("finishedAt");
  if (schedule.finished_at) {
    out.string(format_millis(*schedule.finished_at));
  } else {
    out.null();
  }
  out.key("nextScheduledSyncAt");
  if (!schedule.paused && runner.enabled(call.environment, key)) {
    const Time next = schedule.running
                          ? schedule.started_at + runner.frequency_of(call.environment, key)
                          : schedule.next_run;
    out.string(format_millis(next));
  } else {
    out.null();
  }
  out.key("latestResult").begin_object();
  for (const auto& [model, counts] : schedule.latest) {
    out.key(model)
        .begin_object()
        .field("added", counts.added)
        .field("updated", counts.updated)
        .field("deleted", counts.deleted)
        .end_object();
  }
  out.end_object().key("recordCount").begin_object();
  const Integration* integration = call.environment.find_integration(key.integration);
  const Sync* sync = integration == nullptr ? nullptr : integration->find_sync(key.sync);
  for (const std::string& model : sync == nullptr ? std::vector<std::string>() : sync->models) {
    const Stream* stream =
        call.environment.find_stream({key.integration, key.connection, model, key.variant});
    out.field(model, stream == nullptr ? std::size_t{0}
                                       : stream->log.size() - stream->log.count(Action::kDeleted));
  }
  out.end_object().key("checkpoint");
  if (schedule.checkpoint.empty()) {
    out.null();
  } else {
    out.begin_object();
    for (const auto& [model, change] : schedule.checkpoint) {
      out.field(model, std::to_string(change));
    }
    out.end_object();
  }
  out.end_object();
}

std::vector<NamedSync> split_names(std::string_view text) {
  std::vector<NamedSync> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) names.push_back(named_by(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

// A variant's key, of a body with the connection and a path with the rest.
struct VariantCall {
  ScheduleKey key;
  std::optional<ApiError> refused;
};
VariantCall read_variant(const PublicCall& call) {
  VariantCall variant;
  if (auto refused = refuse_other_parameters(call, {})) return {{}, std::move(refused)};
  PublicBody body(call);
  variant.key = {body.fields().required("provider_config_key"),
                 body.fields().required("connection_id"), call.parts.at("name"),
                 call.parts.at("variant")};
  variant.refused = body.refusal();
  if (!variant.refused) {
    variant.refused = choose(call, variant.key.integration, variant.key.connection,
                             {{variant.key.sync, std::string(kBaseVariant)}})
                          .refused;
  }
  if (!variant.refused && name_fault(NameOf::kVariant, variant.key.variant)) {
    variant.refused =
        ApiError{400, "invalid_variant", "a variant has 1 to 255 letters, digits, - and _"};
  }
  if (!variant.refused && variant.key.variant == kBaseVariant) {
    variant.refused = ApiError{400, "invalid_variant", "'base' always exists"};
  }
  return variant;
}

}  // namespace

core::Result<Duration> parse_frequency(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with("every ")) rest.remove_prefix(6);
  if (const auto named = find_length(kNamedFrequencies, rest)) return *named;
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  const auto count = core::parse_number<std::int64_t>(digits == 0 ? "1" : rest.substr(0, digits));
  std::string_view word = rest.substr(digits);
  if (word.starts_with(' ')) word.remove_prefix(1);
  const auto unit = find_length(kFrequencyUnits, word);
  if (unit && count && *count > 0 && *count < 1'000'000) return *unit * *count;
  if (const auto duration = core::parse_duration(rest)) return *duration;
  return core::Error{"bad_duration", "'" + std::string(text) +
                                         "' is not a frequency; expected for example \"5m\", "
                                         "\"30 mins\" or \"every half hour\""};
}

PublicResult post_sync_trigger(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  PublicBody body(call);
  const SyncBody asked = read_sync_body(body.fields());
  const TriggerOptions order = read_order(body.fields(), call.engine.dialect());
  if (auto refused = body.refusal()) return std::move(*refused);
  Chosen chosen = choose(call, asked.integration, asked.connection, asked.syncs);
  if (chosen.refused) return *std::move(chosen.refused);
  for (const ScheduleKey& key : chosen.keys) {
    call.machines.runner.trigger(call.environment, key, order);
  }
  return success();
}

PublicResult post_sync_start(PublicCall& call) {
  return act_on_syncs(
      call, [&](const ScheduleKey& key) { call.machines.runner.start(call.environment, key); });
}

PublicResult post_sync_pause(PublicCall& call) {
  return act_on_syncs(
      call, [&](const ScheduleKey& key) { call.machines.runner.pause(call.environment, key); });
}

PublicResult get_sync_status(PublicCall& call) {
  if (auto refused =
          refuse_other_parameters(call, {"syncs", "provider_config_key", "connection_id"})) {
    return std::move(*refused);
  }
  std::vector<ValidationError> errors;
  const std::string syncs = call.target.get("syncs").value_or("");
  const std::string integration = call.target.get("provider_config_key").value_or("");
  for (const auto& [name, value] :
       {std::pair{"syncs", &syncs}, std::pair{"provider_config_key", &integration}}) {
    if (!value->empty()) continue;
    errors.push_back(
        {"invalid_type", "Invalid input: expected string, received undefined", {name}});
  }
  if (!errors.empty()) return invalid_input("invalid_query_params", std::move(errors));
  const std::vector<NamedSync> names = syncs == "*" ? std::vector<NamedSync>() : split_names(syncs);
  const Integration* known = call.environment.find_integration(integration);
  const auto connection = call.target.get("connection_id");
  // A sync that is off has a status, too.
  if (Chosen chosen = choose(call, integration, connection, {}, false); chosen.refused) {
    return *std::move(chosen.refused);
  }
  for (const NamedSync& named : names) {
    auto refused = refuse_sync(call, *known, named);
    if (refused && refused->code == "unknown_sync") return *std::move(refused);
  }
  const SyncSet wanted = set_of(names);
  json::Writer out;
  out.begin_object().key("syncs").begin_array();
  for (const auto& [key, schedule] : call.environment.schedules) {
    if (key.integration != integration || (connection && key.connection != *connection)) continue;
    if (is_wanted(key, wanted)) write_status(out, call, key, schedule);
  }
  out.end_array().end_object();
  PublicAnswer answer;
  answer.body = out.take();
  return answer;
}

PublicResult put_sync_frequency(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  PublicBody body(call);
  json::Fields& fields = body.fields();
  NamedSync named{fields.required("sync_name"),
                  fields.string("sync_variant").value_or(std::string(kBaseVariant))};
  const std::string integration = fields.required("provider_config_key");
  const std::string connection = fields.required("connection_id");
  std::optional<Duration> frequency;
  if (!fields.has("frequency")) {
    fields.report("frequency", "required", "is missing; expected a duration, or null");
  } else if (const auto text = fields.string("frequency")) {
    const auto parsed = parse_frequency(*text);
    if (!parsed) {
      fields.report("frequency", "invalid_value", "cannot be used: " + parsed.error().message);
    } else if (*parsed < kLeastFrequency) {
      fields.report("frequency", "invalid_value", "is less than 30 s, the least");
    } else {
      frequency = *parsed;
    }
  }
  if (auto refused = body.refusal()) return std::move(*refused);
  Chosen chosen = choose(call, integration, connection, {named});
  if (chosen.refused) return *std::move(chosen.refused);
  const ScheduleKey& key = chosen.keys.front();
  call.machines.runner.set_frequency(call.environment, key, frequency);
  json::Writer out;
  out.begin_object()
      .field("frequency",
             core::format_duration(call.machines.runner.frequency_of(call.environment, key)))
      .end_object();
  PublicAnswer answer;
  answer.body = out.take();
  return answer;
}

PublicResult post_sync_variant(PublicCall& call) {
  VariantCall variant = read_variant(call);
  if (variant.refused) return *std::move(variant.refused);
  if (call.environment.find_schedule(variant.key) != nullptr) {
    return ApiError{400, "sync_variant_already_exists",
                    "the sync has the variant '" + variant.key.variant + "' already"};
  }
  call.machines.runner.add_variant(call.environment, variant.key);
  const Schedule& schedule = *call.environment.find_schedule(variant.key);
  json::Writer out;
  out.begin_object()
      .field("id", call.engine.make_id("sync", schedule.number))
      .field("name", variant.key.sync)
      .field("variant", variant.key.variant)
      .end_object();
  PublicAnswer answer;
  answer.body = out.take();
  return answer;
}

PublicResult delete_sync_variant(PublicCall& call) {
  VariantCall variant = read_variant(call);
  if (variant.refused) return *std::move(variant.refused);
  if (call.environment.find_schedule(variant.key) == nullptr) {
    return ApiError{400, "unknown_sync_variant",
                    "the sync has no variant '" + variant.key.variant + "'"};
  }
  call.machines.runner.remove_variant(call.environment, variant.key);
  return success();
}

}  // namespace terapi::simulator
