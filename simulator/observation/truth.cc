#include "simulator/observation/truth.h"

#include <map>
#include <set>

#include "core/breather.h"
#include "core/json_fields.h"
#include "core/json_writer.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// Calls visit(environment, key, stream) for each stream that the filter lets through.
template <typename Visit>
void each_stream(const State& state, const StreamFilter& filter, Visit visit) {
  for (const Environment& environment : state.environments) {
    const std::string& name = environment.settings.name;
    if (!filter.environment.empty() && filter.environment != name) continue;
    for (const auto& [key, stream] : environment.streams) {
      if (filter.matches(key)) visit(key, stream);
    }
  }
}

void append_line(std::string& out, const StreamKey& key, const Record& record,
                 const Dialect& dialect) {
  const auto field = [&](std::string_view name, std::string_view value) {
    out += name;
    json::append_quoted(out, value);
  };
  field("{\"integration\":", key.integration);
  field(",\"connection\":", key.connection);
  field(",\"model\":", key.model);
  field(",\"variant\":", key.variant);
  field(",\"id\":", record.id());
  out += record.deleted() ? ",\"deleted\":true" : ",\"deleted\":false";
  out += ",\"payload\":";
  out += record.payload();
  out += ",\"last_modified_at\":\"";
  out += dialect.trims_timestamps ? format_trimmed_timestamp(record.last_modified(), dialect.zone)
                                  : format_timestamp(record.last_modified());
  out += "\",\"cursor\":\"";
  append_cursor(out, record.position(), dialect);
  out += "\"}\n";
}

// One line of a dump, as far as the comparison needs it.
struct DumpLine {
  StreamKey key;
  std::string id;
  bool deleted = false;
  json::Value payload;
  std::optional<Time> last_modified;
};

core::Result<DumpLine> read_line(const json::Value& value) {
  json::Issues issues;
  json::Fields fields(value, {}, issues);
  DumpLine line;
  line.key.integration = fields.required("integration");
  line.key.connection = fields.required("connection");
  line.key.model = fields.required("model");
  line.key.variant = fields.string("variant").value_or(line.key.variant);
  line.id = fields.required("id");
  line.deleted = fields.boolean("deleted").value_or(false);
  line.payload = fields.any("payload");
  if (const auto time = fields.string("last_modified_at")) {
    line.last_modified = core::parse_rfc3339(*time);
    if (!line.last_modified) {
      fields.report("last_modified_at", "invalid_value",
                    "is '" + *time + "'; expected an RFC 3339 timestamp");
    }
  }
  if (!issues.empty()) return core::Error{"bad_dump", issues.front().message};
  return line;
}

// What is wrong with a line's version of a record that is current here; "" when nothing is.
std::string staleness(const Record& record, const DumpLine& line) {
  if (line.last_modified && *line.last_modified < record.last_modified()) return "older version";
  if (line.last_modified && *line.last_modified > record.last_modified()) return "newer version";
  if (record.pruned_at()) return "";  // its payload is gone here and may be kept there
  json::Reader reader;
  const auto payload = reader.read(record.payload());
  if (!line.payload.present()) return "no payload";
  return payload && json::same_value(*payload, line.payload) ? "" : "another payload";
}

void compare(const Stream* stream, const DumpLine& line, TruthDiff& diff) {
  const Record* record = stream == nullptr ? nullptr : stream->log.find(line.id);
  const std::string name = describe(line.key);
  if (record == nullptr) {
    if (!line.deleted) diff.phantom.add({name, line.id, "unknown here"});
  } else if (record->deleted()) {
    if (!line.deleted) diff.resurrected.add({name, line.id, "deleted here"});
  } else if (line.deleted) {
    diff.lost.add({name, line.id, "deleted there"});
  } else if (std::string reason = staleness(*record, line); !reason.empty()) {
    diff.stale.add({name, line.id, std::move(reason)});
  }
}

}  // namespace

bool StreamFilter::matches(const StreamKey& key) const {
  return (integration.empty() || integration == key.integration) &&
         (connection.empty() || connection == key.connection) &&
         (model.empty() || model == key.model) && (variant.empty() || variant == key.variant);
}

std::string truth_dump(const State& state, const StreamFilter& filter, const Dialect& dialect,
                       std::size_t limit) {
  std::string out;
  each_stream(state, filter, [&](const StreamKey& key, const Stream& stream) {
    if (limit >= stream.log.size()) {
      out.reserve(out.size() + stream.log.bytes() + stream.log.size() * 320);
    }
    stream.log.walk(Position::start(), [&](const Record& record) {
      if (limit == 0) return false;
      --limit;
      append_line(out, key, record, dialect);
      return true;
    });
  });
  return out;
}

void TruthDiff::List::add(Difference difference) {
  ++count;
  if (first.size() < kMostListed) first.push_back(std::move(difference));
}

bool TruthDiff::equal() const {
  return lost.count + stale.count + phantom.count + resurrected.count == 0;
}

core::Result<TruthDiff> diff_with_truth(const State& state, const StreamFilter& filter,
                                        std::string_view dump) {
  std::map<StreamKey, const Stream*> streams;
  each_stream(state, filter,
              [&](const StreamKey& key, const Stream& stream) { streams.emplace(key, &stream); });
  std::map<StreamKey, std::set<std::string, std::less<>>> seen;
  TruthDiff diff;
  json::Reader reader;
  std::size_t number = 0;
  while (!dump.empty()) {
    const std::size_t end = std::min(dump.find('\n'), dump.size());
    const std::string_view text = dump.substr(0, end);
    dump.remove_prefix(std::min(end + 1, dump.size()));
    ++number;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto value = reader.read(text);
    const std::string place = "line " + std::to_string(number) + " of the dump: ";
    if (!value) return core::Error{"bad_dump", place + value.error().message};
    core::Result<DumpLine> line = read_line(*value);
    if (!line) return core::Error{"bad_dump", place + line.error().message};
    if (!filter.matches(line->key)) continue;
    if (!seen[line->key].insert(line->id).second) {
      return core::Error{"bad_dump", place + "the record '" + line->id + "' appears twice"};
    }
    const auto stream = streams.find(line->key);
    compare(stream == streams.end() ? nullptr : stream->second, *line, diff);
  }
  for (const auto& [key, stream] : streams) {
    const auto& ids = seen[key];
    stream->log.walk(Position::start(), [&, name = describe(key)](const Record& record) {
      if (!record.deleted() && !ids.contains(record.id())) {
        diff.lost.add({name, std::string(record.id()), "missing there"});
      }
      return true;
    });
  }
  for (auto& [key, ids] : seen) core::clear_slowly(ids);
  return diff;
}

}  // namespace terapi::simulator
