#include "simulator/records/payload.h"

#include <vector>

#include "core/check.h"
#include "core/random.h"
#include "simulator/javascript/javascript_json.h"
#include "simulator/javascript/javascript_number.h"
#include "simulator/records/merged_object.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

core::Error bad_record(std::string message) { return {"bad_record", std::move(message)}; }

bool spells(const json::Value& key, std::string_view name) {
  const std::string_view text = key.text();
  if (text.size() == name.size() + 2 && text.substr(1, name.size()) == name) return true;
  return text.find('\\') != std::string_view::npos && key.string() == name;
}

core::Result<std::string> id_from(const json::Value& value, std::string_view key,
                                  const Dialect& dialect) {
  const std::string name = "'" + std::string(key) + "'";
  if (!value.present()) return bad_record("the record has no " + name);
  if (!value.is_string() && !value.is_number()) {
    return bad_record("the record's " + name + " is " + std::string(json::describe(value.kind())) +
                      "; expected a string or a number");
  }
  const std::string written = value.is_string() ? value.string() : std::string(value.text());
  std::string id = id_text(value, dialect);
  if (dialect.javascript_values && value.is_number() && id == "0") {
    return bad_record("the record's " + name +
                      " is the number 0, which JavaScript takes for no id; expected a string or "
                      "another number");
  }
  if (id.empty()) return bad_record("the record's " + name + " is empty");
  // JavaScript counts UTF-16 code units, of what was sent.
  const std::size_t size = dialect.javascript_values ? javascript_length(written) : id.size();
  if (size > kLongestId) {
    return bad_record("the record's " + name + " has " + std::to_string(size) +
                      (dialect.javascript_values ? " characters" : " bytes") + "; at most " +
                      std::to_string(kLongestId) + " are allowed");
  }
  if (value.is_string() && json::has_unpaired_surrogate(value.text())) {
    return bad_record("the record's " + name +
                      " contains half of a surrogate pair, which is not valid text");
  }
  if (id.find('\0') != std::string::npos) return bad_record("the record's " + name + " holds NUL");
  return id;
}

core::Error other_id(std::string_view id_key) {
  return bad_record("the record has an 'id' of its own beside '" + std::string(id_key) +
                    "', with another value, and would lose it");
}

void append_member(std::string& out, std::string_view key_text, std::string_view value_text) {
  if (out.back() != '{') out += ',';
  out += key_text;
  out += ':';
  out += value_text;
}

// The members as zod leaves them: the one that it knows, `id`, before all others.
JavascriptObject as_zod_leaves_it(const json::Value& object, const json::Value& id) {
  JavascriptObject whole;
  whole.set("id", javascript_json(id));
  for (const auto& [key, value] : javascript_members(object)) {
    if (key != "__proto__" && key != "id") whole.set(key, javascript_json(value));
  }
  return whole;
}

// The text without the metadata, whose place is remembered.
void take_out_metadata(const JavascriptObject& whole, const Dialect& dialect, Payload& payload) {
  JavascriptObject::Gap gap = whole.text_without(dialect.metadata_key);
  if (gap.at != std::string::npos) payload.metadata_at = static_cast<std::uint32_t>(gap.at);
  payload.text = std::move(gap.text);
}

core::Result<Payload> make_javascript_payload(const json::Value& object, std::string_view id_key,
                                              std::string id, const Dialect& dialect) {
  if (const json::Value own = object["id"]; id_key != "id" && own.present()) {
    if (core::Result<std::string> other = id_from(own, "id", dialect); !other || *other != id) {
      return other_id(id_key);
    }
  }
  JavascriptObject whole = as_zod_leaves_it(object, object[id_key]);
  Payload payload;
  payload.input_hash = text_hash(whole.text());
  std::string quoted_id;
  append_javascript_string(quoted_id, id);
  whole.set("id", std::move(quoted_id));
  take_out_metadata(whole, dialect, payload);
  payload.id = std::move(id);
  return payload;
}

}  // namespace

