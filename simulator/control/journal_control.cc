// GET /_simulator/requests, /_simulator/advisories, /_simulator/events: what callers did, what
// looks wrong (LOG-1, ADVISE-1).
#include <algorithm>
#include <vector>

#include "core/json_writer.h"
#include "core/parse_number.h"
#include "simulator/control/control_api.h"
#include "simulator/control/control_query.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// {"requests":[…],"dropped":N}: the newest ?limit= of those that `wanted` lets through, oldest
// first.
template <typename List, typename Wanted, typename ToJson>
void reply_list(const ControlCall& call, const Reply& reply, std::string_view name,
                const List& list, Wanted wanted, ToJson to_json) {
  const auto limit = read_limit(call, reply, list.size());
  if (!limit) return;
  std::vector<const typename List::value_type*> chosen;
  for (const auto& entry : list) {
    if (wanted(entry)) chosen.push_back(&entry);
  }
  json::Writer out;
  out.begin_object().key(name).begin_array();
  for (std::size_t i = chosen.size() - std::min(*limit, chosen.size()); i < chosen.size(); ++i) {
    out.raw(to_json(*chosen[i]));
  }
  out.end_array().field("dropped", list.dropped()).end_object();
  reply(json_response(200, out.take()));
}

}  // namespace

void add_journal_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("GET", "/_simulator/events", [&parts](const ControlCall& call, const Reply& reply) {
    const auto seen =
        core::parse_number<std::uint64_t>(call.request.headers.get("Last-Event-ID").value_or("0"));
    parts.feed.publish(parts.counts());
    parts.feed.wait(seen.value_or(0), [reply](std::string text) {
      core::Response response;
      response.headers.add("Content-Type", "text/event-stream");
      response.headers.add("Cache-Control", "no-store");
      response.body = std::move(text);
      reply(std::move(response));
    });
  });
  router.add("GET", "/_simulator/requests", [&parts](const ControlCall& call, const Reply& reply) {
    const StreamFilter filter = filter_of(call);
    const auto wanted = [&](const RequestEntry& entry) {
      return (filter.environment.empty() || filter.environment == entry.environment) &&
             filter.matches(entry.stream);
    };
    reply_list(call, reply, "requests", parts.engine.requests().entries(), wanted,
               request_entry_json);
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
