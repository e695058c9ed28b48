#include "simulator/api/integrations.h"

#include <algorithm>
#include <utility>

#include "core/duration.h"
#include "simulator/records/names.h"
#include "simulator/runs/sync_runner.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

ApiError no_such_integration(const std::string& key) {
  return {404, "not_found", "Integration \"" + key + "\" does not exist"};
}

std::string_view shown_name(const Integration& integration) {
  return integration.display_name.empty() ? provider_name(integration.provider_or_id())
                                          : std::string_view(integration.display_name);
}

void write_integration(json::Writer& out, const Integration& integration) {
  out.field("unique_key", integration.id)
      .field("provider", integration.provider_or_id())
      .field("display_name", shown_name(integration))
      .field("logo", "/_simulator/logos/" + std::string(integration.provider_or_id()) + ".svg")
      .field("created_at", format_millis(integration.created_at))
      .field("updated_at", format_millis(integration.updated_at));
}

void write_sync(json::Writer& out, const Sync& sync, std::string_view description) {
  out.begin_object()
      .field("name", sync.name)
      .field("type", "sync")
      .field("description", description)
      .key("models")
      .begin_array();
  for (const std::string& model : sync.models) out.string(model);
  out.end_array()
      .field("sync_type", core::word_of(kSyncKinds, sync.kind))
      .field("frequency", core::format_duration(sync.frequency))
      .field("enabled", sync.enabled)
      .end_object();
}

PublicAnswer answer_with(const PublicCall& call, const Integration& integration, bool endpoints) {
  json::Writer out;
  out.begin_object().key("data").begin_object();
  write_integration(out, integration);
  if (endpoints) write_endpoints(out.key("endpoints"), call.engine.state(), integration);
  out.end_object().end_object();
  PublicAnswer answer;
  answer.body = out.take();
  answer.stream.integration = integration.id;
  return answer;
}

// What clients say of an integration that has no meaning here: taken, and not used.
void pass_over_unused(json::Fields& fields) {
  for (const char* key : {"credentials", "integration_config", "custom"}) {
    static_cast<void>(fields.object(key));
  }
  static_cast<void>(fields.boolean("forward_webhooks"));
}

// {"name":"github-issues","enabled":true}
struct Toggle {
  std::string name;
  bool enabled = false;
};

std::vector<Toggle> read_toggles(json::Fields& fields) {
  std::vector<Toggle> toggles;
  std::size_t i = 0;
  for (const json::Value value : fields.array("endpoints").items()) {
    json::Path path = fields.path_to("endpoints");
    path.push_back(std::to_string(i++));
    json::Fields inside(value, path, fields.issues());
    Toggle toggle{inside.required("name"), inside.boolean("enabled").value_or(false)};
    if (!inside.has("enabled")) inside.report("enabled", "required", "is missing");
    inside.finish();
    toggles.push_back(std::move(toggle));
  }
  return toggles;
}

}  // namespace

void write_endpoints(json::Writer& out, const State& state, const Integration& integration) {
  const std::vector<const Template*> templates = state.templates_of(integration);
  out.begin_array();
  for (const Sync& sync : integration.syncs) {
    const Template* from = state.find_template(integration, sync.name);
    write_sync(out, sync, from != nullptr ? from->description : "");
  }
  for (const Template* each : templates) {
    if (integration.find_sync(each->name) == nullptr) {
      write_sync(out, each->sync(), each->description);
    }
  }
  for (const Template* each : templates) {
    for (const ActionTemplate& action : each->actions) {
      out.begin_object()
          .field("name", action.name)
          .field("type", "action")
          .field("description", action.description)
          .key("input")
          .begin_array();
      for (const std::string& member : action.requires_members) out.string(member);
      out.end_array().field("enabled", true).end_object();
    }
  }
  out.end_array();
}

PublicResult get_integrations(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const Integration& integration : call.environment.integrations) {
    out.begin_object();
    write_integration(out, integration);
    out.end_object();
  }
  out.end_array().end_object();
  PublicAnswer answer;
  answer.body = out.take();
  return answer;
}

