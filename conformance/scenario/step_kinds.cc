#include "conformance/scenario/step_kinds.h"

#include <algorithm>

#include "conformance/scenario/described_object.h"
#include "conformance/scenario/run.h"
#include "conformance/scenario/written_out.h"
#include "core/duration.h"
#include "core/nearest.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

constexpr std::int64_t kMostRequests = 100'000;

// The members of an object; anything else is reported.
template <typename Visit>
void each_member(const Slot& slot, Visit visit) {
  if (!slot.value.is_object()) return slot.wrong("an object");
  for (const json::Member member : slot.value.members()) {
    json::Path path = slot.path;
    path.push_back(member.key.string());
    visit(member.key.string(), Slot{member.value, std::move(path), slot.issues, slot.judges});
  }
}

void find_into(const Slot& slot, std::vector<const Law*>& laws) {
  if (!slot.value.is_string()) return slot.wrong("the name of a law");
  const std::string name = slot.value.string();
  if (const Law* found = find_law(name)) {
    laws.push_back(found);
    return;
  }
  slot.issues.push_back({"invalid_value",
                         "no law is called '" + name + "'" + core::suggestion(name, law_names()),
                         slot.path, slot.value.offset()});
}

}  // namespace

void JsonTextKind::read(const Slot& slot, std::string& text) const {
  const bool any = kind == json::Kind::kNull;
  if (!any && slot.value.kind() != kind) return slot.wrong(json::describe(kind));
  text = json::compact(slot.value);
}

void FaultRulesKind::read(const Slot& slot, std::string& rules) const {
  if (!slot.value.is_array()) return slot.wrong("an array");
  std::size_t index = 0;
  for (const json::Value rule : slot.value.items()) {
    const Slot item = slot.item(index++, rule);
    if (!rule.is_object()) {
      item.wrong("an object");
    } else if (rule["id"].string().empty()) {
      item.wrong("a rule with an id, by which one can see whether it struck");
    }
  }
  rules = json::compact(slot.value);
}

void RecordsKind::read(const Slot& slot, std::string& records) const {
  records = written_out_records(slot.value, slot.path, slot.issues);
}

void RunRecordsKind::read(const Slot& slot, std::string& records) const {
  records = kept_records(slot.value, slot.path, slot.issues);
}

// --- runs and worlds ----------------------------------------------------------------------------

std::string Run::body() const {
  json::Writer out;
  out.begin_object()
      .field("integration", stream.integration)
      .field("connection", stream.connection)
      .field("model", stream.model);
  Run rest = *this;
  rest.stream = {.variant = stream.variant};
  write_members(out, rest, Subject::kClient);
  return out.end_object().take();
}

void RunBodyKind::read(const Slot& slot, std::string& body) const {
  Run run;
  read_object(slot, run);
  body = run.body();
}

