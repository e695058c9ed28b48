#include "conformance/harness/explore/drawn_world.h"

#include <algorithm>
#include <array>
#include <utility>

#include "conformance/evidence/model.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

struct Place {
  const char* connection;
  const char* model;
  const char* variant;
};
constexpr std::array<Place, 5> kPlaces = {{{"demo", "Issue", ""},
                                           {"demo", "PullRequest", ""},
                                           {"acme", "Issue", ""},
                                           {"demo", "Issue", "eu"},
                                           {"acme", "PullRequest", ""}}};

// Ids that a numeric column, a case-blind one or a URL would spoil.
constexpr std::array kOddIds = {"7",   "007",       "7.0",       "r1e1",         "10",
                                "1e1", "Same Case", "same case", "a b/c+d&e=%ü", "null"};
// Members that a double or an old text column would spoil.
constexpr std::array kOddMembers = {
    R"("exact":9007199254740993)",        R"("price":0.10)", R"("large":1e400)",
    R"("text":"é \ud83d\ude80 e\u0301")", R"("":null)",      R"("list":[1,"1",[[]],{"a":{}}])"};

constexpr std::string_view kNotes =
    R"("templates":[{"name":"notes","provider":"notebook","model":"Note","collection":"notes",)"
    R"("type":"incremental","frequency":"1h","objects":0,"fields":{"id":{"number":100},)"
    R"("title":{"words":[2,4]}},"actions":[{"name":"create-note","does":"create",)"
    R"("requires":["title"]}]}],)";

void append(std::string& list, const std::string& item) {
  if (!list.empty()) list += ',';
  list += item;
}

}  // namespace

std::string DrawnChange::members() const {
  std::string text;
  if (!saves.empty()) append(text, R"("save":[)" + saves + "]");
  if (!updates.empty()) append(text, R"("update":[)" + updates + "]");
  if (!deletes.empty()) append(text, R"("delete":[)" + deletes + "]");
  return text;
}

std::string DrawnStream::name() const { return stream_name("github", connection, model, variant); }

DrawnWorld::DrawnWorld(const core::Random& random, Shape shape)
    : random_(random.stream("world")), shape_(std::move(shape)) {
  // The first is always there; which others come is left to chance.
  std::array<std::size_t, kPlaces.size()> order = {0, 1, 2, 3, 4};
  for (std::size_t i = order.size() - 1; i > 1; --i) {
    std::swap(order[i], order[1 + random_.below(i)]);
  }
  for (std::size_t i = 0; i < std::min(shape_.streams, order.size()); ++i) {
    const Place& place = kPlaces[order[i]];
    streams_.push_back({place.connection, place.model, place.variant});
  }
}

std::vector<std::string> DrawnWorld::names() const {
  std::vector<std::string> names;
  for (const DrawnStream& stream : streams_) names.push_back(stream.name());
  return names;
}

std::string DrawnWorld::new_id(const DrawnStream& stream) {
  if (shape_.odd && random_.below(2) == 0) {
    std::string id = kOddIds[random_.below(kOddIds.size())];
    const bool known = std::any_of(stream.records.begin(), stream.records.end(),
                                   [&](const DrawnRecord& record) { return record.id == id; });
    if (!known) return id;
  }
  return "r" + std::to_string(stream.records.size() + 1);
}

std::string DrawnWorld::payload(DrawnRecord& record) {
  std::string text = R"({"id":)" + core::json::quoted(record.id) + R"(,"version":)" +
                     std::to_string(record.version);
  if (shape_.odd && random_.below(3) == 0) {
    text += "," + std::string(kOddMembers[random_.below(kOddMembers.size())]);
  }
  if (shape_.nested && random_.below(3) == 0) {
    text +=
        R"(,"nested":{"z":{"b":[],"a":1},"k":null,"a":")" + std::to_string(record.version) + "\"}";
  }
  if (text.size() + 12 < shape_.bytes) {
    // Not twice the same member: an external API would keep the last.
    const bool has_text = text.find(R"("text":)") != std::string::npos;
    text += (has_text ? R"(,"more":")" : R"(,"text":")") +
            std::string(shape_.bytes - text.size() - 12, 'x') + "\"";
  }
  record.payload = text + "}";
  return record.payload;
}

std::string DrawnWorld::head(const DrawnStream& stream) const {
  std::string text = R"({"integration":"github","connection":")" + stream.connection +
                     R"(","model":")" + stream.model + "\"";
  if (!stream.variant.empty()) text += R"(,"variant":")" + stream.variant + "\"";
  return text;
}

std::string DrawnWorld::apis(const std::string& objects) const {
  std::string apis;
  if (!shape_.background.empty()) {
    append(apis, R"({"integration":"github","connection":"demo","collection":"things",)" +
                     shape_.external_api + R"(,"items":[)" + objects + "]}");
  }
  if (shape_.notes) {
    append(apis, R"({"integration":"book","connection":"demo","collection":"notes",)"
                 R"("items":[{"id":1,"title":"One"},{"id":2,"title":"Two"}]})");
  }
  return apis;
}

