// ServerStep: one step of a scenario that judges a server, read and checked
// (docs/write-a-scenario.md has the vocabulary). Values, no thread rule.
//
//   auto plan = ServerPlan::read(scenario);
//   for (const ServerStep& step : plan->steps) std::visit(…, step.what);
//
// Texts may name what is not known before it is played: "@r3" is the cursor of record r3 as the
// judge read it last, "@r3.last_modified_at" one of its times, "@next" the last next_cursor,
// "{receiver}" the judge's receiver of webhooks, "{refusing}" a URL at which nobody listens.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "conformance/laws/law.h"
#include "conformance/scenario/scenario.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/result.h"

namespace terapi::conformance {

// What an answer has to be. What is not named may be anything.
struct AnswerExpected {
  std::optional<std::int64_t> status{};
  std::optional<std::string> code{};  // of an error
  std::optional<std::vector<std::string>>
      errors;                                   // "limit:too_small" or "limit", these and no more
  std::optional<std::vector<std::string>> ids;  // of the records, in order
  bool any_order = false;                       // of the ids
  std::optional<std::vector<std::string>> actions;  // of the records: "ADDED", …
  std::optional<std::int64_t> count{};              // of the records
  enum class Next : std::uint8_t { kAny, kNull, kLast };
  Next next = Next::kAny;  // null, or the last record's cursor
  // Name → value; "*" stands for any text, null for its absence.
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
  core::json::Value body;          // a part of the body: see matches_part()
  std::vector<std::string> lacks;  // texts that must not stand in the body or headers
  bool named = false;              // the step has an `expect`
};

// {"run":{…}}: one sync run.
struct RunStep {
  std::string body;  // of POST /_simulator/runs
  std::int64_t times = 1;
  std::optional<std::int64_t> added{}, updated{}, deleted{}, unchanged{};
  std::optional<std::int64_t> deliveries{};
};

// {"get":{query}}: one GET /records. {"request":"POST /records"}: any request.
struct AskStep {
  std::string method = "GET";
  std::string target;    // of a `request`; empty: /records with the query
  Query query;           // of a `get`
  StreamAsked stream{};  // whose headers are sent
  bool bare = false;     // no header but those named
  // Name → value; null takes it out.
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
  std::optional<std::string> key{};  // in place of the right one
  std::string body;
  std::int64_t times = 1;
  AnswerExpected expect;
};

// {"read":"all"}: all pages.
struct ReadStep {
  std::uint64_t limit = 1000;
  Query query;
  StreamAsked stream{};
  AnswerExpected expect;
};

// {"law":"order"} or {"laws":[…]}.
struct LawStep {
  std::vector<const Law*> laws;
  LawParameters parameters;
};

// One thing that the judge's receiver does with a webhook.
struct ReceiverAnswer {
  enum class What : std::uint8_t { kStatus, kTimeout, kReset, kTruncate };
  What what = What::kStatus;
  std::int64_t status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
};

// {"receiver":{…}}: what webhooks get from now on.
struct ReceiverStep {
  std::string path;                     // empty: any
  std::vector<ReceiverAnswer> answers;  // one after the other; the last one stays
  bool reads = false;                   // reads the announced records before it answers (HOOK-4)
};

struct SettingsStep {
  std::string changes;  // of PATCH /_simulator/environment
};
struct AdvanceStep {
  core::Duration by{0};
};
// {"idle":true}: until no webhook is due or in flight.
struct IdleStep {};

// {"prune":{"until":"@r3"}}: PATCH /records/prune.
struct PruneStep {
  StreamAsked stream{};
  std::string until;
  std::optional<std::int64_t> limit{};
  std::optional<std::int64_t> count{};
  std::optional<bool> has_more{};
};

// {"resend":1}: the n-th delivery that the judge saw is sent again by hand.
struct ResendStep {
  std::size_t delivery = 1;
  std::int64_t status = 200;
};
struct FaultsStep {
  std::string rules;
};
struct WorldStep {
  std::string world;
};

// {"hostile":"endless line"}: a request that nobody sends who means well, as raw bytes. It has to
// be refused, by an answer of 4xx or by hanging up, and the server has to go on answering others.
enum class Hostility : std::uint8_t {
  kEndlessLine,       // the request line
  kEndlessHeader,     // one header field
  kManyHeaders,       // header fields, one after the other
  kEndlessChunk,      // of a size beyond all bounds
  kEndlessChunks,     // one after the other
  kEndlessChunkSize,  // the line that says how large the chunk is
  kSlowHeader,        // a byte at a time
  kHugeLength,        // announced, and then hardly anything comes
};
// "endless line", "endless header", …
std::string_view to_string(Hostility kind);
struct HostileStep {
  Hostility kind = Hostility::kEndlessLine;
  std::int64_t connections = 1;          // that do so at the same time
  std::optional<std::int64_t> status{};  // then hanging up without an answer does not do
};

// {"expect_webhooks":{…}}: what came since the last such step.
struct WebhooksExpected {
  std::optional<std::size_t> deliveries{};
  std::optional<std::size_t> attempts{};            // of each of them
  std::optional<std::size_t> requests{};            // of all of them
  std::optional<std::vector<core::Duration>> gaps;  // between the starts of attempts
  std::optional<std::vector<std::string>> models;   // one for each delivery, in any order
  std::map<std::string, std::size_t> paths;         // requests for each path
  std::vector<core::json::Value> bodies;  // parts of bodies, one for each delivery, in any order
  std::vector<std::string> signed_by;     // keys, in the order of their values; empty: the one
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

struct ServerStep {
  using What = std::variant<RunStep, AskStep, ReadStep, LawStep, ReceiverStep, SettingsStep,
                            AdvanceStep, IdleStep, PruneStep, ResendStep, FaultsStep, WorldStep,
                            HostileStep, WebhooksExpected>;
  What what;
  std::string clause;  // that its expectations prove; the scenario's first one unless named
  std::string text;    // the step as it stands in the file, on one line

  // GET and HEAD only, or laws that send nothing else.
  bool only_reads() const;
};

struct ServerPlan {
  std::vector<ServerStep> steps;  // the scenario's steps, then its expect
  // Code "bad_scenario"; all mistakes at once, as Scenario::parse.
  static core::Result<ServerPlan> read(const Scenario& scenario);
};

// True when `part` is in `whole`: members that are named are there and match, arrays are as long
// and match item by item, "*" matches anything, other values are the same. If not, `where` says
// what is different.
bool matches_part(const core::json::Value& part, const core::json::Value& whole,
                  std::string& where);
// "*" in a pattern stands for any text.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace terapi::conformance
