// Written out: what a scenario leaves to be generated (records) or implied (integrations), in the
// form that the server takes. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "conformance/scenario/member_kinds.h"
#include "core/json.h"
#include "core/json_fields.h"

namespace terapi::conformance {

// {"count":500,"prefix":"r"}: generated records.
struct Generated {
  static constexpr Range kNumbers{0, 2'000'000};
  std::int64_t count = 0;
  std::int64_t bytes = 80;
  std::int64_t version = 1;
  std::int64_t from = 1;
  std::string prefix = "r";

  template <typename Json>
  static void describe(Json& json) {
    json.about(
        "records r1, r2, …, each with a number `version` and a `text` that makes it this large");
    json.must("count", &Generated::count, kNumbers, "how many");
    json.may("bytes", &Generated::bytes, Range{0, 64 << 20}, "of each payload");
    json.may("version", &Generated::version, kNumbers, "value of the member `version`");
    json.may("from", &Generated::from, kNumbers, "number of the first one");
    json.may("prefix", &Generated::prefix, "of the ids");
  }
};
template <>
inline constexpr std::string_view kDefinition<Generated> = "generate";

// A list of records in a scenario, written out as the text of a JSON array. Either the array
// itself, or {"generate":{"count":500,"prefix":"r","bytes":120,"version":1,"from":1}}: records with
// the ids r1 to r500, a number `version`, and a text that makes each of them `bytes` large.
std::string written_out_records(const core::json::Value& spec, const core::json::Path& path,
                                core::json::Issues& issues);

// The same, for those who keep it: what would be large is left as it is, checked, until whole_run()
// is asked for the run that it is in.
std::string kept_records(const core::json::Value& spec, const core::json::Path& path,
                         core::json::Issues& issues);
// The body of a run, with its kept records written out; any other text as it is.
std::string whole_run(std::string kept);

// A world file's object as the server takes it: generated records written out, since the model has
// to know every payload; the integrations of its connections added where it names none, and the
// connection github/demo where it names no connection.
std::string written_out_world(const core::json::Value& world, core::json::Issues& issues);

// The same, for those who keep it: what would be large is left as it is, checked, until
// whole_world() is asked for it. A million records are in no memory before they are played.
std::string kept_world(const core::json::Value& world, core::json::Issues& issues);
// A kept world, written out; any other text as it is.
std::string whole_world(std::string kept);

}  // namespace terapi::conformance
