#include "conformance/scenario/step.h"

#include <algorithm>
#include <utility>

#include "conformance/scenario/described_object.h"
#include "core/nearest.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// Calls visit.template operator()<T>() for each struct of the variant, until one returns true.
template <typename Variant>
struct EachStep;
template <typename... Steps>
struct EachStep<std::variant<Steps...>> {
  template <typename Visit>
  static bool visit(Visit visit) {
    return (visit.template operator()<Steps>() || ...);
  }
};
using AllSteps = EachStep<Step::What>;

// A step in the words of the file, for those who read a report.
std::string shown(const json::Value& value) {
  constexpr std::size_t kLongest = 160;
  std::string text = json::compact(value);
  if (text.size() > kLongest) text = text.substr(0, kLongest - 3) + "…";
  return text;
}

void refuse_step(const Slot& slot) {
  std::string first = "nothing";
  for (const json::Member member : slot.value.members()) {
    first = member.key.string();
    break;
  }
  slot.issues.push_back({"unrecognized_keys",
                         json::path_text(slot.path) + " does '" + first +
                             "', which no step of such a scenario does" +
                             core::suggestion(first, step_verbs(slot.judges)),
                         slot.path, slot.value.offset()});
}

void read_step(const Slot& slot, Step& step) {
  json::Fields fields(slot.value, slot.path, slot.issues);
  if (!slot.value.is_object()) return;  // reported
  step.text = shown(slot.value);
  const bool known = AllSteps::visit([&]<typename T>() {
    for (const std::string_view verb : VerbNames<T>::of(slot.judges)) {
      if (!slot.value[verb].present()) continue;
      read_members(step.what.emplace<T>(), fields, slot.judges, verb);
      return true;
    }
    return false;
  });
  if (!known) return refuse_step(slot);
  read_members(step, fields, slot.judges);
  fields.finish();
}

}  // namespace

// --- kinds that steps have of their own ---------------------------------------------------------

void PruneStep::UpToKind::read(const Slot& slot, Asked& asked) const {
  std::string id;
  TextKind{.not_empty = true}.read(slot, id);
  asked.until = "@" + id;
}

void PruneStep::UpToKind::write(json::Writer& out, const Asked& asked, Subject) const {
  out.string(asked.until.empty() ? "" : asked.until.substr(1));
}

void KillStep::MomentKind::read(const Slot& slot, KillStep& kill) const {
  std::vector<std::string> known;
  for (const bool repeated : {false, true}) {
    for (const core::Word<At>& moment : kMoments) {
      if (repeated && moment.value == At::kNever) continue;
      known.push_back((repeated ? "every " : "") + std::string(moment.word));
      if (!slot.value.is_string() || slot.value.string() != known.back()) continue;
      kill.at = moment.value;
      kill.every = repeated;
      return;
    }
  }
  refuse_word(slot, known);
}

void KillStep::MomentKind::write(json::Writer& out, const KillStep& kill, Subject) const {
  out.string((kill.every ? "every " : "") + std::string(core::word_of(kMoments, kill.at)));
}

std::string KillStep::MomentKind::schema(Subject) const {
  json::Writer out;
  out.begin_array();
  for (const core::Word<At>& moment : kMoments) {
    out.begin_object().key("enum").begin_array().string(moment.word);
    if (moment.value != At::kNever) out.string("every " + std::string(moment.word));
    out.end_array().field("description", moment.says).end_object();
  }
  out.end_array();
  return "\"oneOf\":" + out.take();
}

void AskStep::RequestKind::read(const Slot& slot, AskStep& ask) const {
  const std::string line = slot.value.string();
  const std::size_t space = line.find(' ');
  if (!slot.value.is_string() || space == std::string::npos || space + 1 >= line.size() ||
      line[space + 1] != '/') {
    return slot.wrong("a method and a path, such as \"POST /records\"");
  }
  ask.method = line.substr(0, space);
  ask.target = line.substr(space + 1);
}

void AskStep::RequestKind::write(json::Writer& out, const AskStep& ask, Subject) const {
  out.string(ask.method + " " + ask.target);
}

void ReceiverAnswer::Kind::read(const Slot& slot, ReceiverAnswer& answer) const {
  if (slot.value.is_object()) return read_object(slot, answer);
  if (slot.value.is_string()) {
    for (const core::Word<What>& each : kWhats) {
      if (slot.value.string() != each.word) continue;
      answer.what = each.value;
      return;
    }
  } else if (const auto number = slot.value.integer();
             number && *number >= kHttpStatus.least && *number <= kHttpStatus.most) {
    answer.status = *number;
    return;
  }
  slot.wrong(
      "a status, {\"status\",\"headers\"}, \"timeout\", \"reset\", \"truncate\", \"large\", "
      "\"no reason\" or \"closes\"");
}

