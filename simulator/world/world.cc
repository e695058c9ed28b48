#include "simulator/world/world.h"

#include <algorithm>

#include "core/duration.h"
#include "core/json_writer.h"
#include "core/url.h"
#include "simulator/world/settings_json.h"
#include "simulator/world/state.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::int64_t kMostGenerated = 100'000'000;
constexpr std::int64_t kMostGeneratedBytes = 64 << 20;

json::Path item_path(json::Path path, std::size_t index) {
  path.push_back(std::to_string(index));
  return path;
}

class WorldReader {
 public:
  WorldReader(const Dialect& dialect, json::Issues& issues) : dialect_(dialect), issues_(issues) {}

  World read(const json::Value& root) {
    json::Fields fields(root, {}, issues_);
    read_environments(fields);
    read_lists(fields, nullptr);
    const json::Value faults = fields.array("faults");
    std::size_t i = 0;
    for (const json::Value rule : faults.items()) {
      const json::Path path = item_path({"faults"}, i++);
      world_.faults.push_back(read_fault_rule(rule, path, "fault-" + std::to_string(i), issues_));
    }
    world_.records_text = "[" + record_texts_ + "]";
    fields.finish();
    return std::move(world_);
  }

 private:
  void read_environments(json::Fields& fields) {
    const json::Value one = fields.object("environment");
    const json::Value several = fields.array("environments");
    if (one.is_object() && several.is_array()) {
      fields.report("environments", "invalid_value",
                    "cannot stand beside environment: a world has either one or several");
    }
    if (several.is_array()) {
      std::size_t i = 0;
      for (const json::Value item : several.items()) {
        read_environment(item, item_path({"environments"}, i++));
      }
    } else if (one.is_object()) {
      read_environment(one, {"environment"});
    }
    if (world_.environments.empty()) add_environment(default_settings(dialect_));
  }

  Environment& add_environment(Settings settings) {
    if (settings.secret_key.empty() && world_.environments.empty()) {
      settings.secret_key = kDefaultSecretKey;
    }
    Environment& environment = world_.environments.emplace_back();
    environment.settings = std::move(settings);
    return environment;
  }

  void read_environment(const json::Value& value, const json::Path& path) {
    json::Fields fields(value, path, issues_);
    Settings settings = default_settings(dialect_);
    read_settings(fields, settings);
    Environment& environment = add_environment(std::move(settings));
    if (environment.settings.secret_key.empty()) {
      fields.report("secret_key", "required",
                    "is missing; every environment but the first has to name its key");
    }
    check_unique(fields);
    read_lists(fields, &environment);
    fields.finish();
  }

  // Reports where the last environment takes a name or key that another one has.
  void check_unique(json::Fields& fields) {
    const Settings& last = world_.environments.back().settings;
    for (std::size_t i = 0; i + 1 < world_.environments.size(); ++i) {
      const Settings& other = world_.environments[i].settings;
      if (other.name == last.name) {
        fields.report("name", "invalid_value", "is '" + last.name + "', as in another environment");
      }
      if (other.secret_key == last.secret_key && !last.secret_key.empty()) {
        fields.report("secret_key", "invalid_value", "is that of another environment");
      }
    }
  }

  // The lists that stand in the world, or in one of its environments.
  void read_lists(json::Fields& fields, Environment* within) {
    read_list(fields, "integrations", within,
              [&](json::Fields& item, Environment& e) { read_integration(item, e); });
    read_list(fields, "connections", within,
              [&](json::Fields& item, Environment& e) { read_connection(item, e); });
    read_list(fields, "records", within, [&](json::Fields& item, Environment& e) {
      note_text(within);
      read_records(item, e);
    });
  }

  template <typename Read>
  void read_list(json::Fields& fields, std::string_view key, Environment* within, Read read) {
    std::size_t i = 0;
    for (const json::Value value : fields.array(key).items()) {
      const json::Path path = item_path(fields.path_to(key), i++);
      if (!value.is_object()) {
        issues_.push_back(
            {"invalid_type", json::path_text(path) + " is not an object", path, value.offset()});
        continue;
      }
      json::Fields item(value, path, issues_);
      path_ = path;
      value_ = value;
      Environment* environment = within != nullptr ? within : environment_of(item);
      if (environment == nullptr) continue;
      read(item, *environment);
      item.finish();
    }
  }

