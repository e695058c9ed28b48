// Kinds (member_kinds.h) of members that only steps have: runs, rules, worlds, queries, headers,
// laws. Thread rule: values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/contract/stream_asked.h"
#include "conformance/laws/answer_expectation.h"
#include "conformance/laws/law.h"
#include "conformance/scenario/member_kinds.h"

namespace terapi::conformance {

using NamedTexts = std::vector<std::pair<std::string, std::optional<std::string>>>;

// JSON that is read elsewhere, kept as text.
struct JsonTextKind {
  core::json::Kind kind;
  std::string_view says;  // members of the schema

  void read(const Slot& slot, std::string& text) const;
  void write(core::json::Writer& out, const std::string& text, Subject) const {
    out.raw(text.empty() ? "null" : text);
  }
  std::string schema(Subject) const { return std::string(says); }
};
inline constexpr JsonTextKind kIds{core::json::Kind::kArray,
                                   R"("type":"array","items":{"type":["string","integer"]})"};
inline constexpr JsonTextKind kAnyObject{core::json::Kind::kObject, R"("type":"object")"};

// Fault rules, as PUT /_simulator/faults takes them. Each needs an id: without one, nobody could
// see whether it struck.
struct FaultRulesKind {
  void read(const Slot& slot, std::string& rules) const;
  void write(core::json::Writer& out, const std::string& rules, Subject) const {
    out.raw(rules.empty() ? "null" : rules);
  }
  std::string schema(Subject) const { return R"("type":"array","items":{"$ref":"#/$defs/fault"})"; }
};
inline constexpr FaultRulesKind kFaultRules{};

// Records; generated ones are written out.
struct RecordsKind {
  void read(const Slot& slot, std::string& records) const;
  void write(core::json::Writer& out, const std::string& records, Subject) const {
    out.raw(records.empty() ? "null" : records);
  }
  std::string schema(Subject) const { return R"("$ref":"#/$defs/records")"; }
};

// The records of a run, which may be large: kept_records().
struct RunRecordsKind : RecordsKind {
  void read(const Slot& slot, std::string& records) const;
};

// A run, as the body of POST /_simulator/runs: whole_run().
struct RunBodyKind {
  void read(const Slot& slot, std::string& body) const;
  void write(core::json::Writer& out, const std::string& body, Subject) const;
  std::string schema(Subject) const { return R"("$ref":"#/$defs/run")"; }
};

// A world, as the server takes it: written_out_world().
struct WorldKind {
  void read(const Slot& slot, std::string& world) const;
  void write(core::json::Writer& out, const std::string& world, Subject) const;
  std::string schema(Subject) const { return R"("$ref":"#/$defs/world")"; }
};

// "+1d", "-1d"
struct JumpKind {
  void read(const Slot& slot, core::Duration& by) const;
  void write(core::json::Writer& out, core::Duration by, Subject) const;
  std::string schema(Subject) const;
};

// "github/demo/Issue"
struct StreamNameKind {
  void read(const Slot& slot, StreamAsked& stream) const;
  void write(core::json::Writer& out, const StreamAsked& stream, Subject) const;
  std::string schema(Subject) const { return R"("type":"string")"; }
};

// Values of a query: a text, a number, a list of these (the name is repeated), or null, which
// leaves out what would be sent otherwise.
struct QueryKind {
  void read(const Slot& slot, Query& query) const;
  void write(core::json::Writer& out, const Query& query, Subject) const;
  std::string schema(Subject) const { return R"("type":"object")"; }
};

// Name → text, or null.
struct NamedTextsKind {
  void read(const Slot& slot, NamedTexts& texts) const;
  void write(core::json::Writer& out, const NamedTexts& texts, Subject) const;
  std::string schema(Subject) const;
};
struct HeadersKind {
  using Headers = std::vector<std::pair<std::string, std::string>>;
  void read(const Slot& slot, Headers& headers) const;
  void write(core::json::Writer& out, const Headers& headers, Subject) const;
  std::string schema(Subject) const;
};

// Name → number.
struct CountsKind {
  using Counts = std::map<std::string, std::size_t>;
  void read(const Slot& slot, Counts& counts) const;
  void write(core::json::Writer& out, const Counts& counts, Subject) const;
  std::string schema(Subject) const;
};

// A body: a text as it is, or any JSON.
struct BodyKind {
  void read(const Slot& slot, std::string& body) const;
  void write(core::json::Writer& out, const std::string& body, Subject) const { out.string(body); }
  std::string schema(Subject) const { return ""; }
};

struct LawKind {
  void read(const Slot& slot, std::vector<const Law*>& laws) const;
  void write(core::json::Writer& out, const std::vector<const Law*>& laws, Subject) const;
  bool writes(const std::vector<const Law*>& laws) const { return laws.size() == 1; }
  std::string schema(Subject) const;
};
struct LawsKind {
  void read(const Slot& slot, std::vector<const Law*>& laws) const;
  void write(core::json::Writer& out, const std::vector<const Law*>& laws, Subject) const;
  std::string schema(Subject) const;
};

// The next_cursor: null, or "last".
struct NextKind {
  static constexpr bool kTakesNull = true;
  void read(const Slot& slot, AnswerExpected::Next& next) const;
  void write(core::json::Writer& out, AnswerExpected::Next next, Subject) const;
  std::string schema(Subject) const { return R"("enum":[null,"last"])"; }
};

}  // namespace terapi::conformance
