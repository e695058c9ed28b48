// Described objects: the visitors of descriptions (description.h) that read a struct from a file,
// write it as JSON, and write its JSON Schema.
//
//   read_object(slot, rule);                       {"do":"poison","record":"r3"} → WireRule
//   write_object(out, rule, Subject::kClient);     defaults are left out
//   schema_of<WireRule>(Subject::kClient);         "\"type\":\"object\",\"properties\":…"
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/scenario/description.h"
#include "conformance/scenario/member_kinds.h"
#include "core/json_fields.h"
#include "core/json_writer.h"

namespace terapi::conformance {

// --- verbs --------------------------------------------------------------------------------------

// The verbs that a scenario of this kind may use for the step.
template <typename T>
class VerbNames : public Description<VerbNames<T>, T> {
 public:
  static std::vector<std::string_view> of(Subject judges) {
    VerbNames names(judges);
    describe_members<T>(names);
    return names.found_;
  }
  template <typename Get, typename Kind>
  void visit(const MemberInfo& info, Get /*get*/, const Kind& /*kind*/) {
    if (info.use == MemberInfo::Use::kVerb && admits(info.who, judges_)) {
      found_.push_back(info.name);
    }
  }

 private:
  explicit VerbNames(Subject judges) : judges_(judges) {}
  Subject judges_;
  std::vector<std::string_view> found_;
};

// The one to write it with: the first that fits.
template <typename T>
class VerbToWrite : public Description<VerbToWrite<T>, T> {
 public:
  static std::string_view of(const T& object, Subject judges) {
    VerbToWrite verb(object, judges);
    describe_members<T>(verb);
    return verb.found_;
  }
  template <typename Get, typename Kind>
  void visit(const MemberInfo& info, Get get, const Kind& kind) {
    const bool verb = info.use == MemberInfo::Use::kVerb && admits(info.who, judges_);
    if (!verb || !found_.empty()) return;
    if constexpr (requires { kind.writes(std::invoke(get, object_)); }) {
      if (!kind.writes(std::invoke(get, object_))) return;
    }
    found_ = info.name;
  }

 private:
  VerbToWrite(const T& object, Subject judges) : object_(object), judges_(judges) {}
  const T& object_;
  Subject judges_;
  std::string_view found_;
};

// --- reading ------------------------------------------------------------------------------------

template <typename T>
class MembersReader : public Description<MembersReader<T>, T> {
 public:
  // `verb`: the one of its verbs that the object has.
  MembersReader(T& object, core::json::Fields& fields, Subject judges, std::string_view verb = "")
      : object_(object), fields_(fields), judges_(judges), verb_(verb) {}

  template <typename Get, typename Kind>
  void visit(const MemberInfo& info, Get get, const Kind& kind) {
    if (!admits(info.who, judges_)) return;
    if (info.use == MemberInfo::Use::kVerb && info.name != verb_) return;
    const core::json::Value value = fields_.any(info.name);
    const bool absent = !value.present() || (value.is_null() && !takes_null<Kind>());
    if (!absent || info.use == MemberInfo::Use::kVerb) {
      kind.read({value, fields_.path_to(info.name), fields_.issues(), judges_},
                std::invoke(get, object_));
    } else if (info.use == MemberInfo::Use::kMust) {
      fields_.report(info.name, "required", "is missing: " + std::string(info.says));
    }
  }

 private:
  template <typename Kind>
  static constexpr bool takes_null() {
    if constexpr (requires { Kind::kTakesNull; }) return Kind::kTakesNull;
    return false;
  }