void ReceiverAnswer::Kind::write(json::Writer& out, const ReceiverAnswer& answer,
                                 Subject judges) const {
  if (answer.what != What::kStatus) {
    out.string(core::word_of(kWhats, answer.what));
  } else if (answer.headers.empty()) {
    out.number(answer.status);
  } else {
    write_object(out, answer, judges);
  }
}

std::string ReceiverAnswer::Kind::schema(Subject judges) const {
  const auto words = WordsKind<What>{kWhats}.schema(judges);
  const auto number = WholeKind<std::int64_t>{kHttpStatus}.schema(judges);
  return R"("anyOf":[{)" + number + "},{" + words + "},{" + schema_of<ReceiverAnswer>(judges) +
         "}]";
}

// --- lists of steps -----------------------------------------------------------------------------

void StepsKind::read(const Slot& slot, std::vector<Step>& steps) const {
  if (!slot.value.is_array()) return slot.wrong("an array");
  if (not_empty && slot.value.size() == 0) return slot.empty();
  std::size_t index = 0;
  for (const json::Value item : slot.value.items()) {
    read_step(slot.item(index++, item), steps.emplace_back());
  }
}

void StepsKind::write(json::Writer& out, const std::vector<Step>& steps, Subject judges) const {
  out.begin_array();
  for (const Step& step : steps) out.raw(step_text(step, judges));
  out.end_array();
}

std::string StepsKind::schema(Subject judges) const {
  return std::string(R"("type":"array","items":{"$ref":"#/$defs/)") +
         (judges == Subject::kClient ? "client" : "server") + "_step\"}" +
         (not_empty ? R"(,"minItems":1)" : "");
}

void ExpectKind::read(const Slot& slot, std::vector<Step>& checks) const {
  if (slot.judges == Subject::kServer) return StepsKind{}.read(slot, checks);
  std::vector<ClientCheck> read;
  ListKind<ObjectKind<ClientCheck>>{}.read(slot, read);
  for (ClientCheck& check : read) checks.push_back({.what = CheckStep{std::move(check)}});
}

void ExpectKind::write(json::Writer& out, const std::vector<Step>& checks, Subject judges) const {
  if (judges == Subject::kServer) return StepsKind{}.write(out, checks, judges);
  out.begin_array();
  for (const Step& step : checks) write_object(out, std::get<CheckStep>(step.what).check, judges);
  out.end_array();
}

std::string ExpectKind::schema(Subject judges) const {
  if (judges == Subject::kServer) return StepsKind{}.schema(judges);
  return ListKind<ObjectKind<ClientCheck>>{}.schema(judges);
}

std::string step_text(const Step& step, Subject judges) {
  json::Writer out;
  out.begin_object();
  std::visit([&](const auto& what) { write_members(out, what, judges); }, step.what);
  write_members(out, step, judges);
  out.end_object();
  return out.take();
}

std::vector<std::string> step_verbs(Subject judges) {
  std::vector<std::string> verbs;
  AllSteps::visit([&]<typename T>() {
    for (const std::string_view verb : VerbNames<T>::of(judges)) verbs.emplace_back(verb);
    return false;
  });
  return verbs;
}

std::string step_schema(Subject judges) {
  std::string text;
  AllSteps::visit([&]<typename T>() {
    for (const std::string_view verb : VerbNames<T>::of(judges)) {
      ObjectSchema schema;
      add_schema<T>(schema, judges);
      add_schema<Step>(schema, judges);  // what every step may have
      text += (text.empty() ? "{" : ",{") + schema.text(verb) + "}";
    }
    return false;
  });
  return R"({"description":"one step; its verb says what is done","oneOf":[)" + text + "]}";
}

// A hostile request writes nothing, but is not for a server that others need.
bool Step::only_reads() const {
  if (const auto* ask = std::get_if<AskStep>(&what)) {
    return (ask->method == "GET" || ask->method == "HEAD") &&
           !ask->target.starts_with("/_simulator");
  }
  if (const auto* law = std::get_if<LawStep>(&what)) {
    return std::none_of(law->laws.begin(), law->laws.end(),
                        [](const Law* each) { return each->needs.any(); });
  }
  return std::holds_alternative<ReadStep>(what) || std::holds_alternative<KeptConnectionStep>(what);
}

bool Plan::sweeps() const {
  return std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    const auto* kill = std::get_if<KillStep>(&step.what);
    return kill != nullptr && kill->every;
  });
}

}  // namespace terapi::conformance
