#include "simulator/faults/fault_rule.h"

#include <algorithm>

#include "core/glob.h"
#include "core/json_writer.h"
#include "core/nearest.h"
#include "core/random.h"
#include "simulator/faults/fault_table.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::size_t kMostSeen = 10'000;

// "/records/" is answered like "/records", and so has to be struck like it.
std::string_view without_last_slash(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

void read_match(json::Fields& fields, FaultRule& rule, json::Issues& issues) {
  const auto attributes = fault_attributes(rule.effect);
  const std::vector<std::string> known(attributes.begin(), attributes.end());
  const json::Value match = fields.object("match");
  json::Path path = fields.path_to("match");
  for (const json::Member member : match.members()) {
    const std::string key = member.key.string();
    path.push_back(key);
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      issues.push_back({"unrecognized_keys",
                        "unknown key '" + key + "' in " + json::path_text(fields.path_to("match")) +
                            core::suggestion(key, known),
                        path, member.key.offset()});
    }
    if (member.value.is_string()) {
      rule.match[key] = fields.text_of(member.value, path);
    } else if (member.value.is_number()) {
      rule.match[key] = std::string(member.value.text());
    } else {
      issues.push_back({"invalid_type", json::path_text(path) + " has to be a string or a number",
                        path, member.value.offset()});
    }
    path.pop_back();
  }
}

void read_trigger(json::Fields& fields, FaultRule& rule, json::Issues& issues) {
  constexpr std::int64_t kMost = 1'000'000'000;
  json::Path path = fields.path_to("nth");
  for (const json::Value item : fields.array("nth").items()) {
    const auto n = item.integer();
    if (n && *n >= 1) {
      rule.nth.push_back(*n);
    } else {
      issues.push_back({"invalid_type",
                        json::path_text(path) + " holds " + std::string(item.text().substr(0, 40)) +
                            "; expected whole numbers from 1",
                        path, item.offset()});
    }
  }
  std::sort(rule.nth.begin(), rule.nth.end());
  rule.every = fields.integer("every", 1, kMost);
  rule.parts_per_million = fields.decimal("probability", 1'000'000, 1);
  rule.times = fields.integer("times", 1, kMost);
  const int triggers =
      (fields.has("nth") ? 1 : 0) + (rule.every ? 1 : 0) + (rule.parts_per_million ? 1 : 0);
  if (triggers > 1) {
    fields.report("nth", "invalid_value",
                  "is one too many: a rule has only one of nth, every and probability");
  }
}

}  // namespace

bool FaultRule::matches(const FaultEvent& event) const {
  return std::all_of(match.begin(), match.end(), [&](const auto& wanted) {
    const auto found = event.attributes.find(wanted.first);
    if (found == event.attributes.end()) return false;
    if (wanted.first != "path") return core::glob_matches(wanted.second, found->second);
    return core::glob_matches(without_last_slash(wanted.second), without_last_slash(found->second));
  });
}

bool FaultRule::strikes(const FaultEvent& event, std::uint64_t seed) {
  ++matched;
  bool strike = true;
  if (!nth.empty()) {
    strike = std::binary_search(nth.begin(), nth.end(), matched);
  } else if (every) {
    strike = matched % *every == 0;
  } else if (parts_per_million) {
    if (seen.size() >= kMostSeen) seen.clear();
    const std::string occurrence = event.id + "#" + std::to_string(seen[event.id]++);
    strike = core::decide(seed, id, occurrence, static_cast<std::uint32_t>(*parts_per_million));
  }
  if (times && fired >= *times) strike = false;
  if (strike) ++fired;
  return strike;
}

FaultRule read_fault_rule(const json::Value& value, const json::Path& path,
                          std::string_view fallback_id, json::Issues& issues) {
  FaultRule rule;
  json::Fields fields(value, path, issues);
  rule.id = fields.string("id").value_or(std::string(fallback_id));
  const auto on = fields.word("on", kFaultOnWords);
  if (!on && !fields.has("on")) {
    fields.report("on", "required",
                  "is missing; expected \"api\", \"webhook\", \"store\" or \"upstream\"");
  }
  rule.effect = no_effect_on(on.value_or(FaultOn::kApi));
  read_match(fields, rule, issues);
  read_trigger(fields, rule, issues);
  const json::Value doing = fields.object("do");
  if (doing.is_object()) {
    json::Fields do_fields(doing, fields.path_to("do"), issues);
    read_fault_effect(rule.effect, do_fields, fields);
    do_fields.finish();
  } else if (!fields.has("do")) {
    fields.report("do", "required", "is missing; expected what the fault does, an object");
  }
  fields.finish();
  rule.text = json::compact(value);
  return rule;
}

std::string fault_rule_text(const FaultRule& rule) {
  json::Reader reader;
  const auto given = reader.read(rule.text);
  json::Writer out;
  out.begin_object().field("id", rule.id);
  if (given) {
    for (const json::Member member : given->members()) {
      if (member.key.string() == "id") continue;
      out.key(member.key.string()).raw(member.value.text());
    }
  }
  out.end_object();
  return out.take();
}

std::string fault_rule_json(const FaultRule& rule) {
  std::string text = fault_rule_text(rule);
  text.pop_back();
  return text + ",\"matched\":" + std::to_string(rule.matched) +
         ",\"fired\":" + std::to_string(rule.fired) + "}";
}

}  // namespace terapi::simulator
