// Template: a ready-made sync of a provider (SYNC-1) — which collection of the external API it
// reads, which model its objects become, what generated objects look like, and its actions.
//
// Templates are data: those that come with the simulator are templates.json, and a world file may
// bring more (docs/templates.md). Values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_fields.h"
#include "core/words.h"
#include "simulator/world/environment.h"

namespace terapi::simulator {

enum class FieldKind : std::uint8_t {
  kNumber,   // the object's number, plus `least`
  kId,       // the text, and 14 letters and digits
  kWords,    // `least` to `most` words
  kInteger,  // from `least` to `most`
  kChoice,   // one of `choices`
  kText,     // the text, with {field}s and {sequence} replaced
  kTime,     // when the object was created, or last changed
  kObject,   // `members`
  kList,     // `least` to `most` objects of `members`
};

// How one member of a generated object is made.
struct FieldRule {
  std::string name;
  FieldKind kind = FieldKind::kChoice;
  std::string text;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::vector<std::string> choices;  // JSON texts
  bool updated = false;              // of kTime: the last change instead of the creation
  std::vector<FieldRule> members;
};

enum class ActionDoes : std::uint8_t { kCreate, kUpdate, kDelete };
inline constexpr std::array<core::Word<ActionDoes>, 3> kActionDoesWords = {
    {{ActionDoes::kCreate, "create"},
     {ActionDoes::kUpdate, "update"},
     {ActionDoes::kDelete, "delete"}}};

// An action of an integration (WRITE-1): what it does to the template's collection.
struct ActionTemplate {
  std::string name;
  std::string description;
  ActionDoes does = ActionDoes::kCreate;
  std::vector<std::string> requires_members;  // of its input
  std::string sets = "{}";                    // members that it sets itself, a JSON object
};

struct Template {
  std::string name;
  std::string provider;
  std::string description;
  std::string model;
  std::string collection;
  std::string id_key = "id";
  SyncKind kind = SyncKind::kIncremental;
  Duration frequency = std::chrono::hours(1);
  std::int64_t objects = 100;  // how many a new collection is given
  std::vector<FieldRule> fields;
  std::vector<std::string> changes;  // the fields of which a change draws one anew
  std::vector<ActionTemplate> actions;
  std::string text;  // as it was given, compact JSON

  // The sync that it makes, off.
  Sync sync() const;
};

// Reads one; reports what is wrong with it to `issues`.
Template read_template(const core::json::Value& value, const core::json::Path& path,
                       core::json::Issues& issues);

// How often a sync runs, at least a second apart.
std::optional<Duration> read_frequency(core::json::Fields& fields);

// Those that come with the simulator.
const std::vector<Template>& own_templates();

// "GitHub" for "github"; the provider itself where it is none that we know.
std::string_view provider_name(std::string_view provider);

}  // namespace terapi::simulator
