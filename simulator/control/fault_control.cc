// GET, PUT and DELETE of /_simulator/faults and /_simulator/faults/{id}.
#include <set>

#include "core/json_writer.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/control_body.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

std::string faults_json(const FaultPlan& faults) {
  json::Writer out;
  out.begin_object().key("faults").begin_array();
  for (const FaultRule& rule : faults.rules()) out.raw(fault_rule_json(rule));
  out.end_array().end_object();
  return out.take();
}

Answer unknown(const std::string& id) {
  return ApiError{404, "unknown_fault", "there is no fault rule '" + id + "'"};
}

core::Response no_content() {
  core::Response response;
  response.status = 204;
  return response;
}

// A single rule is taken for a list of one; {"faults":[…]} for its list.
void put_all(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const auto body = read_body(call, reply);
  if (!body) return;
  json::Issues issues;
  const json::Value root = body->root();
  const bool wrapped = root.is_object() && root["faults"].present();
  const json::Value list = wrapped ? root["faults"] : root;
  std::vector<FaultRule> rules;
  std::set<std::string> ids;
  if (list.is_array()) {
    for (const json::Value item : list.items()) {
      json::Path path = wrapped ? json::Path{"faults"} : json::Path{};
      path.push_back(std::to_string(rules.size()));
      FaultRule rule =
          read_fault_rule(item, path, "fault-" + std::to_string(rules.size() + 1), issues);
      if (!ids.insert(rule.id).second) {
        issues.push_back(
            {"invalid_value", "two rules have the id '" + rule.id + "'", path, item.offset()});
      }
      rules.push_back(std::move(rule));
    }
  } else if (wrapped || !root.is_object()) {
    issues.push_back({"invalid_type", "expected a rule, a list of rules or {\"faults\":[…]}",
                      wrapped ? json::Path{"faults"} : json::Path{}, list.offset()});
  } else if (root.size() > 0) {
    rules.push_back(read_fault_rule(root, {}, "fault-1", issues));
  }
  if (!no_issues(issues, body->text(), reply)) return;
  FaultPlan& faults = parts.engine.state().faults;
  faults.clear();
  for (FaultRule& rule : rules) faults.put(std::move(rule));
  parts.engine.note_settings();
  reply(json_response(200, faults_json(faults)));
}

void put_one(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const auto body = read_body(call, reply);
  if (!body) return;
  json::Issues issues;
  const std::string& id = call.parts.find("id")->second;
  FaultRule rule = read_fault_rule(body->root(), {}, id, issues);
  if (!no_issues(issues, body->text(), reply)) return;
  rule.id = id;
  FaultPlan& faults = parts.engine.state().faults;
  faults.put(std::move(rule));
  parts.engine.note_settings();
  reply(json_response(200, fault_rule_json(*faults.find(id))));
}

}  // namespace

void add_fault_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("GET", "/_simulator/faults", [&parts](const ControlCall&, const Reply& reply) {
    reply(json_response(200, faults_json(parts.engine.state().faults)));
  });
  router.add("PUT", "/_simulator/faults", [&parts](const ControlCall& call, const Reply& reply) {
    put_all(parts, call, reply);
  });
  router.add("DELETE", "/_simulator/faults", [&parts](const ControlCall&, const Reply& reply) {
    parts.engine.state().faults.clear();
    parts.engine.note_settings();
    reply(no_content());
  });
  router.add("GET", "/_simulator/faults/{id}",
             [&parts](const ControlCall& call, const Reply& reply) {
               const std::string& id = call.parts.find("id")->second;
               const FaultRule* rule = parts.engine.state().faults.find(id);
               reply(rule == nullptr ? unknown(id) : json_response(200, fault_rule_json(*rule)));
             });
  router.add(
      "PUT", "/_simulator/faults/{id}",
      [&parts](const ControlCall& call, const Reply& reply) { put_one(parts, call, reply); });
  router.add("DELETE", "/_simulator/faults/{id}",
             [&parts](const ControlCall& call, const Reply& reply) {
               const std::string& id = call.parts.find("id")->second;
               const bool removed = parts.engine.state().faults.remove(id);
               parts.engine.note_settings();
               reply(removed ? no_content() : unknown(id));
             });
}

}  // namespace terapi::simulator