void RunBodyKind::write(json::Writer& out, const std::string& body, Subject judges) const {
  const auto document = json::Document::parse(body, {.max_depth = 100'000});
  if (!document) {
    out.raw(body);
    return;
  }
  Run run;
  json::Issues issues;
  read_object(Slot{document->root(), {}, issues, judges}, run);
  out.begin_object();
  write_members(out, run, judges);
  out.end_object();
}

void WorldKind::read(const Slot& slot, std::string& world) const {
  if (!slot.value.is_object()) return slot.wrong("an object");
  world = kept_world(slot.value, slot.issues);
}

// Without the integrations where the reader puts the same ones in.
void WorldKind::write(json::Writer& out, const std::string& world, Subject) const {
  const auto document = json::Document::parse(world, {.comments = true, .max_depth = 100'000});
  if (!document || !document->root().is_object()) {
    out.raw(world.empty() ? "null" : world);
    return;
  }
  json::Writer shorter;
  shorter.begin_object();
  for (const json::Member member : document->root().members()) {
    const std::string key = member.key.string();
    if (key != "integrations") shorter.raw_field(key, member.value.text());
  }
  const std::string text = shorter.end_object().take();
  const auto read_again = json::Document::parse(text, {.max_depth = 100'000});
  json::Issues issues;
  const auto whole = json::Document::parse(
      read_again ? written_out_world(read_again->root(), issues) : "null", {.max_depth = 100'000});
  out.raw(whole && json::same_value(whole->root(), document->root()) ? text : world);
}

// --- times and streams --------------------------------------------------------------------------

void JumpKind::read(const Slot& slot, core::Duration& by) const {
  const std::string text = slot.value.string();
  if (slot.value.is_string() && text.size() >= 2 && (text[0] == '+' || text[0] == '-')) {
    if (const auto size = core::parse_duration(text.substr(1))) {
      by = text[0] == '-' ? -*size : *size;
      return;
    }
  }
  slot.wrong("a duration with a sign, such as \"+1d\" or \"-1d\"");
}

void JumpKind::write(json::Writer& out, core::Duration by, Subject) const {
  const bool back = by.count() < 0;
  out.string((back ? "-" : "+") + core::format_duration(back ? -by : by));
}

std::string JumpKind::schema(Subject) const {
  return R"("type":"string","pattern":"^[+-]([0-9]+(\\.[0-9]+)?(us|ms|s|m|h|d))+$")";
}

void StreamNameKind::read(const Slot& slot, StreamAsked& stream) const {
  std::vector<std::string> parts(1);
  for (const char c : slot.value.string()) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (!slot.value.is_string() || parts.size() < 3 || parts.size() > 4) {
    return slot.wrong("a stream, such as \"github/demo/Issue\"");
  }
  stream = {parts[0], parts[1], parts[2], parts.size() == 4 ? parts[3] : StreamAsked().variant};
}

void StreamNameKind::write(json::Writer& out, const StreamAsked& stream, Subject) const {
  out.string(stream_name(stream.integration, stream.connection, stream.model, stream.variant));
}

// --- requests -----------------------------------------------------------------------------------

void QueryKind::read(const Slot& slot, Query& query) const {
  each_member(slot, [&](const std::string& name, const Slot& member) {
    std::vector<json::Value> values = {member.value};
    if (member.value.is_array()) {
      values.clear();
      for (const json::Value item : member.value.items()) values.push_back(item);
    }
    for (const json::Value& value : values) {
      if (value.is_string()) {
        query.emplace_back(name, value.string());
      } else if (value.is_number()) {
        query.emplace_back(name, std::string(value.text()));
      } else {
        member.wrong("a string, a number, or a list of them");
      }
    }
  });
}

void QueryKind::write(json::Writer& out, const Query& query, Subject) const {
  out.begin_object();
  for (std::size_t i = 0; i < query.size(); ++i) {
    const std::string& name = query[i].first;
    const auto is_it = [&](const auto& parameter) { return parameter.first == name; };
    const auto begin = query.begin();
    if (std::any_of(begin, begin + static_cast<std::ptrdiff_t>(i), is_it)) continue;
    out.key(name);
    if (std::count_if(begin, query.end(), is_it) == 1) {
      out.string(query[i].second);
      continue;
    }
    out.begin_array();
    for (const auto& [other, value] : query) {
      if (other == name) out.string(value);
    }
    out.end_array();
  }
  out.end_object();
}

void NamedTextsKind::read(const Slot& slot, NamedTexts& texts) const {
  each_member(slot, [&](const std::string& name, const Slot& member) {
    if (member.value.is_null()) {
      texts.emplace_back(name, std::nullopt);
    } else if (member.value.is_string()) {
      texts.emplace_back(name, member.value.string());
    } else {
      member.wrong("a string or null");
    }
  });
}

void NamedTextsKind::write(json::Writer& out, const NamedTexts& texts, Subject) const {
  out.begin_object();
  for (const auto& [name, text] : texts) out.optional_field(name, text);
  out.end_object();
}

std::string NamedTextsKind::schema(Subject) const {
  return R"("type":"object","additionalProperties":{"type":["string","null"]})";
}

void HeadersKind::read(const Slot& slot, Headers& headers) const {
  each_member(slot, [&](const std::string& name, const Slot& member) {
    TextKind{}.read(member, headers.emplace_back(name, "").second);
  });
}

void HeadersKind::write(json::Writer& out, const Headers& headers, Subject) const {
  out.begin_object();
  for (const auto& [name, text] : headers) out.field(name, text);
  out.end_object();
}

std::string HeadersKind::schema(Subject) const {
  return R"("type":"object","additionalProperties":{"type":"string"})";
}

void CountsKind::read(const Slot& slot, Counts& counts) const {
  each_member(slot, [&](const std::string& name, const Slot& member) {
    counts[name] =
        static_cast<std::size_t>(read_whole(member, Range{0, kMostRequests}).value_or(0));
  });
}

void CountsKind::write(json::Writer& out, const Counts& counts, Subject) const {
  out.begin_object();
  for (const auto& [name, count] : counts) out.field(name, count);
  out.end_object();
}

std::string CountsKind::schema(Subject) const {
  return R"("type":"object","additionalProperties":{"type":"integer","minimum":0})";
}

void BodyKind::read(const Slot& slot, std::string& body) const {
  body = slot.value.is_string() ? slot.value.string() : json::compact(slot.value);
}

void NextKind::read(const Slot& slot, AnswerExpected::Next& next) const {
  if (slot.value.is_null()) {
    next = AnswerExpected::Next::kNull;
  } else if (slot.value.is_string() && slot.value.string() == "last") {
    next = AnswerExpected::Next::kLast;
  } else {
    slot.wrong("null or \"last\"");
  }
}

void NextKind::write(json::Writer& out, AnswerExpected::Next next, Subject) const {
  if (next == AnswerExpected::Next::kNull) {
    out.null();
  } else {
    out.string(next == AnswerExpected::Next::kLast ? "last" : "");
  }
}

// --- laws ---------------------------------------------------------------------------------------

void LawKind::read(const Slot& slot, std::vector<const Law*>& laws) const { find_into(slot, laws); }

void LawKind::write(json::Writer& out, const std::vector<const Law*>& laws, Subject) const {
  out.string(laws.front()->name);
}

std::string LawKind::schema(Subject judges) const { return OneOf{law_names()}.schema(judges); }

void LawsKind::read(const Slot& slot, std::vector<const Law*>& laws) const {
  if (!slot.value.is_array()) return slot.wrong("an array");
  std::size_t index = 0;
  for (const json::Value item : slot.value.items()) find_into(slot.item(index++, item), laws);
}

void LawsKind::write(json::Writer& out, const std::vector<const Law*>& laws, Subject) const {
  out.begin_array();
  for (const Law* law : laws) out.string(law->name);
  out.end_array();
}

std::string LawsKind::schema(Subject judges) const {
  return R"("type":"array","items":{)" + LawKind().schema(judges) + "}";
}

}  // namespace terapi::conformance
