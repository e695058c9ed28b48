// Steps that scenarios for clients and for servers share. Each is a struct that describes itself
// (description.h); who plays it knows what it means there. Values, no thread rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "conformance/scenario/run.h"
#include "conformance/scenario/step_kinds.h"
#include "conformance/scenario/sync_steps.h"
#include "core/clock.h"

namespace terapi::conformance {

// A list of steps, for the variant in step.h.
template <typename... Steps>
struct StepList {};

inline constexpr Range kCount{0, 100'000'000};
inline constexpr Range kTimes{1, 100'000};
inline constexpr Range kHttpStatus{100, 599};

// Records change on the server, which announces it unless "webhook" is false.
struct RunStep {
  std::string body{};  // of POST /_simulator/runs
  std::int64_t times = 1;
  struct Expected {
    std::optional<std::int64_t> added{}, updated{}, deleted{}, unchanged{}, deliveries{};

    template <typename Json>
    static void describe(Json& json) {
      json.may("added", &Expected::added, kCount, "records");
      json.may("updated", &Expected::updated, kCount, "records");
      json.may("deleted", &Expected::deleted, kCount, "records");
      json.may("unchanged", &Expected::unchanged, kCount, "records");
      json.may("deliveries", &Expected::deliveries, kCount, "webhooks");
    }
  };
  Expected expect{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("records change on the server, which announces the change",
               R"({"run":{"delete":["r2"]}})");
    json.verb("run", &RunStep::body, RunBodyKind{}, "what changes");
    json.may("times", &RunStep::times, kTimes, "this often", For::kServers);
    json.may("expect", &RunStep::expect, "what the run says that it did", For::kServers);
  }
};

struct PassStep {
  core::Duration by{0};

  template <typename Json>
  static void describe(Json& json) {
    json.about("time passes; over HTTP it is waited for", R"({"pass":"2s"})",
               R"({"advance":"5m"})");
    json.verb("pass", &PassStep::by, "how much", For::kClients);
    json.verb("advance", &PassStep::by, "how much", For::kServers);
  }
};

// These rules and no others are in force from now on. In a client's scenario the text {elsewhere}
// in them, as in those of the scenario itself, is the URL of another host (ClientStage::elsewhere).
struct FaultsStep {
  std::string rules = "[]";

  template <typename Json>
  static void describe(Json& json) {
    json.about("fault rules (docs/faults.md) in place of those in force; `[]`: none",
               R"({"faults":[{"id":"lost","on":"webhook","do":{"drop":true}}]})");
    json.verb("faults", &FaultsStep::rules, kFaultRules, "rules; each with an id");
  }
};

struct WorldStep {
  std::string world{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("another world in place of this one", R"({"world":{"records":[]}})");
    json.verb("world", &WorldStep::world, WorldKind{}, "a world (docs/world-file.md)");
  }
};

// PATCH /records/prune.
struct PruneStep {
  struct Asked {
    StreamAsked stream{};
    std::string until;  // a cursor, or "@r3": that of the record r3
    std::optional<std::int64_t> limit{};

    template <typename Json>
    static void describe(Json& json) {
      json.embed(&Asked::stream);
      json.must("until", &Asked::until, kNotEmpty, "the cursor of the last one, as \"@r3\"");
      json.may("limit", &Asked::limit, Range{1, 10'000}, "at most this many");
    }
  };
  struct Expected {
    std::optional<std::int64_t> count{};
    std::optional<bool> has_more{};

    template <typename Json>
    static void describe(Json& json) {
      json.may("count", &Expected::count, kCount, "records");
      json.may("has_more", &Expected::has_more, "whether there are more");
    }
  };
  Asked prune{};
  Expected expect{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("payloads are emptied, from the first record up to that one", R"({"prune":"r3"})",
               R"({"prune":{"until":"@r3"},"expect":{"count":3}})");
    json.verb("prune", &PruneStep::prune, UpToKind{}, "the id of the last one", For::kClients);
    json.may(
        "stream", [](auto& step) -> auto& { return step.prune.stream; }, StreamNameKind{}, "whose",
        For::kClients);
    json.verb("prune", &PruneStep::prune, "as PATCH /records/prune", For::kServers);
    json.may("expect", &PruneStep::expect, "what the answer says", For::kServers);
  }

  // A record's id, in place of the request.
  struct UpToKind {
    void read(const Slot& slot, Asked& asked) const;
    void write(core::json::Writer& out, const Asked& asked, Subject) const;
    std::string schema(Subject) const { return R"("type":"string")"; }
  };
};

using SharedSteps = StepList<RunStep, PassStep, FaultsStep, PruneStep, WorldStep, UpstreamStep,
                             SyncStep, ConnectStep, DisconnectStep, WriteStep>;

}  // namespace terapi::conformance
