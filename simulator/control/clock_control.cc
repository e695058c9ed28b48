// GET /_simulator/clock, POST clock/advance, POST clock/run-until-idle.
#include <algorithm>

#include "core/duration.h"
#include "core/json_writer.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/control_body.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr Duration kFarthest = std::chrono::hours(24 * 3650);

std::string latest_text() {
  return format_timestamp(kLatestTime) +
         ", the latest that a clock can show: timestamps have years of four digits, and what "
         "happens then needs later ones";
}

std::string clock_json(SimulatorParts& parts) {
  json::Writer out;
  out.begin_object()
      .field("mode", parts.virtual_clock != nullptr ? "virtual" : "system")
      .field("now", format_timestamp(parts.engine.now()))
      .field("pending_timers", parts.virtual_clock != nullptr
                                   ? parts.virtual_clock->pending() - parts.engine.recurring()
                                   : parts.webhooks.waiting())
      .field("recurring_timers", parts.engine.recurring())
      .field("in_flight", parts.webhooks.in_flight());
  const auto due =
      parts.virtual_clock != nullptr ? parts.virtual_clock->next_due() : std::optional<Time>();
  if (due) {
    out.field("next_due", format_timestamp(*due));
  } else {
    out.null_field("next_due");
  }
  out.end_object();
  return out.take();
}

// Replies, once time has moved, from where to where it has.
std::function<void()> reply_moved(SimulatorParts& parts, const Reply& reply) {
  return [&parts, reply, from = parts.engine.now(), attempts = parts.webhooks.attempts_made()] {
    json::Writer out;
    out.begin_object()
        .field("now", format_timestamp(parts.engine.now()))
        .field("advanced", core::format_duration(parts.engine.now() - from))
        .field("attempts", parts.webhooks.attempts_made() - attempts)
        .end_object();
    reply(json_response(200, out.take()));
  };
}

void judge_time(json::Fields& fields, Time to, Time now) {
  if (to > kLatestTime) {
    fields.report("to", "invalid_value", "lies past " + latest_text());
  } else if (to < now) {
    fields.report("to", "invalid_value",
                  "lies in the past; time does not go back, but a snapshot can be restored");
  }
}

void advance(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  if (parts.virtual_clock == nullptr) {
    return reply(ApiError{409, "not_virtual",
                          "this is the system clock; start with --clock virtual to move time"});
  }
  const auto body = read_body(call, reply);
  if (!body) return;
  json::Issues issues;
  json::Fields fields(body->root(), {}, issues);
  const auto by = fields.duration("by");
  const auto to_text = fields.string("to");
  const auto to = to_text ? core::parse_rfc3339(*to_text) : std::nullopt;
  fields.finish();
  if (to_text && !to) fields.report("to", "invalid_value", "is not an RFC 3339 timestamp");
  if (issues.empty() && by.has_value() == to.has_value()) {
    fields.report("by", "required",
                  "or to is needed, and only one of them: a duration such as \"5m\", or a time");
  }
  if (by && *by > kFarthest) {
    fields.report("by", "invalid_value", "is more than ten years, the most at once");
  } else if (by && parts.engine.now() + *by > kLatestTime) {
    fields.report("by", "invalid_value", "leads past " + latest_text());
  }
  if (to) judge_time(fields, *to, parts.engine.now());
  if (!no_issues(issues, body->text(), reply)) return;
  parts.driver.advance_to(to ? *to : parts.engine.now() + *by, reply_moved(parts, reply));
}

void run_until_idle(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const auto body = read_body(call, reply);
  if (!body) return;
  json::Issues issues;
  json::Fields fields(body->root(), {}, issues);
  const Duration limit = std::min(fields.duration("limit").value_or(kFarthest), kFarthest);
  fields.finish();
  if (!no_issues(issues, body->text(), reply)) return;
  const Time until =
      std::max(parts.engine.now(), std::min(parts.engine.now() + limit, kLatestTime));
  parts.driver.run_until_idle(until, reply_moved(parts, reply));
}

}  // namespace

void add_clock_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("GET", "/_simulator/clock", [&parts](const ControlCall&, const Reply& reply) {
    reply(json_response(200, clock_json(parts)));
  });
  router.add(
      "POST", "/_simulator/clock/advance",
      [&parts](const ControlCall& call, const Reply& reply) { advance(parts, call, reply); });
  router.add("POST", "/_simulator/clock/run-until-idle",
             [&parts](const ControlCall& call, const Reply& reply) {
               run_until_idle(parts, call, reply);
             });
}

}  // namespace terapi::simulator
