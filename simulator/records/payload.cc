#include "simulator/records/payload.h"

#include <vector>

#include "core/check.h"
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

core::Result<std::string> id_from(const json::Value& value, std::string_view key) {
  const std::string name = "'" + std::string(key) + "'";
  if (!value.present()) return bad_record("the record has no " + name);
  if (!value.is_string() && !value.is_number()) {
    return bad_record("the record's " + name + " is " + std::string(json::describe(value.kind())) +
                      "; expected a string or a number");
  }
  std::string id = value.is_string() ? value.string() : std::string(value.text());
  if (id.empty()) return bad_record("the record's " + name + " is empty");
  if (id.size() > kLongestId) {
    return bad_record("the record's " + name + " has " + std::to_string(id.size()) +
                      " bytes; at most " + std::to_string(kLongestId) + " are allowed");
  }
  if (value.is_string() && json::has_unpaired_surrogate(value.text())) {
    return bad_record("the record's " + name +
                      " contains half of a surrogate pair, which is not valid text");
  }
  if (id.find('\0') != std::string::npos) return bad_record("the record's " + name + " holds NUL");
  return id;
}

void append_member(std::string& out, std::string_view key_text, std::string_view value_text) {
  if (out.back() != '{') out += ',';
  out += key_text;
  out += ':';
  out += value_text;
}

}  // namespace

core::Result<Payload> make_payload(const json::Value& object, std::string_view id_key,
                                   const Dialect& dialect) {
  if (!object.is_object()) {
    return bad_record("the record is " + std::string(json::describe(object.kind())) +
                      "; expected an object");
  }
  const bool own_key = id_key != "id";
  core::Result<std::string> id = id_from(object[id_key], id_key);
  if (!id) return id.error();
  const std::string quoted_id = json::quoted(*id);

  Payload payload{std::move(*id), {}};
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
    } else if (core::Result<std::string> other = id_from(member.value, "id");
               !other || *other != payload.id) {
      return bad_record("the record has an 'id' of its own beside '" + std::string(id_key) +
                        "', with another value, and would lose it");
    }
  }
  payload.text += '}';
  return payload;
}

bool same_payload(std::string_view before, std::string_view after, const Dialect& dialect) {
  if (before == after) return true;
  if (dialect.key_order_is_a_change) return false;
  json::Reader left;
  json::Reader right;
  const auto a = left.read(before);
  const auto b = right.read(after);
  TERAPI_CHECK(a && b, "stored payloads are JSON");
  return json::same_value(*a, *b);
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