  T& object_;
  core::json::Fields& fields_;
  Subject judges_;
  std::string_view verb_;
};

template <typename T>
void read_members(T& object, core::json::Fields& fields, Subject judges,
                  std::string_view verb = "") {
  MembersReader<T> reader(object, fields, judges, verb);
  describe_members<T>(reader);
  // What follows from several members, or from their absence.
  if constexpr (requires { object.complete(); }) object.complete();
}

template <typename T>
void read_object(const Slot& slot, T& object) {
  core::json::Fields fields(slot.value, slot.path, slot.issues);
  if (!slot.value.is_object()) return;  // reported
  read_members(object, fields, slot.judges);
  fields.finish();
}

// --- writing ------------------------------------------------------------------------------------

template <typename Kind, typename T>
std::string text_of(const Kind& kind, const T& value, Subject judges) {
  core::json::Writer out;
  kind.write(out, value, judges);
  return out.take();
}

template <typename T>
class MembersWriter : public Description<MembersWriter<T>, T> {
 public:
  MembersWriter(const T& object, core::json::Writer& out, Subject judges)
      : object_(object), out_(out), judges_(judges), verb_(VerbToWrite<T>::of(object, judges)) {}

  template <typename Get, typename Kind>
  void visit(const MemberInfo& info, Get get, const Kind& kind) {
    if (!admits(info.who, judges_)) return;
    if (info.use == MemberInfo::Use::kVerb && info.name != verb_) return;
    const std::string text = text_of(kind, std::invoke(get, object_), judges_);
    const bool usual = info.use == MemberInfo::Use::kMay &&
                       text == text_of(kind, std::invoke(get, usual_), judges_);
    if (!usual) out_.raw_field(info.name, text);
  }

 private:
  const T& object_;
  const T usual_{};
  core::json::Writer& out_;
  Subject judges_;
  std::string_view verb_;
};

template <typename T>
void write_members(core::json::Writer& out, const T& object, Subject judges) {
  MembersWriter<T> writer(object, out, judges);
  describe_members<T>(writer);
}

template <typename T>
void write_object(core::json::Writer& out, const T& object, Subject judges) {
  out.begin_object();
  write_members(out, object, judges);
  out.end_object();
}

// --- the schema ---------------------------------------------------------------------------------

// What a schema says of an object, as its members are visited.
struct ObjectSchema {
  std::string says;
  std::string example;
  std::vector<std::pair<std::string, std::string>> properties;  // name → schema
  std::vector<std::string> required;
  std::vector<std::string> verbs;  // among the properties: one of these is required

  // "type":"object",…; with a verb, as a step that has this one and none of the others.
  std::string text(std::string_view verb = "") const;
};
// {…,"description":"…","default":…}; a default that goes without saying is left out.
std::string property_schema(const std::string& kind, std::string_view says,
                            const std::string& usual);

template <typename T>
class MembersSchema : public Description<MembersSchema<T>, T> {
 public:
  MembersSchema(ObjectSchema& schema, Subject judges) : schema_(schema), judges_(judges) {}

  void about(std::string_view says, std::string_view example = "",
             std::string_view for_servers = "") {
    schema_.says = says;
    schema_.example = judges_ == Subject::kServer && !for_servers.empty() ? for_servers : example;
  }
  template <typename Get, typename Kind>
  void visit(const MemberInfo& info, Get get, const Kind& kind) {
    if (!admits(info.who, judges_)) return;
    const bool may = info.use == MemberInfo::Use::kMay;
    schema_.properties.emplace_back(
        info.name,
        property_schema(kind.schema(judges_), info.says,
                        may ? text_of(kind, std::invoke(get, usual_), judges_) : std::string()));
    if (info.use == MemberInfo::Use::kMust) schema_.required.emplace_back(info.name);
    if (info.use == MemberInfo::Use::kVerb) schema_.verbs.emplace_back(info.name);
  }

 private:
  ObjectSchema& schema_;
  Subject judges_;
  const T usual_{};
};

template <typename T>
void add_schema(ObjectSchema& schema, Subject judges) {
  MembersSchema<T> visitor(schema, judges);
  describe_members<T>(visitor);
}

template <typename T>
std::string schema_of(Subject judges) {
  if constexpr (!kDefinition<T>.empty()) {
    return "\"$ref\":\"#/$defs/" + std::string(kDefinition<T>) + "\"";
  } else {
    ObjectSchema schema;
    add_schema<T>(schema, judges);
    return schema.text();
  }
}

}  // namespace terapi::conformance
