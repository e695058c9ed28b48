// GET /_simulator/logs[/{id}]: what the simulator did, with its steps (LOG-1).
#include <set>
#include <vector>

#include "core/json_writer.h"
#include "core/parse_number.h"
#include "core/rfc3339.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/observation/log_filter.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::size_t kDefaultPage = 1'000;
constexpr std::size_t kLargestPage = 10'000;

// The query of a call, read once; what is wrong with it is collected.
class LogQuery {
 public:
  explicit LogQuery(const core::Target& target) {
    for (const auto& [name, value] : target.query) {
      if (!seen_.insert(name).second) {
        wrong(name, "invalid_type", "'" + name + "' is given more than once");
      } else if (!read_text(name, value) && !read_word(name, value) && !read_time(name, value) &&
                 !read_range(name, value)) {
        wrong(name, "unrecognized_keys", "unknown parameter '" + name + "'");
      }
    }
    if (range_.before && range_.after) {
      wrong("after", "invalid_value", "'before' and 'after' do not go together");
    }
    if (filter_.from && filter_.to && *filter_.from > *filter_.to) {
      wrong("from", "invalid_value", "'from' is later than 'to'");
    }
  }

  const LogFilter& filter() const { return filter_; }
  const LogRange& range() const { return range_; }
  const std::vector<ValidationError>& errors() const { return errors_; }

 private:
  void wrong(const std::string& name, std::string code, std::string message) {
    errors_.push_back({std::move(code), std::move(message), {name}});
  }

  bool read_text(const std::string& name, const std::string& value) {
    struct Member {
      std::string_view name;
      std::string LogFilter::*text;
    };
    static constexpr auto kMembers =
        std::to_array<Member>({{"event", &LogFilter::event},
                               {"environment", &LogFilter::environment},
                               {"integration", &LogFilter::integration},
                               {"connection", &LogFilter::connection},
                               {"sync", &LogFilter::sync},
                               {"model", &LogFilter::model},
                               {"variant", &LogFilter::variant},
                               {"text", &LogFilter::text}});
    for (const Member& member : kMembers) {
      if (member.name != name) continue;
      filter_.*member.text = value;
      return true;
    }
    return false;
  }

  template <typename Words>
  auto word(const Words& words, const std::string& name, const std::string& value) {
    const auto found = core::value_of(words, value);
    if (found) return found;
    std::string known;
    for (const std::string& each : core::words_in(words)) {
      known += (known.empty() ? "" : ", ") + each;
    }
    wrong(name, "invalid_value", "'" + name + "' is one of " + known);
    return found;
  }

  bool read_word(const std::string& name, const std::string& value) {
    if (name == "level") {
      filter_.least = word(kLogLevelWords, name, value).value_or(filter_.least);
    } else if (name == "kind") {
      filter_.kind = word(kLogKindWords, name, value);
    } else if (name == "outcome") {
      filter_.outcome = word(kLogOutcomeWords, name, value);
    } else {
      return false;
    }
    return true;
  }

  bool read_time(const std::string& name, const std::string& value) {
    if (name != "from" && name != "to") return false;
    const std::optional<Time> time = core::parse_rfc3339(value);
    if (!time) wrong(name, "invalid_value", "'" + name + "' is not an RFC 3339 timestamp");
    (name == "from" ? filter_.from : filter_.to) = time;
    return true;
  }

  bool read_range(const std::string& name, const std::string& value) {
    if (name == "limit") {
      const auto limit = core::parse_number<std::size_t>(value);
      const bool good = limit && *limit >= 1 && *limit <= kLargestPage;
      if (!good) wrong(name, "invalid_value", "'limit' is a whole number from 1 to 10000");
      range_.limit = good ? *limit : kDefaultPage;
    } else if (name == "before" || name == "after") {
      const auto id = core::parse_number<std::uint64_t>(value);
      if (!id) wrong(name, "invalid_value", "'" + name + "' is the id of an operation");
      (name == "before" ? range_.before : range_.after) = id;
    } else {
      return false;
    }
    return true;
  }

  std::set<std::string> seen_;
  LogFilter filter_;
  LogRange range_{.limit = kDefaultPage};
  std::vector<ValidationError> errors_;
};

void write_retention(json::Writer& out, const LogBook& logs) {
  out.key("retention").begin_array();
  for (const LogBook::Retention& each : logs.retention()) {
    out.begin_object()
        .field("kind", core::word_of(kLogShelfWords, each.shelf))
        .field("kept", each.kept)
        .field("most", each.most)
        .field("dropped", each.dropped)
        .optional_field("oldest",
                        each.oldest ? std::optional(format_timestamp(*each.oldest)) : std::nullopt)
        .end_object();
  }
  out.end_array();
}

void list_log(const LogBook& logs, const ControlCall& call, const Reply& reply) {
  const LogQuery query(call.target);
  if (!query.errors().empty()) {
    return reply(invalid_input("invalid_query_params", query.errors()));
  }
  const LogPage page = read_log(logs, query.filter(), query.range());
  json::Writer out;
  out.begin_object().key("logs").begin_array();
  for (const Operation* operation : page.operations) out.raw(operation_json(*operation));
  out.end_array();
  if (page.next) {
    out.field("next", *page.next);
  } else {
    out.null_field("next");
  }
  out.field("dropped", logs.dropped());
  write_retention(out, logs);
  out.end_object();
  reply(json_response(200, out.take()));
}

void show_operation(const LogBook& logs, const std::string& id, const Reply& reply) {
  const auto number = core::parse_number<std::uint64_t>(id);
  const Operation* operation = number ? logs.find(*number) : nullptr;
  if (operation == nullptr) {
    return reply(ApiError{404, "unknown_operation",
                          "there is no operation '" + id + "' in the log, or not any more"});
  }
  reply(json_response(200, operation_with_steps_json(*operation)));
}

}  // namespace

void add_log_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("GET", "/_simulator/logs", [&parts](const ControlCall& call, const Reply& reply) {
    list_log(parts.engine.logs(), call, reply);
  });
  router.add("GET", "/_simulator/logs/{id}", [&parts](const ControlCall& call, const Reply& reply) {
    show_operation(parts.engine.logs(), call.parts.find("id")->second, reply);
  });
}

}  // namespace terapi::simulator
