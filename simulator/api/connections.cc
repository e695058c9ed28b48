#include "simulator/api/connections.h"

#include <algorithm>
#include <utility>

#include "core/json_writer.h"
#include "core/parse_number.h"
#include "core/url.h"
#include "simulator/records/names.h"
#include "simulator/records/object_members.h"
#include "simulator/runs/sync_runner.h"
#include "simulator/webhooks/webhook_payload.h"
#include "simulator/webhooks/webhook_queue.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::size_t kMostListed = 10'000;

ApiError no_such_connection(const std::string& id) {
  return {404, "not_found", "Connection \"" + id + "\" does not exist"};
}

std::string_view provider_of(const Environment& environment, const Connection& connection) {
  const Integration* integration = environment.find_integration(connection.integration);
  return integration == nullptr ? std::string_view(connection.integration)
                                : integration->provider_or_id();
}

// What a list and a single answer have in common; no credentials.
void write_connection(json::Writer& out, const Environment& environment,
                      const Connection& connection) {
  out.field("id", connection.number)
      .field("connection_id", connection.id)
      .field("provider_config_key", connection.integration)
      .field("provider", provider_of(environment, connection))
      .raw_field("metadata", connection.metadata)
      .key("errors")
      .begin_array()
      .end_array()
      .raw_field("end_user", connection.end_user.value_or("null"))
      .raw_field("tags", connection.tags);
}

std::string listed(const Environment& environment, const Connection& connection) {
  json::Writer out;
  out.begin_object().field("created", format_millis(connection.created_at));
  write_connection(out, environment, connection);
  out.end_object();
  return out.take();
}

std::string whole(const PublicCall& call, const Connection& connection, bool credentials) {
  json::Writer out;
  out.begin_object();
  write_connection(out, call.environment, connection);
  out.field("created_at", format_millis(connection.created_at))
      .field("updated_at", format_millis(connection.updated_at))
      .key("connection_config")
      .begin_object()
      .end_object()
      .optional_field(call.engine.dialect().connection_webhook_key, connection.webhook_url);
  if (credentials) {
    out.raw_field("credentials", connection.credentials.empty()
                                     ? R"({"type":"API_KEY","apiKey":"simulated"})"
                                     : connection.credentials);
  }
  out.end_object();
  return out.take();
}

// Which connections a list is asked for.
struct Filter {
  std::string connection_id;
  std::string search;
  std::string end_user_id;
  std::string organization_id;
  std::vector<std::string> integrations;
  std::vector<std::pair<std::string, std::string>> tags;
  std::size_t limit = kMostListed;
  std::size_t page = 0;

  bool matches(const Connection& connection) const;
};

bool has_member(const std::string& object, const std::string& name, const std::string& value) {
  json::Reader reader;
  const auto read = reader.read(object);
  return read && (*read)[name].is_string() && json::spelled((*read)[name]) == value;
}

bool Filter::matches(const Connection& connection) const {
  if (!connection_id.empty() && connection.id != connection_id) return false;
  if (!search.empty() && connection.id.find(search) == std::string::npos) return false;
  if (!integrations.empty() && std::find(integrations.begin(), integrations.end(),
                                         connection.integration) == integrations.end()) {
    return false;
  }
  const std::string user = connection.end_user.value_or("{}");
  if (!end_user_id.empty() && !has_member(user, "id", end_user_id)) return false;
  if (!organization_id.empty()) {
    json::Reader reader;
    const auto read = reader.read(user);
    if (!read || (*read)["organization"]["id"].string() != organization_id) return false;
  }
  return std::all_of(tags.begin(), tags.end(), [&](const auto& tag) {
    return has_member(connection.tags, tag.first, tag.second);
  });
}

