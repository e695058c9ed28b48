// GET /_simulator/requests, /_simulator/logs, /_simulator/advisories: what callers did, what the
// system did, what looks wrong (LOG-1, ADVISE-1).
#include "core/json_writer.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// {"requests":[…],"dropped":N}
template <typename List, typename ToJson>
std::string list_json(std::string_view name, const List& list, ToJson to_json) {
  json::Writer out;
  out.begin_object().key(name).begin_array();
  for (const auto& entry : list) out.raw(to_json(entry));
  out.end_array().field("dropped", list.dropped()).end_object();
  return out.take();
}

}  // namespace

void add_journal_routes(SimulatorParts& parts) {
  Router& router = parts.control;
  router.add("GET", "/_simulator/requests", [&parts](const ControlCall&, const Reply& reply) {
    reply(json_response(
        200, list_json("requests", parts.engine.requests().entries(), request_entry_json)));
  });
  router.add("GET", "/_simulator/logs", [&parts](const ControlCall&, const Reply& reply) {
    reply(json_response(200, list_json("logs", parts.engine.logs().entries(), log_json)));
  });
  router.add("GET", "/_simulator/advisories", [&parts](const ControlCall&, const Reply& reply) {
    parts.advisories.review();
    json::Writer out;
    out.begin_object().key("advisories").begin_array();
    for (const auto& [key, advisory] : parts.advisories.all()) out.raw(advisory_json(advisory));
    out.end_array().field("dropped", parts.advisories.dropped()).end_object();
    reply(json_response(200, out.take()));
  });
}

}  // namespace terapi::simulator