std::string DrawnWorld::given() {
  std::string records;
  std::string objects;  // of the external API: what the first stream begins with
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    DrawnStream& stream = streams_[i];
    std::size_t left =
        shape_.records / streams_.size() + (i < shape_.records % streams_.size() ? 1 : 0);
    // Each entry is one commit: its records share their time.
    const std::uint64_t ties = 1 + random_.below(std::max<std::size_t>(left, 1));
    while (left > 0) {
      std::string items;
      const std::size_t entry = std::min<std::size_t>(left, 1 + random_.below(ties));
      for (std::size_t n = 0; n < entry; ++n) add_new(stream, items);
      append(records, head(stream) + R"(,"items":[)" + items + "]}");
      if (i == 0) append(objects, items);
      left -= entry;
    }
    stream.begun_with = stream.records.size();
  }
  std::string syncs = shape_.syncs;
  if (!shape_.background.empty()) {
    syncs = R"([{"name":"things","models":["Issue"],"collections":{"Issue":"things"},)" +
            shape_.background + "}]";
  }
  std::string text = R"({"integrations":[{"id":"github")" +
                     (syncs.empty() ? "" : R"(,"syncs":)" + syncs) + "}" +
                     (shape_.notes ? R"(,{"id":"book","provider":"notebook"})" : "") + "],";
  if (shape_.notes) text += kNotes;
  if (!shape_.environment.empty()) text += R"("environment":{)" + shape_.environment + "},";
  text += R"("connections":[{"id":"demo","integration":"github"})";
  const bool acme = std::any_of(streams_.begin(), streams_.end(),
                                [](const DrawnStream& s) { return s.connection == "acme"; });
  if (acme) text += R"(,{"id":"acme","integration":"github")";
  if (acme && !shape_.own_url.empty()) text += R"(,"webhook_url":")" + shape_.own_url + "\"";
  if (acme) text += "}";
  if (shape_.notes) text += R"(,{"id":"demo","integration":"book"})";
  if (!shape_.background.empty() || shape_.notes) text += R"(],"upstream":[)" + apis(objects);
  return text + R"(],"records":[)" + records + "]}";
}

void DrawnWorld::add_new(DrawnStream& stream, std::string& saves) {
  stream.records.push_back({new_id(stream)});
  append(saves, payload(stream.records.back()));
}

// One record, in a way that fits what it is now.
void DrawnWorld::change_one(DrawnStream& stream, RunKind kind, DrawnChange& change,
                            std::vector<std::string>& touched) {
  if (stream.records.empty() || kind == RunKind::kOnlyNew ||
      (kind == RunKind::kAny && random_.below(4) == 0)) {
    add_new(stream, change.saves);
    touched.push_back(stream.records.back().id);
    return;
  }
  DrawnRecord& record = stream.records[random_.below(stream.records.size())];
  if (std::find(touched.begin(), touched.end(), record.id) != touched.end()) return;
  const bool remove = kind == RunKind::kOnlyDeletes || random_.below(3) == 0;
  if (record.deleted && remove) return;
  touched.push_back(record.id);
  if (remove) {
    record.deleted = true;
    append(change.deletes, core::json::quoted(record.id));
    return;
  }
  // Sometimes as it was before: a version that the client may hold already.
  record.version =
      random_.below(6) == 0 && record.version > 1 ? record.version - 1 : record.version + 1;
  if (record.deleted || random_.below(2) == 0) {
    record.deleted = false;
    append(change.saves, payload(record));
  } else {
    append(change.updates, R"({"id":)" + core::json::quoted(record.id) + R"(,"version":)" +
                               std::to_string(record.version) + "}");
    record.payload.clear();
  }
}

std::string DrawnWorld::run(DrawnStream& stream, RunKind kind, std::size_t most, bool announced) {
  return head(stream) + "," + change(stream, kind, most).members() +
         (announced ? "}" : R"(,"webhook":false})");
}

DrawnChange DrawnWorld::change(DrawnStream& stream, RunKind kind, std::size_t most) {
  DrawnChange change;
  std::vector<std::string> touched;
  const std::uint64_t count = 1 + random_.below(std::max<std::size_t>(most, 1));
  for (std::uint64_t i = 0; i < count; ++i) change_one(stream, kind, change, touched);
  if (touched.empty()) add_new(stream, change.saves);
  return change;
}

std::string DrawnWorld::backlog(DrawnStream& stream, std::size_t count, bool announced) {
  std::string saves;
  for (std::size_t i = 0; i < count; ++i) add_new(stream, saves);
  return head(stream) + R"(,"save":[)" + saves + "]" + (announced ? "" : R"(,"webhook":false)") +
         "}";
}

std::string DrawnWorld::replacement(DrawnStream& stream, bool fails) {
  std::string items;
  for (DrawnRecord& record : stream.records) {
    const std::uint64_t draw = random_.below(6);
    if (record.deleted ? draw > 0 : draw == 0) {
      record.deleted = record.deleted || !fails;
      continue;
    }
    if (record.deleted || draw == 1) ++record.version;
    const bool same = !record.deleted && draw > 1 && !record.payload.empty();
    record.deleted = false;
    append(items, same ? record.payload : payload(record));
  }
  if (random_.below(2) == 0) add_new(stream, items);
  return head(stream) + R"(,"replace":[)" + items + "]" +
         (fails ? R"(,"error":{"type":"script_error","description":"it broke"})" : "") + "}";
}

std::string DrawnWorld::again(DrawnStream& stream, std::size_t most) {
  std::string saves;
  std::size_t count = 0;
  for (const DrawnRecord& record : stream.records) {
    if (record.deleted || record.payload.empty() || count == most || random_.below(2) == 0)
      continue;
    append(saves, record.payload);
    ++count;
  }
  return head(stream) + R"(,"save":[)" + saves + "]}";
}

}  // namespace terapi::conformance