core::Result<Payload> make_payload(const json::Value& object, std::string_view id_key,
                                   const Dialect& dialect) {
  if (!object.is_object()) {
    return bad_record("the record is " + std::string(json::describe(object.kind())) +
                      "; expected an object");
  }
  const bool own_key = id_key != "id";
  core::Result<std::string> id = id_from(object[id_key], id_key, dialect);
  if (!id) return id.error();
  if (dialect.javascript_values) {
    return make_javascript_payload(object, id_key, *std::move(id), dialect);
  }
  const std::string quoted_id = json::quoted(*id);

  Payload payload;
  payload.id = *std::move(id);
  if (dialect.has(Quirk::kPruneResaveStays)) payload.input_hash = input_hash(object);
  payload.text.reserve(object.text().size() + quoted_id.size() + 8);
  payload.text += '{';
  if (own_key) append_member(payload.text, "\"id\"", quoted_id);
  bool id_seen = false;
  for (const json::Member member : object.members()) {
    if (spells(member.key, dialect.metadata_key)) continue;
    if (!spells(member.key, "id")) {
      if (payload.text.back() != '{') payload.text += ',';
      payload.text += member.key.text();
      payload.text += ':';
      json::append_compact(payload.text, member.value);
      continue;
    }
    if (id_seen) return bad_record("the record has two members named 'id'");
    id_seen = true;
    if (!own_key) {
      append_member(payload.text, "\"id\"", quoted_id);
    } else if (core::Result<std::string> other = id_from(member.value, "id", dialect);
               !other || *other != payload.id) {
      return other_id(id_key);
    }
  }
  payload.text += '}';
  return payload;
}

bool same_payload(std::string_view before, std::string_view after) {
  if (before == after) return true;
  json::Reader left;
  json::Reader right;
  const auto a = left.read(before);
  const auto b = right.read(after);
  TERAPI_CHECK(a && b, "stored payloads are JSON");
  return json::same_value(*a, *b);
}

std::string id_text(const json::Value& value, const Dialect& dialect) {
  if (!dialect.javascript_values) {
    return value.is_string() ? value.string() : std::string(value.text());
  }
  if (!value.is_string()) return javascript_json(value);
  std::string id = value.string();
  std::erase(id, '\0');
  return id;
}

std::uint64_t text_hash(std::string_view text) {
  constexpr std::uint64_t kSeed = 0x6e616e676f2d6d64U;
  // Positive in a data file's signed integers, too.
  return core::hash64(kSeed, text) >> 1U | 1U;
}

std::uint64_t input_hash(const json::Value& object) {
  return text_hash(as_zod_leaves_it(object, object["id"]).text());
}

std::uint64_t id_only_hash(std::string_view id) {
  JavascriptObject object;
  std::string quoted_id;
  append_javascript_string(quoted_id, id);
  object.set("id", std::move(quoted_id));
  return text_hash(object.text());
}

Payload merge_as_javascript(std::string_view base, std::uint32_t metadata_at, std::string_view id,
                            const json::Value& patch, const Dialect& dialect) {
  // The metadata are a member like others here.
  std::string whole(base);
  if (metadata_at > 0) {
    const std::string comma = whole[metadata_at - 1] == '{' ? "" : ",";
    whole.insert(metadata_at, comma + json::quoted(dialect.metadata_key) + ":null" +
                                  (comma.empty() && whole[metadata_at] != '}' ? "," : ""));
  }
  // The patch in the order in which it arrives, with the id that the record has.
  JavascriptObject changes = as_zod_leaves_it(patch, patch["id"]);
  Payload merged;
  merged.id = id;
  std::string quoted_id;
  append_javascript_string(quoted_id, id);
  changes.set("id", std::move(quoted_id));
  const std::string changes_text = changes.text();
  json::Reader reader;
  json::Reader patch_reader;
  json::Reader merged_reader;
  const auto before = reader.read(whole);
  const auto after = patch_reader.read(changes_text);
  TERAPI_CHECK(before && after, "stored payloads, and what was put together, are JSON");
  const std::string text = javascript_merge(*before, *after);
  const auto result = merged_reader.read(text);
  TERAPI_CHECK(result.has_value(), "what was merged is JSON");
  JavascriptObject object;
  for (const auto& [key, value] : javascript_members(*result)) {
    object.set(key, std::string(value.text()));
  }
  take_out_metadata(object, dialect, merged);
  return merged;
}

std::string merge_payload(std::string_view base, const json::Value& patch) {
  MergedObject object(base);
  object.merge(patch, {"id"});
  return object.text();
}

std::string id_only_payload(std::string_view id) {
  std::string out = "{\"id\":";
  json::append_quoted(out, id);
  return out += '}';
}

}  // namespace terapi::simulator