std::vector<std::string> split_by_comma(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// A whole number from 0; reports anything else.
std::size_t read_count(const std::string& name, const std::string& value, std::size_t most,
                       std::vector<ValidationError>& errors) {
  const auto number = core::parse_number<std::size_t>(value);
  if (number && *number <= most) return *number;
  errors.push_back({"invalid_type",
                    "Invalid input: expected a whole number from 0 to " + std::to_string(most) +
                        ", received \"" + value + "\"",
                    {name}});
  return 0;
}

Filter read_filter(const PublicCall& call, std::vector<ValidationError>& errors) {
  Filter filter;
  for (const auto& [name, value] : call.target.query) {
    if (name == "connectionId") {
      filter.connection_id = value;
    } else if (name == "search") {
      filter.search = value;
    } else if (name == "endUserId") {
      filter.end_user_id = value;
    } else if (name == "endUserOrganizationId") {
      filter.organization_id = value;
    } else if (name == "integrationId") {
      for (std::string& id : split_by_comma(value)) filter.integrations.push_back(std::move(id));
    } else if (name.starts_with("tags[") && name.ends_with("]")) {
      filter.tags.emplace_back(name.substr(5, name.size() - 6), value);
    } else if (name == "limit") {
      filter.limit = read_count(name, value, kMostListed, errors);
    } else if (name == "page") {
      filter.page = read_count(name, value, 1'000'000'000, errors);
    }
    // Others are left alone: clients send more than is known here.
  }
  return filter;
}

// The connection that a path and its query name, or why there is none.
struct Named {
  Connection* connection = nullptr;
  std::optional<ApiError> refused;
};
Named named_in_path(const PublicCall& call) {
  Named named;
  const std::string key = call.target.get("provider_config_key").value_or("");
  if (key.empty()) {
    named.refused = invalid_input("invalid_query_params",
                                  {{"invalid_type",
                                    "Invalid input: expected string, received undefined",
                                    {"provider_config_key"}}});
    return named;
  }
  const std::string& id = call.parts.at("id");
  named.connection = call.environment.find_connection(key, id);
  if (named.connection == nullptr) named.refused = no_such_connection(id);
  return named;
}

// The parts of a connection that its creation and a change both may say.
struct GivenParts {
  // Null takes away what there is.
  std::optional<std::optional<std::string>> end_user;
  std::optional<std::string> tags;
  std::optional<std::optional<std::string>> webhook_url;
};
GivenParts read_parts(json::Fields& fields, const Dialect& dialect) {
  GivenParts given;
  if (const json::Value user = fields.object("end_user"); user.is_object()) {
    given.end_user = json::compact(user);
  } else if (fields.any("end_user").is_null()) {
    given.end_user.emplace();
  }
  if (const json::Value tags = fields.object("tags"); tags.is_object()) {
    given.tags = json::compact(tags);
  } else if (fields.any("tags").is_null()) {
    given.tags = "{}";
  }
  // Its own name for it the simulator takes in every dialect: so say its page and sdk/node.
  constexpr std::string_view kOwnName = "webhook_url";
  const std::string_view webhook_url =
      fields.has(kOwnName) ? kOwnName : dialect.connection_webhook_key;
  if (fields.any(webhook_url).is_null()) given.webhook_url.emplace();
  if (const auto text = fields.string(webhook_url)) {
    given.webhook_url = text;
    if (const auto url = core::parse_url(*text); !url) {
      fields.report(webhook_url, "invalid_value", "cannot be used: " + url.error().message);
    }
  }
  return given;
}

void apply(const GivenParts& given, Connection& connection) {
  if (given.end_user) connection.end_user = *given.end_user;
  if (given.tags) connection.tags = *given.tags;
  if (given.webhook_url) connection.webhook_url = *given.webhook_url;
}

// Tells the user's backend (HOOK-13), and starts what is enabled (SYNC-2).
void begin(PublicCall& call, const Connection& connection) {
  AuthFacts facts{call.environment.settings.name, connection.integration,
                  std::string(provider_of(call.environment, connection)), connection.id};
  call.machines.webhooks.notify(call.environment, {"auth",
                                                   {connection.integration, connection.id, "", ""},
                                                   auth_body(facts, call.engine.dialect())});
  call.machines.runner.take_up(call.environment, connection);
  call.engine.log(LogLevel::kInfo, "connection.created", "a connection was created",
                  {{"integration", connection.integration}, {"connection", connection.id}});
}

std::vector<std::string> read_ids(json::Fields& fields) {
  const json::Value given = fields.any("connection_id");
  std::vector<std::string> ids;
  const json::Path path = fields.path_to("connection_id");
  const auto text = [&](const json::Value& id) {
    return id.is_string() ? fields.text_of(id, path) : std::string();
  };
  if (given.is_string()) ids.push_back(text(given));
  if (given.is_array()) {
    for (const json::Value id : given.items()) ids.push_back(text(id));
  }
  if (ids.empty() || std::find(ids.begin(), ids.end(), "") != ids.end()) {
    fields.report("connection_id", "invalid_type", "has to be an id, or a list of them");
  }
  return ids;
}

PublicResult set_metadata(PublicCall& call, bool merges) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  PublicBody body(call);
  json::Fields& fields = body.fields();
  const std::string key = fields.required("provider_config_key");
  const std::vector<std::string> ids = read_ids(fields);
  const json::Value metadata = fields.object("metadata");
  if (!metadata.is_object()) fields.report("metadata", "required", "is missing: an object");
  if (auto refused = body.refusal()) return std::move(*refused);
  for (const std::string& id : ids) {
    if (call.environment.find_connection(key, id) == nullptr) return no_such_connection(id);
  }
  json::Writer out;
  out.begin_object().field("provider_config_key", key);
  for (const std::string& id : ids) {
    Connection& connection = *call.environment.find_connection(key, id);
    ObjectMembers members = merges ? ObjectMembers::of_text(connection.metadata) : ObjectMembers();
    members.set_all(metadata);
    connection.metadata = members.text();
    connection.updated_at = call.engine.now();
    if (ids.size() == 1) out.field("connection_id", id).raw_field("metadata", connection.metadata);
  }
  if (ids.size() > 1) {
    out.key("connection_id").begin_array();
    for (const std::string& id : ids) out.string(id);
    out.end_array().raw_field("metadata", json::compact(metadata));
  }
  out.end_object();
  call.engine.note_settings();
  PublicAnswer answer;
  answer.body = out.take();
  return answer;
}

}  // namespace