  Environment* environment_of(json::Fields& item) {
    const auto name = item.string("environment");
    if (!name) return &world_.environments.front();
    for (Environment& environment : world_.environments) {
      if (environment.settings.name == *name) return &environment;
    }
    item.report("environment", "invalid_value",
                "is '" + *name + "', and there is no such environment");
    return nullptr;
  }

  void read_integration(json::Fields& fields, Environment& environment) {
    Integration integration;
    integration.id = fields.required("id");
    std::size_t i = 0;
    for (const json::Value value : fields.array("syncs").items()) {
      json::Fields sync_fields(value, item_path(fields.path_to("syncs"), i++), issues_);
      Sync sync;
      sync.name = sync_fields.required("name");
      sync.models = sync_fields.strings("models");
      sync.frequency = sync_fields.duration("frequency").value_or(sync.frequency);
      sync.kind = sync_fields.word("type", kSyncKinds).value_or(SyncKind::kIncremental);
      sync.enabled = sync_fields.boolean("enabled").value_or(true);
      sync_fields.finish();
      integration.syncs.push_back(std::move(sync));
    }
    if (environment.find_integration(integration.id) != nullptr) {
      fields.report("id", "invalid_value",
                    "is '" + integration.id + "', as in another integration");
    }
    environment.integrations.push_back(std::move(integration));
  }

  void read_connection(json::Fields& fields, Environment& environment) {
    Connection connection;
    connection.id = fields.required("id");
    connection.integration = fields.required("integration");
    connection.webhook_url = fields.string("webhook_url");
    if (connection.webhook_url) {
      if (const auto url = core::parse_url(*connection.webhook_url); !url) {
        fields.report("webhook_url", "invalid_value", "cannot be used: " + url.error().message);
      }
    }
    if (!connection.integration.empty() &&
        environment.find_integration(connection.integration) == nullptr) {
      fields.report("integration", "invalid_value",
                    "is '" + connection.integration + "', and there is no such integration");
    }
    if (environment.find_connection(connection.integration, connection.id) != nullptr) {
      fields.report("id", "invalid_value",
                    "is '" + connection.id + "', as in another connection of that integration");
    }
    environment.connections.push_back(std::move(connection));
  }

  // Keeps a source as it was written; one that stands inside an environment then names it.
  void note_text(const Environment* within) {
    std::string text = json::compact(value_);
    if (within != nullptr && value_.size() > 0) {
      text.insert(1, "\"environment\":" + json::quoted(within->settings.name) + ",");
    }
    record_texts_ += (record_texts_.empty() ? "" : ",") + text;
  }

  void read_records(json::Fields& fields, Environment& environment) {
    RecordSource source;
    source.environment = environment.settings.name;
    source.place = json::path_text(path_);
    source.stream.connection = fields.required("connection");
    source.stream.integration = fields.string("integration").value_or("");
    source.stream.model = fields.required("model");
    source.stream.variant = fields.string("variant").value_or(source.stream.variant);
    source.id_key = fields.string("id").value_or("id");
    if (source.stream.integration.empty()) guess_integration(fields, environment, source);
    int sources = 0;
    if (const json::Value generate = fields.object("generate"); generate.is_object()) {
      ++sources;
      json::Fields inside(generate, fields.path_to("generate"), issues_);
      source.generate_count = inside.integer("count", 0, kMostGenerated).value_or(0);
      source.generate_bytes = inside.integer("bytes", 1, kMostGeneratedBytes).value_or(300);
      inside.finish();
    }
    if (const json::Value items = fields.array("items"); items.is_array()) {
      ++sources;
      for (const json::Value item : items.items()) source.items.emplace_back(item.text());
    }
    if (const auto file = fields.string("file")) {
      ++sources;
      source.file = *file;
    }
    if (sources != 1) {
      issues_.push_back({"invalid_value",
                         source.place + " has to have exactly one of generate, items and file",
                         path_, value_.offset()});
    }
    world_.records.push_back(std::move(source));
  }

