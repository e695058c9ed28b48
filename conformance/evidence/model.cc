#include "conformance/evidence/model.h"

#include <map>
#include <set>
#include <utility>

#include "conformance/contract/javascript_value.h"
#include "conformance/evidence/external_collection.h"
#include "core/json_writer.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// The record as it is served: `id` as a string (REC-10).
std::string served_payload(const json::Value& record) {
  if (record["id"].is_string()) return json::compact(record);
  json::Writer out;
  out.begin_object();
  for (const json::Member member : record.members()) {
    const std::string key = member.key.string();
    if (key == "id") {
      out.field("id", id_text(member.value));
    } else {
      out.key(key).raw(json::compact(member.value));
    }
  }
  out.end_object();
  return out.take();
}

}  // namespace

const ModelRecord* ModelStream::find(const std::string& id) const {
  const auto at = by_id.find(id);
  return at == by_id.end() ? nullptr : &records[at->second];
}

bool same_payload(std::string_view a, std::string_view b, const Habits& habits) {
  if (a == b) return true;
  if (habits.speaks_javascript) return same_in_javascript(a, b);
  json::Reader first({.max_depth = 100'000});
  json::Reader second({.max_depth = 100'000});
  const auto left = first.read(a);
  const auto right = second.read(b);
  return left && right && json::same_value(*left, *right);
}

bool serves(const RecordVersion& version, std::string_view payload, const Habits& habits) {
  if (same_payload(version.payload, payload, habits)) return true;
  if (!version.deleted || !habits.deletes_whatever_it_is_told) return false;
  const auto document = json::Document::parse(std::string(payload));
  return document && document->root().is_object() && document->root().size() == 1 &&
         document->root()["id"].present();
}

std::string merged(const json::Value& base, const json::Value& change) {
  if (!base.is_object() || !change.is_object()) return json::compact(change);
  // By what keys spell; they are written as they were.
  std::map<std::string, json::Value> changes;
  for (const json::Member member : change.members())
    changes[json::spelled(member.key)] = member.value;
  std::set<std::string> known;
  std::string text = "{";
  const auto add = [&](const json::Value& key, const std::string& value) {
    if (text.size() > 1) text += ',';
    text.append(key.text()).append(":").append(value);
  };
  for (const json::Member member : base.members()) {
    const std::string key = json::spelled(member.key);
    known.insert(key);
    const auto other = changes.find(key);
    add(member.key,
        other != changes.end() ? merged(member.value, other->second) : json::compact(member.value));
  }
  for (const json::Member member : change.members()) {
    if (known.insert(json::spelled(member.key)).second) {
      add(member.key, json::compact(changes[json::spelled(member.key)]));
    }
  }
  return text + "}";
}

void Model::apply_world(const json::Value& world) {
  streams_.clear();
  integration_of_.clear();
  runs_ = 0;
  for (const json::Value connection : world["connections"].items()) {
    integration_of_[connection["id"].string()] = connection["integration"].string();
  }
  for (const json::Value entry : world["records"].items()) {
    ++runs_;
    ModelStream& stream = stream_of(entry);
    RunCounts counts;
    Seen seen;
    for (const json::Value record : entry["items"].items()) save(stream, record, counts, seen);
  }
}

ModelStream& Model::stream_of(const json::Value& entry) {
  const std::string connection = entry["connection"].string();
  std::string integration = entry["integration"].string();
  if (integration.empty()) integration = integration_of_[connection];
  return stream_named(
      stream_name(integration, connection, entry["model"].string(), entry["variant"].string()));
}

ModelStream& Model::stream_named(const std::string& name) {
  ModelStream& stream = streams_[name];
  stream.name = name;
  return stream;
}

RunCounts Model::apply_run(const json::Value& run) {
  ++runs_;
  ModelStream& stream = stream_of(run);
  RunCounts counts;
  Seen saved;
  for (const json::Value record : run["save"].items()) save(stream, record, counts, saved);
  Seen updated;
  for (const json::Value record : run["update"].items()) update(stream, record, counts, updated);
  for (const json::Value id : run["delete"].items()) remove(stream, id_text(id), counts);
  const json::Value replace = run["replace"];
  if (!replace.is_array()) return counts;
  Seen kept;
  Seen replaced;
  for (const json::Value record : replace.items()) {
    save(stream, record, counts, replaced);
    kept.insert(id_text(record["id"]));
  }
  // SYNC-4: a run that fails detects no deletions.
  if (run["error"].present()) return counts;
  for (ModelRecord& record : stream.records) {
    if (!kept.contains(record.id)) miss(record, runs_, counts);
  }
  return counts;
}

RunCounts Model::apply_part(const StreamAsked& asked, const Part& part, std::size_t& run) {
  ModelStream& stream = stream_named(stream_name(asked));
  if (run == 0 || run != runs_) run = ++runs_;
  RunCounts counts;
  json::Reader reader({.max_depth = 100'000});
  Seen seen;
  for (const std::string& text : part.saves) {
    if (const auto object = reader.read(text)) save(stream, *object, counts, seen);
  }
  // A sync tells of no deletion that its cache does not know.
  for (const std::string& id : part.deletes) {
    const auto at = stream.by_id.find(id);
    if (at == stream.by_id.end()) continue;
    ModelRecord& known = stream.records[at->second];
    if (part.by_absence) {
      miss(known, runs_, counts);
    } else if (!known.erased && !known.now().deleted) {
      remove(stream, id, counts);
    }
  }
  return counts;
}

void Model::erase(const StreamAsked& asked) {
  const auto found = streams_.find(stream_name(asked));
  if (found == streams_.end()) return;
  for (ModelRecord& record : found->second.records) record.erased = true;
}

void Model::save(ModelStream& stream, const json::Value& record, RunCounts& counts, Seen& seen) {
  const std::string id = id_text(record["id"]);
  if (!seen.insert(id).second && habits_.compares_inputs) {
    ++counts.unchanged;
    return;
  }
  std::string payload = served_payload(record);
  const std::string input = input_of(payload);
  save_payload(stream, id, std::move(payload), input, counts);
}

std::string Model::input_of(const std::string& payload) const {
  return habits_.compares_inputs ? javascript_text(payload, KeyOrder::kJavascript) : "";
}

void Model::save_payload(ModelStream& stream, const std::string& id, std::string payload,
                         const std::string& input, RunCounts& counts) {
  const auto [at, is_new] = stream.by_id.try_emplace(id, stream.records.size());
  if (is_new) {
    stream.records.push_back({id, {{std::move(payload), false, "ADDED", runs_, runs_}}});
    stream.records.back().input = input;
    ++counts.added;
    return;
  }
  ModelRecord& record = stream.records[at->second];
  const RecordVersion before = record.now();
  if (before.deleted || record.erased) {  // META-7
    record.versions.push_back({std::move(payload), false, "ADDED", runs_, runs_});
    ++counts.added;
  } else if (is_unchanged(record, payload, input)) {
    ++counts.unchanged;
    return;
  } else {
    record.versions.push_back({std::move(payload), false, "UPDATED", runs_, before.first_run});
    ++counts.updated;
  }
  record.input = input;
  record.pruned = false;
  record.erased = false;
}

// META-5, PRUNE-2
bool Model::is_unchanged(const ModelRecord& record, const std::string& payload,
                         const std::string& input) const {
  if (record.pruned) return false;
  return habits_.compares_inputs ? record.input == input
                                 : same_payload(record.now().payload, payload);
}

void Model::update(ModelStream& stream, const json::Value& record, RunCounts& counts, Seen& seen) {
  const std::string id = id_text(record["id"]);
  if (!seen.insert(id).second && habits_.compares_inputs) return;
  const ModelRecord* known = stream.find(id);
  if (known == nullptr || known->erased || known->now().deleted) return;
  const std::string change_text = served_payload(record);
  const std::string input = input_of(change_text);
  // Sent once more, it is nothing, whatever has become of the record.
  if (habits_.compares_inputs && known->input == input) return;
  json::Reader reader({.max_depth = 100'000});
  // What was pruned is gone (PRUNE-1): the change is all that there is of it.
  const std::string base_text =
      known->pruned ? R"({"id":)" + json::quoted(id) + "}" : known->now().payload;
  const auto base = reader.read(base_text);
  if (!base) return;
  json::Reader change_reader({.max_depth = 100'000});
  const auto change = change_reader.read(change_text);
  if (!change) return;
  save_payload(stream, id, merged(*base, *change), input, counts);
}

void Model::remove(ModelStream& stream, const std::string& id, RunCounts& counts) {
  const auto at = stream.by_id.find(id);
  const bool anything = habits_.deletes_whatever_it_is_told;
  const std::string only_id = R"({"id":)" + json::quoted(id) + "}";
  if (at == stream.by_id.end()) {  // META-6
    if (!anything) return;
    stream.by_id.emplace(id, stream.records.size());
    stream.records.push_back({id, {{only_id, true, "DELETED", runs_, runs_}}});
    stream.records.back().input = input_of(only_id);
    return;
  }
  ModelRecord& record = stream.records[at->second];
  if (!anything) return miss(record, runs_, counts);
  const RecordVersion before = record.now();
  record.versions.push_back(
      {before.payload, true, "DELETED", runs_, record.erased ? runs_ : before.first_run});
  // Written down again, and counted only where something was there.
  if (!before.deleted && !record.erased) ++counts.deleted;
  record.pruned = record.erased = false;
  record.input = input_of(only_id);
}

void Model::miss(ModelRecord& record, std::size_t run, RunCounts& counts) {
  const RecordVersion before = record.now();
  if (before.deleted || record.erased) return;
  record.versions.push_back({before.payload, true, "DELETED", run, before.first_run});
  ++counts.deleted;
}

void Model::prune(const std::string& stream, const std::string& id) {
  const auto at = streams_.find(stream);
  if (at == streams_.end()) return;
  const auto record = at->second.by_id.find(id);
  if (record != at->second.by_id.end()) at->second.records[record->second].pruned = true;
}

const ModelStream* Model::stream(const std::string& name) const {
  const auto at = streams_.find(name);
  return at == streams_.end() ? nullptr : &at->second;
}

std::size_t Model::version_of(const std::string& stream_id, const std::string& id,
                              std::string_view payload, bool deleted) const {
  const ModelStream* known = stream(stream_id);
  const ModelRecord* record = known == nullptr ? nullptr : known->find(id);
  if (record == nullptr) return static_cast<std::size_t>(-1);
  for (std::size_t i = record->versions.size(); i-- > 0;) {
    const RecordVersion& version = record->versions[i];
    if (version.deleted == deleted && serves(version, payload, habits_)) return i;
  }
  return static_cast<std::size_t>(-1);
}

}  // namespace terapi::conformance
