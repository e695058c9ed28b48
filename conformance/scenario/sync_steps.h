// Steps of scenarios for clients and for servers that are about syncs in the background: what
// changes at the external API, what a caller asks of a sync, connections, and writing back. Values,
// no thread rule.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "conformance/scenario/run.h"
#include "conformance/scenario/step_kinds.h"
#include "core/clock.h"

namespace terapi::conformance {

// Objects of an external API change. Its syncs learn of it with their next runs.
struct ExternalChange {
  std::string integration = "github";
  std::string connection = "demo";
  std::string collection{};
  std::string save{}, update{}, replace{}, gone{};  // texts of JSON; empty: absent
  std::string behaves{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("what changes at an external API",
               R"({"collection":"things","save":[{"id":"r1","version":2}]})");
    json.may("integration", &ExternalChange::integration, "whose");
    json.may("connection", &ExternalChange::connection, "whose");
    json.must("collection", &ExternalChange::collection, kNotEmpty, "of objects");
    json.may("save", &ExternalChange::save, RecordsKind{}, "whole objects, new or changed");
    json.may("update", &ExternalChange::update, RecordsKind{},
             "parts of objects, merged into what is there");
    json.may("delete", &ExternalChange::gone, kIds, "ids");
    json.may("replace", &ExternalChange::replace, RecordsKind{},
             "all objects: what is not among them is deleted");
    json.may("behaves", &ExternalChange::behaves, kAnyObject,
             "how it answers from now on: page_size, latency, rate_limit (docs/upstream.md)");
  }
};
template <>
inline constexpr std::string_view kDefinition<ExternalChange> = "external_change";

struct UpstreamStep {
  ExternalChange change{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("objects of an external API change; a sync finds them with its next run",
               R"({"upstream":{"collection":"things","delete":["r2"]}})");
    json.verb("upstream", &UpstreamStep::change, "what changes");
  }
};

// What a caller asks of a sync in the background.
struct SyncStep {
  enum class What : std::uint8_t {
    kTrigger,
    kPause,
    kStart,
    kEnable,
    kDisable,
    kFrequency,
    kAddVariant,
    kRemoveVariant,
  };
  static constexpr std::array<core::Word<What>, 8> kWhats = {
      {{What::kTrigger, "trigger", "it runs now"},
       {What::kPause, "pause", "it no longer runs by itself"},
       {What::kStart, "start", "it does again"},
       {What::kEnable, "enable", "it runs for each connection of its integration"},
       {What::kDisable, "disable", "it runs for none"},
       {What::kFrequency, "frequency", "it runs this often: `every`"},
       {What::kAddVariant, "add variant", "it runs for a `variant` as well"},
       {What::kRemoveVariant, "remove variant", "and no longer: the variant's records are gone"}}};
  What what = What::kTrigger;
  std::string name{};
  std::string integration = "github";
  std::string connection = "demo";
  std::string variant = "base";
  bool reset = false;
  bool empty_cache = false;
  std::optional<core::Duration> every{};
  std::optional<std::uint64_t> fails_after{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("what a caller asks of a sync in the background",
               R"({"sync":"trigger","name":"things"})");
    json.verb("sync", &SyncStep::what, kWhats, "what is asked");
    json.must("name", &SyncStep::name, kNotEmpty, "of the sync");
    json.may("integration", &SyncStep::integration, "of the sync");
    json.may("connection", &SyncStep::connection, "that it runs for");
    json.may("variant", &SyncStep::variant, "of the sync");
    json.may("reset", &SyncStep::reset, "trigger: as if it had never run");
    json.may("empty_cache", &SyncStep::empty_cache,
             "trigger: with reset, and without the records that it has");
    json.may("every", &SyncStep::every, "frequency: without it, the sync's own");
    json.may("fails_after", &SyncStep::fails_after, Range{0, 1'000},
             "trigger: a fault rule ends the run after so many pages");
  }
};

struct ConnectStep {
  std::string id{};
  std::string integration = "github";

  template <typename Json>
  static void describe(Json& json) {
    json.about("a connection is created; its enabled syncs run at once", R"({"connect":"acme"})");
    json.verb("connect", &ConnectStep::id, kNotEmpty, "its id");
    json.may("integration", &ConnectStep::integration, "its integration");
  }
};

struct DisconnectStep {
  std::string id{};
  std::string integration = "github";

  template <typename Json>
  static void describe(Json& json) {
    json.about("a connection is deleted, with its records", R"({"disconnect":"acme"})");
    json.verb("disconnect", &DisconnectStep::id, kNotEmpty, "its id");
    json.may("integration", &DisconnectStep::integration, "its integration");
  }
};

// A backend writes to the external API: by an action, or past the proxy.
struct Writing {
  enum class Does : std::uint8_t { kCreate, kUpdate, kDelete };
  static constexpr std::array<core::Word<Does>, 3> kDoes = {{{Does::kCreate, "create", ""},
                                                             {Does::kUpdate, "update", ""},
                                                             {Does::kDelete, "delete", ""}}};
  std::string integration = "github";
  std::string connection = "demo";
  std::string collection{};
  std::string action{};
  std::string proxy{};
  Does does = Does::kCreate;
  std::string input{};
  bool later = false;

  template <typename Json>
  static void describe(Json& json) {
    json.about("something is written to an external API",
               R"({"collection":"notes","action":"create-note","input":{"title":"x"}})");
    json.may("integration", &Writing::integration, "whose");
    json.may("connection", &Writing::connection, "whose");
    json.must("collection", &Writing::collection, kNotEmpty, "of objects");
    json.may("action", &Writing::action, "by the action of that name");
    json.may("proxy", &Writing::proxy,
             "or by this method, past the proxy: POST, PUT, PATCH, DELETE");
    json.may("does", &Writing::does, kDoes, "what becomes of the object");
    json.may("input", &Writing::input, kAnyObject,
             "of the action, or the request's body; its id says which object");
    json.may("later", &Writing::later, "the action is asynchronous");
  }
};
template <>
inline constexpr std::string_view kDefinition<Writing> = "writing";

struct WriteStep {
  Writing write{};

  template <typename Json>
  static void describe(Json& json) {
    json.about(
        "the external API is written to; what was written comes back with the next run",
        R"({"write":{"collection":"things","proxy":"PATCH","does":"update","input":{"id":"r1","version":2}}})");
    json.verb("write", &WriteStep::write, "what is written");
  }
};

}  // namespace terapi::conformance
