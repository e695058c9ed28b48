// GET /_simulator/truth, POST /_simulator/truth/diff.
#include <limits>

#include "core/json_writer.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/control_body.h"
#include "simulator/control/control_query.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

void write_list(json::Writer& out, std::string_view name, const TruthDiff::List& list) {
  out.key(name).begin_array();
  for (const Difference& difference : list.first) {
    out.begin_object()
        .field("id", difference.id)
        .field("stream", difference.stream)
        .field("reason", difference.reason)
        .end_object();
  }
  out.end_array();
}

std::string diff_json(const TruthDiff& diff) {
  json::Writer out;
  out.begin_object().field("equal", diff.equal());
  write_list(out, "lost", diff.lost);
  write_list(out, "stale", diff.stale);
  write_list(out, "phantom", diff.phantom);
  write_list(out, "resurrected", diff.resurrected);
  out.key("counts")
      .begin_object()
      .field("lost", diff.lost.count)
      .field("stale", diff.stale.count)
      .field("phantom", diff.phantom.count)
      .field("resurrected", diff.resurrected.count)
      .end_object()
      .end_object();
  return out.take();
}

// An environment that is not there would have an empty truth, which every empty dump equals.
bool knows_environment(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  return chosen_environment(parts.engine.state(), call.query("environment"), reply) != nullptr;
}

}  // namespace

void add_truth_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("GET", "/_simulator/truth", [&parts](const ControlCall& call, const Reply& reply) {
    const auto limit = read_limit(call, reply, std::numeric_limits<std::size_t>::max());
    if (!limit || !knows_environment(parts, call, reply)) return;
    core::Response response;
    response.headers.add("Content-Type", "application/x-ndjson; charset=utf-8");
    response.body =
        truth_dump(parts.engine.state(), filter_of(call), parts.engine.dialect(), *limit);
    reply(std::move(response));
  });
  router.add(
      "POST", "/_simulator/truth/diff", [&parts](const ControlCall& call, const Reply& reply) {
        if (!knows_environment(parts, call, reply)) return;
        const auto diff = diff_with_truth(parts.engine.state(), filter_of(call), call.request.body);
        if (diff) return reply(json_response(200, diff_json(*diff)));
        reply(ApiError{400, "invalid_body", diff.error().message});
      });
}

}  // namespace terapi::simulator
