#include "simulator/world/world.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <unordered_map>

#include "core/breather.h"
#include "core/url.h"
#include "simulator/records/names.h"
#include "simulator/world/quirks_json.h"
#include "simulator/world/settings_json.h"

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
    read_world_quirks(fields);
    read_time_zone(fields);
    read_templates(fields);
    read_environments(fields);
    read_lists(fields, nullptr);
    const json::Value faults = fields.array("faults");
    std::size_t i = 0;
    for (const json::Value rule : faults.items()) {
      const json::Path path = item_path({"faults"}, i++);
      world_.faults.push_back(read_fault_rule(rule, path, "fault-" + std::to_string(i), issues_));
    }
    world_.records_text = std::move(record_texts_ += ']');
    world_.upstream_text = std::move(upstream_texts_ += ']');
    fields.finish();
    return std::move(world_);
  }

 private:
  // Before the environments, whose defaults may be theirs.
  void read_world_quirks(json::Fields& fields) {
    const json::Value value = fields.object("quirks");
    if (!value.is_object()) return;
    json::Fields quirks(value, {"quirks"}, issues_);
    world_.quirks = read_quirks(quirks);
    quirks.finish();
    dialect_ = dialect_.with(world_.quirks);
  }

  // "-05:00": that of the database session, which PostgreSQL writes times in.
  void read_time_zone(json::Fields& fields) {
    const auto text = fields.string("time_zone");
    if (!text) return;
    static const std::regex kOffset(R"([+-](0\d|1[0-5]):[0-5]\d)");
    if (!std::regex_match(*text, kOffset)) {
      fields.report("time_zone", "invalid_value",
                    "is '" + *text + "'; expected an offset from UTC, as in \"-05:00\"");
    } else if (!dialect_.trims_timestamps) {
      fields.report("time_zone", "invalid_value",
                    "is for the nango dialect: in " + std::string(dialect_.name) +
                        " all times are told in UTC (META-2)");
    } else {
      const int minutes = std::stoi(text->substr(1, 2)) * 60 + std::stoi(text->substr(4));
      world_.zone_minutes = text->front() == '-' ? -minutes : minutes;
    }
  }

  // Before the integrations, whose syncs may be these templates'.
  void read_templates(json::Fields& fields) {
    std::size_t i = 0;
    for (const json::Value value : fields.array("templates").items()) {
      world_.templates.push_back(
          read_template(value, item_path(fields.path_to("templates"), i++), issues_));
    }
    for (const std::vector<Template>* list : {&std::as_const(world_.templates), &own_templates()}) {
      for (const Template& each : *list) templates_.try_emplace({each.provider, each.name}, &each);
    }
  }

  const Template* find_template(const Integration& integration, std::string_view name) const {
    const std::pair<std::string_view, std::string_view> wanted(integration.provider_or_id(), name);
    const auto found = templates_.find(wanted);
    return found == templates_.end() ? nullptr : found->second;
  }

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
    if (world_.environments.empty()) {
      add_environment(default_settings(dialect_));
      named_.emplace(world_.environments.back().settings.name, 0);
    }
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
    read_settings(fields, settings, dialect_);
    Environment& environment = add_environment(std::move(settings));
    if (environment.settings.secret_key.empty() && !fields.any("secret_key").is_string()) {
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
    if (!named_.emplace(last.name, world_.environments.size() - 1).second) {
      fields.report("name", "invalid_value", "is '" + last.name + "', as in another environment");
    }
    if (!last.secret_key.empty() && !keys_.insert(last.secret_key).second) {
      fields.report("secret_key", "invalid_value", "is that of another environment");
    }
  }

  // The lists that stand in the world, or in one of its environments.
  void read_lists(json::Fields& fields, Environment* within) {
    read_list(fields, "integrations", within,
              [&](json::Fields& item, Environment& e) { read_integration(item, e); });
    read_list(fields, "connections", within,
              [&](json::Fields& item, Environment& e) { read_connection(item, e); });
    read_list(fields, "records", within, [&](json::Fields& item, Environment& e) {
      note_text(within, record_texts_);
      read_records(item, e);
    });
    read_list(fields, "upstream", within, [&](json::Fields& item, Environment& e) {
      note_text(within, upstream_texts_);
      read_upstream(item, e);
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
    if (const auto found = named_.find(*name); found != named_.end()) {
      return &world_.environments[found->second];
    }
    item.report("environment", "invalid_value",
                "is '" + *name + "', and there is no such environment");
    return nullptr;
  }

  void read_integration(json::Fields& fields, Environment& environment) {
    Integration integration;
    integration.id = fields.required("id");
    check_name(fields, "id", NameOf::kIntegration, integration.id);
    integration.provider = fields.string("provider").value_or("");
    integration.display_name = fields.string("display_name").value_or("");
    std::size_t i = 0;
    for (const json::Value value : fields.array("syncs").items()) {
      json::Fields sync_fields(value, item_path(fields.path_to("syncs"), i++), issues_);
      Sync sync = read_sync(sync_fields, integration);
      sync_fields.finish();
      integration.syncs.push_back(std::move(sync));
    }
    if (environment.find_integration(integration.id) != nullptr) {
      fields.report("id", "invalid_value",
                    "is '" + integration.id + "', as in another integration");
    }
    environment.integrations.push_back(std::move(integration));
  }

  // What it does not say, the template of its name does.
  Sync read_sync(json::Fields& fields, const Integration& integration) {
    Sync sync;
    sync.name = fields.required("name");
    if (const Template* from = find_template(integration, sync.name)) sync = from->sync();
    check_name(fields, "name", NameOf::kSync, sync.name);
    if (fields.has("models")) {
      sync.models = fields.strings("models");
      for (const json::Value model : fields.array("models").items()) {
        if (!model.is_string()) continue;  // which has been said
        const auto fault = name_fault(NameOf::kModel, model.string());
        if (fault) fields.report("models", "invalid_value", "has a name that " + *fault);
      }
    }
    if (const json::Value given = fields.object("collections"); given.is_object()) {
      sync.collections.clear();
      for (const json::Member member : given.members()) {
        const std::string model = fields.text_of(member.key, fields.path_to("collections"));
        const std::string name = fields.text_of(member.value, fields.path_to("collections"));
        if (name.empty() || name.find('/') != std::string::npos) {
          fields.report("collections", "invalid_value",
                        "has for '" + model + "' no name without a slash");
        }
        sync.collections[model] = name;
      }
    }
    sync.frequency = read_frequency(fields).value_or(sync.frequency);
    sync.kind = fields.word("type", kSyncKinds).value_or(sync.kind);
    sync.enabled = fields.boolean("enabled").value_or(true);
    return sync;
  }

  void read_upstream(json::Fields& fields, Environment& environment) {
    UpstreamSource source;
    source.environment = environment.settings.name;
    source.place = json::path_text(path_);
    source.key.connection = fields.required("connection");
    source.key.integration = fields.string("integration").value_or("");
    if (source.key.integration.empty()) {
      guess_integration(fields, environment, source.key.connection, source.key.integration);
    } else if (environment.find_connection(source.key.integration, source.key.connection) ==
               nullptr) {
      fields.report("connection", "invalid_value",
                    "is '" + source.key.connection + "', and '" + source.key.integration +
                        "' has no such connection");
    }
    read_upstream_source(fields, source);
    world_.upstream.push_back(std::move(source));
  }

  void read_connection(json::Fields& fields, Environment& environment) {
    Connection connection;
    connection.id = fields.required("id");
    check_name(fields, "id", NameOf::kConnection, connection.id);
    connection.integration = fields.required("integration");
    if (const json::Value metadata = fields.object("metadata"); metadata.is_object()) {
      connection.metadata = json::compact(metadata);
    }
    if (const json::Value tags = fields.object("tags"); tags.is_object()) {
      connection.tags = json::compact(tags);
    }
    if (const json::Value user = fields.object("end_user"); user.is_object()) {
      connection.end_user = json::compact(user);
    }
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
  void note_text(const Environment* within, std::string& texts) {
    if (texts.size() > 1) texts += ',';
    const std::size_t at = texts.size();
    texts.reserve(std::max(at + value_.text().size() + 1, at + at / 2));
    json::append_compact(texts, value_);
    if (within != nullptr && value_.size() > 0) {
      texts.insert(at + 1, "\"environment\":" + json::quoted(within->settings.name) + ",");
    }
  }

  void read_records(json::Fields& fields, Environment& environment) {
    RecordSource source;
    source.environment = environment.settings.name;
    source.place = json::path_text(path_);
    source.stream.connection = fields.required("connection");
    source.stream.integration = fields.string("integration").value_or("");
    source.stream.model = fields.required("model");
    source.stream.variant = fields.string("variant").value_or(source.stream.variant);
    check_name(fields, "model", NameOf::kModel, source.stream.model);
    if (const auto fault = name_fault(NameOf::kVariant, source.stream.variant)) {
      fields.report("variant", "invalid_value", *fault);
    }
    check_name(fields, "connection", NameOf::kConnection, source.stream.connection);
    check_name(fields, "integration", NameOf::kIntegration, source.stream.integration);
    source.id_key = fields.string("id").value_or("id");
    if (source.stream.integration.empty()) {
      guess_integration(fields, environment, source.stream.connection, source.stream.integration);
    }
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
      for (const json::Value item : items.items()) {
        core::breathe();
        source.items.emplace_back(item.text());
      }
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
                         const std::string& connection_id, std::string& integration) {
    Connected& connected = connected_[environment.settings.name];
    for (; connected.seen < environment.connections.size(); ++connected.seen) {
      const Connection& each = environment.connections[connected.seen];
      connected.integrations[each.id].push_back(each.integration);
    }
    const std::vector<std::string>& found = connected.integrations[connection_id];
    if (!found.empty()) integration = found.back();
    if (found.size() != 1) {
      fields.report("integration", "required",
                    "is missing, and the connection does not say which one is meant");
    }
  }

  // The integrations of an environment's connections, by the connection's id.
  struct Connected {
    std::size_t seen = 0;
    std::unordered_map<std::string, std::vector<std::string>> integrations;
  };

  Dialect dialect_;
  json::Issues& issues_;
  World world_;
  std::map<std::pair<std::string_view, std::string_view>, const Template*> templates_;
  std::map<std::string, Connected> connected_;  // by the environment's name
  std::map<std::string, std::size_t> named_;    // environments, by name
  std::set<std::string> keys_;
  std::string record_texts_ = "[";
  std::string upstream_texts_ = "[";
  json::Path path_;
  json::Value value_;
};

}  // namespace

std::string_view default_world_text() {
  return R"({
  "environment": { "name": "dev" },
  "integrations": [
    { "id": "github",
      "syncs": [{ "name": "github-issues", "models": ["Issue"], "frequency": "1h",
                  "type": "incremental", "enabled": true }] },
    { "id": "hubspot" },
    { "id": "stripe" }
  ],
  "connections": [
    { "id": "demo", "integration": "github" },
    { "id": "demo", "integration": "hubspot" },
    { "id": "demo", "integration": "stripe" }
  ],
  "upstream": [{ "connection": "demo", "integration": "github", "collection": "issues" }],
  "records": [
    { "connection": "demo", "integration": "github", "model": "Issue",
      "generate": { "count": 1000, "bytes": 300 } }
  ]
}
)";
}

World read_world(std::string_view text, const Dialect& dialect, json::Issues& issues) {
  json::Reader reader({.comments = true});
  const core::Result<json::Value> root = reader.read(text);
  if (!root) {
    issues.push_back({"bad_json", root.error().message, {}, std::string_view::npos});
    return {};
  }
  if (!root->is_object()) {
    issues.push_back({"invalid_type", "a world file is an object", {}, root->offset()});
    return {};
  }
  return WorldReader(dialect, issues).read(*root);
}

std::string issues_text(std::string_view file, std::string_view text, const json::Issues& issues) {
  std::string out;
  const json::Places places(text);
  for (const json::Issue& issue : issues) {
    out += file;
    out += ':';
    if (issue.offset != std::string_view::npos) {
      const json::Place place = places.of(issue.offset);
      out += std::to_string(place.line) + ":" + std::to_string(place.column) + ":";
    }
    out += " " + issue.message + "\n";
  }
  return out;
}

}  // namespace terapi::simulator