PublicResult get_integration(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {"include"})) return std::move(*refused);
  const std::string include = call.target.get("include").value_or("");
  static constexpr std::array<std::string_view, 4> kIncludes = {"", "endpoints", "webhook",
                                                                "credentials"};
  if (std::find(kIncludes.begin(), kIncludes.end(), include) == kIncludes.end()) {
    return invalid_input(
        "invalid_query_params",
        {{"invalid_value",
          "include is '" + include + "'; expected \"endpoints\", \"webhook\" or \"credentials\"",
          {"include"}}});
  }
  const std::string& key = call.parts.at("key");
  const Integration* integration = call.environment.find_integration(key);
  if (integration == nullptr) return no_such_integration(key);
  return answer_with(call, *integration, true);
}

PublicResult post_integration(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  PublicBody body(call);
  Integration made;
  made.provider = body.fields().required("provider");
  made.id = body.fields().required("unique_key");
  check_name(body.fields(), "unique_key", NameOf::kIntegration, made.id);
  made.display_name = body.fields().string("display_name").value_or("");
  pass_over_unused(body.fields());
  if (call.environment.find_integration(made.id) != nullptr) {
    body.fields().report("unique_key", "invalid_value",
                         "is '" + made.id + "', as in another integration");
  }
  if (auto refused = body.refusal()) return std::move(*refused);
  made.created_at = made.updated_at = call.engine.now();
  call.environment.integrations.push_back(std::move(made));
  call.engine.note_settings();
  return answer_with(call, call.environment.integrations.back(), true);
}

PublicResult patch_integration(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  const std::string& key = call.parts.at("key");
  Integration* integration = call.environment.find_integration(key);
  if (integration == nullptr) return no_such_integration(key);
  PublicBody body(call);
  json::Fields& fields = body.fields();
  const auto unique_key = fields.string("unique_key");
  const auto display_name = fields.string("display_name");
  pass_over_unused(fields);
  const std::vector<Toggle> toggles = read_toggles(fields);
  for (const Toggle& toggle : toggles) {
    if (integration->find_sync(toggle.name) != nullptr ||
        call.engine.state().find_template(*integration, toggle.name) != nullptr) {
      continue;
    }
    fields.report("endpoints", "invalid_value",
                  "names '" + toggle.name + "', and '" + key + "' has no such sync");
  }
  if (unique_key) check_name(fields, "unique_key", NameOf::kIntegration, *unique_key);
  const bool renames = unique_key && *unique_key != key;
  const auto& connections = call.environment.connections;
  if (renames &&
      (unique_key->empty() || call.environment.find_integration(*unique_key) != nullptr)) {
    fields.report("unique_key", "invalid_value", "is empty, or that of another integration");
  } else if (renames && std::any_of(connections.begin(), connections.end(),
                                    [&](const Connection& c) { return c.integration == key; })) {
    fields.report("unique_key", "invalid_value", "cannot change while there are connections");
  }
  if (auto refused = body.refusal()) return std::move(*refused);
  if (renames) {
    integration->provider = std::string(integration->provider_or_id());
    integration->id = *unique_key;
    static_cast<void>(call.environment.integrations.items());  // it is found by its new name
  }
  if (display_name) integration->display_name = *display_name;
  integration->updated_at = call.engine.now();
  call.engine.note_settings();
  for (const Toggle& toggle : toggles) {
    auto done = call.machines.runner.set_enabled(call.environment, *integration, toggle.name,
                                                 toggle.enabled);
    if (!done) return ApiError{400, done.error().code, done.error().message};
  }
  return answer_with(call, *integration, true);
}

PublicResult delete_integration(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  const std::string key = call.parts.at("key");
  if (call.environment.find_integration(key) == nullptr) return no_such_integration(key);
  call.machines.runner.drop(call.environment, key, std::nullopt);
  std::erase_if(call.environment.connections.items(),
                [&](const Connection& each) { return each.integration == key; });
  std::erase_if(call.environment.integrations.items(),
                [&](const Integration& each) { return each.id == key; });
  call.engine.note_settings();
  PublicAnswer answer;
  answer.body = R"({"success":true})";
  return answer;
}

}  // namespace terapi::simulator