  // The integration may be left out where the connection's id says it.
  void guess_integration(json::Fields& fields, const Environment& environment,
                         RecordSource& source) {
    int found = 0;
    for (const Connection& connection : environment.connections) {
      if (connection.id != source.stream.connection) continue;
      ++found;
      source.stream.integration = connection.integration;
    }
    if (found != 1) {
      fields.report("integration", "required",
                    "is missing, and the connection does not say which one is meant");
    }
  }

  const Dialect& dialect_;
  json::Issues& issues_;
  World world_;
  std::string record_texts_;
  json::Path path_;
  json::Value value_;
};

void write_integrations(json::Writer& out, const Environment& environment, bool named) {
  for (const Integration& integration : environment.integrations) {
    out.begin_object();
    if (named) out.field("environment", environment.settings.name);
    out.field("id", integration.id).key("syncs").begin_array();
    for (const Sync& sync : integration.syncs) {
      out.begin_object().field("name", sync.name).key("models").begin_array();
      for (const std::string& model : sync.models) out.string(model);
      out.end_array()
          .field("frequency", core::format_duration(sync.frequency))
          .field("type", core::word_of(kSyncKinds, sync.kind))
          .field("enabled", sync.enabled)
          .end_object();
    }
    out.end_array().end_object();
  }
}

void write_connections(json::Writer& out, const Environment& environment, bool named) {
  for (const Connection& connection : environment.connections) {
    out.begin_object();
    if (named) out.field("environment", environment.settings.name);
    out.field("id", connection.id).field("integration", connection.integration);
    out.optional_field("webhook_url", connection.webhook_url);
    out.end_object();
  }
}

}  // namespace

std::string_view default_world_text() {
  return R"({
  "environment": { "name": "dev" },
  "integrations": [
    { "id": "github",
      "syncs": [{ "name": "github-issues", "models": ["Issue"], "frequency": "1h",
                  "type": "incremental", "enabled": true }] }
  ],
  "connections": [{ "id": "demo", "integration": "github" }],
  "records": [
    { "connection": "demo", "integration": "github", "model": "Issue",
      "generate": { "count": 1000, "bytes": 300 } }
  ]
}
)";
}

World read_world(std::string_view text, const Dialect& dialect, json::Issues& issues) {
  core::Result<json::Document> document =
      json::Document::parse(std::string(text), {.comments = true});
  if (!document) {
    issues.push_back({"bad_json", document.error().message, {}, std::string_view::npos});
    return {};
  }
  if (!document->root().is_object()) {
    issues.push_back({"invalid_type", "a world file is an object", {}, document->root().offset()});
    return {};
  }
  return WorldReader(dialect, issues).read(document->root());
}

std::string issues_text(std::string_view file, std::string_view text, const json::Issues& issues) {
  std::string out;
  for (const json::Issue& issue : issues) {
    out += file;
    out += ':';
    if (issue.offset != std::string_view::npos) {
      const json::Place place = json::place_of(text, issue.offset);
      out += std::to_string(place.line) + ":" + std::to_string(place.column) + ":";
    }
    out += " " + issue.message + "\n";
  }
  return out;
}

std::string world_text(const State& state) {
  const bool several = state.environments.size() > 1;
  json::Writer out;
  out.begin_object();
  if (several) {
    out.key("environments").begin_array();
  } else {
    out.key("environment");
  }
  for (const Environment& environment : state.environments) {
    write_settings(out, environment.settings);
  }
  if (several) out.end_array();
  out.key("integrations").begin_array();
  for (const Environment& e : state.environments) write_integrations(out, e, several);
  out.end_array().key("connections").begin_array();
  for (const Environment& e : state.environments) write_connections(out, e, several);
  out.end_array().raw_field("records", state.records_text).key("faults").begin_array();
  for (const FaultRule& rule : state.faults.rules()) out.raw(fault_rule_text(rule));
  out.end_array().end_object();
  return out.take();
}

}  // namespace terapi::simulator