PublicResult get_connections(PublicCall& call) {
  std::vector<ValidationError> errors;
  const Filter filter = read_filter(call, errors);
  if (!errors.empty()) return invalid_input("invalid_query_params", std::move(errors));
  json::Writer out;
  out.begin_object().key("connections").begin_array();
  std::size_t skip = filter.page * filter.limit;
  std::size_t left = filter.limit;
  for (const Connection& connection : call.environment.connections) {
    if (!filter.matches(connection)) continue;
    if (skip > 0) {
      --skip;
      continue;
    }
    if (left == 0) break;
    --left;
    out.raw(listed(call.environment, connection));
  }
  out.end_array().end_object();
  PublicAnswer answer;
  answer.body = out.take();
  return answer;
}

PublicResult post_connection(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  PublicBody body(call);
  json::Fields& fields = body.fields();
  Connection made;
  made.integration = fields.required("provider_config_key");
  const auto id = fields.string("connection_id");
  if (const json::Value metadata = fields.object("metadata"); metadata.is_object()) {
    made.metadata = json::compact(metadata);
  }
  if (const json::Value credentials = fields.object("credentials"); credentials.is_object()) {
    made.credentials = json::compact(credentials);
  }
  static_cast<void>(fields.object("connection_config"));
  apply(read_parts(fields, call.engine.dialect()), made);
  if (!made.integration.empty() && call.environment.find_integration(made.integration) == nullptr) {
    fields.report("provider_config_key", "invalid_value",
                  "is '" + made.integration + "', and there is no such integration");
  }
  if (id) check_name(fields, "connection_id", NameOf::kConnection, *id);
  if (id && (id->empty() || *id == "metadata")) {
    fields.report("connection_id", "invalid_value", "is '" + *id + "', which no path could name");
  }
  if (id && call.environment.find_connection(made.integration, *id) != nullptr) {
    fields.report("connection_id", "invalid_value", "is '" + *id + "', as in another connection");
  }
  if (auto refused = body.refusal()) return std::move(*refused);
  made.number = ++call.engine.state().last_connection;
  made.id = id ? *id : call.engine.make_id("connection", made.number);
  made.created_at = made.updated_at = call.engine.now();
  call.environment.connections.push_back(std::move(made));
  call.engine.note_settings();
  const Connection connection = call.environment.connections.back();
  begin(call, connection);
  PublicAnswer answer;
  answer.status = 201;
  answer.stream = {connection.integration, connection.id, "", ""};
  answer.body = whole(call, connection, false);
  return answer;
}

PublicResult get_connection(PublicCall& call) {
  if (auto refused =
          refuse_other_parameters(call, {"provider_config_key", "force_refresh", "refresh_token",
                                         "refresh_github_app_jwt_token"})) {
    return std::move(*refused);
  }
  Named named = named_in_path(call);
  if (named.refused) return *std::move(named.refused);
  PublicAnswer answer;
  answer.stream = {named.connection->integration, named.connection->id, "", ""};
  answer.body = whole(call, *named.connection, true);
  return answer;
}

PublicResult patch_connection(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {"provider_config_key"})) {
    return std::move(*refused);
  }
  Named named = named_in_path(call);
  if (named.refused) return *std::move(named.refused);
  PublicBody body(call);
  const GivenParts given = read_parts(body.fields(), call.engine.dialect());
  if (auto refused = body.refusal()) return std::move(*refused);
  apply(given, *named.connection);
  named.connection->updated_at = call.engine.now();
  call.engine.note_settings();
  PublicAnswer answer;
  answer.body = R"({"success":true})";
  return answer;
}

PublicResult delete_connection(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {"provider_config_key"})) {
    return std::move(*refused);
  }
  Named named = named_in_path(call);
  if (named.refused) return *std::move(named.refused);
  const std::string integration = named.connection->integration;
  const std::string id = named.connection->id;
  call.machines.runner.drop(call.environment, integration, id);
  std::erase_if(call.environment.connections.items(), [&](const Connection& each) {
    return each.integration == integration && each.id == id;
  });
  call.engine.note_settings();
  PublicAnswer answer;
  answer.body = R"({"success":true})";
  return answer;
}

PublicResult post_metadata(PublicCall& call) { return set_metadata(call, false); }
PublicResult patch_metadata(PublicCall& call) { return set_metadata(call, true); }

}  // namespace terapi::simulator
