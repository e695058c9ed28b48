// ClientStep: one step of a scenario that judges a client, read and checked
// (docs/write-a-scenario.md has the vocabulary). Values, no thread rule.
//
//   auto plan = ClientPlan::read(scenario);
//   for (const ClientStep& step : plan->steps) std::visit(…, step.what);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "core/clock.h"
#include "core/result.h"

namespace terapi::conformance {

// {"client":"starts"}: a process begins, dies, or is asked to end.
struct ClientAct {
  enum class What : std::uint8_t { kStarts, kIsKilled, kStops };
  What what = What::kStarts;
  int worker = 1;
  bool wait = true;  // until it has spoken
  friend bool operator==(const ClientAct&, const ClientAct&) = default;
};

// {"run":{…}}: records change on the server, which announces it unless "webhook" is false.
struct RunAct {
  std::string body;  // of POST /_simulator/runs
  friend bool operator==(const RunAct&, const RunAct&) = default;
};

// {"until":"converged"}: time passes until something is so.
struct WaitAct {
  enum class What : std::uint8_t {
    kConverged,  // the client holds what the server does, as far as can be seen
    kQuiet,      // no request for so long
    kRequests,   // so many requests since the mark
    kFired,      // that fault has struck
    kDead,       // the client's process is gone
    kTime,       // {"pass":"5s"}
  };
  What what = What::kConverged;
  std::uint64_t count = 0;
  std::string fault;
  core::Duration quiet_for = std::chrono::milliseconds(500);
  core::Duration within = std::chrono::seconds(45);
  friend bool operator==(const WaitAct&, const WaitAct&) = default;
};

// {"faults":[…]}: these rules and no others are in force from now on. The text {elsewhere} in
// them, as in those of the scenario itself, is the URL of another host (ClientStage::elsewhere).
struct FaultsAct {
  std::string rules;
  friend bool operator==(const FaultsAct&, const FaultsAct&) = default;
};

// {"wire":[…]}: what the judge itself does to answers on their way, in place of what it did.
struct WireRule {
  enum class What : std::uint8_t {
    kEmptyPage,    // an answer without records, and with a next_cursor
    kPoison,       // the record of that id loses what a client cannot do without
    kOddCursors,   // cursors are given out as texts full of +/=&%
    kBrokenGzip,   // the body claims to be gzip, and is cut
    kTooLong,      // Content-Length is larger than the body
    kExtraFields,  // members that nobody has heard of
  };
  What what = What::kEmptyPage;
  std::string id;                  // of the rule; "wire-1" by its place
  std::vector<std::uint64_t> nth;  // which answers to GET /records; empty: each
  std::uint64_t times = 0;         // at most so often; 0: no limit
  std::string record;              // kPoison
  std::string lacks;               // kPoison: "id", "metadata", "cursor", "object"
  friend bool operator==(const WireRule&, const WireRule&) = default;
};
struct WireAct {
  std::vector<WireRule> rules;
  friend bool operator==(const WireAct&, const WireAct&) = default;
};

// {"webhook":{…}}: the judge itself sends a webhook to the client.
struct WebhookAct {
  enum class Signature : std::uint8_t {
    kRight,
    kMissing,
    kWrongKey,
    kAltered,         // the body was changed by a byte after it was signed
    kLegacyOnly,      // the old header alone: no proof
    kLengthExtended,  // a body that was made longer under the old header, without the key
    kReserialised,    // signed over another spelling of the same JSON
    kList,            // two values, as while keys rotate; the second one is right
  };
  enum class Answer : std::uint8_t { kAny, kAccepted, kRefused };
  // How the body gets there. The other two go on in the background, whatever is answered, until
  // the client hangs up or the scenario is over; they end no step and are judged by what else
  // the client does meanwhile (`answer` and `answer_within` do not apply). Over HTTP only.
  enum class Comes : std::uint8_t {
    kAtOnce,
    kSlowly,      // Content-Length says all of it, and a byte comes every 100 ms
    kWithoutEnd,  // chunks of 64 KiB, as fast as they are taken, without a last one
  };
  Signature signature = Signature::kRight;
  Answer answer = Answer::kAny;
  std::uint64_t times = 1;
  std::string stream = "github/demo/Issue";
  std::string body;  // the whole of it; empty: made from the rest
  std::string type = "sync";
  std::string modified_after;   // "{now}" or a timestamp
  std::uint64_t pad_bytes = 0;  // makes it so much larger
  std::uint64_t depth = 0;      // nests so deep
  Comes comes = Comes::kAtOnce;
  bool spaced = false;  // spelt with spaces and escapes, as another sender would
  core::Duration answer_within = std::chrono::seconds(10);
  friend bool operator==(const WebhookAct&, const WebhookAct&) = default;
};

// {"kill_at":"answer","nth":2}: the next such moment is the last one of the client's process.
struct KillAct {
  enum class At : std::uint8_t {
    kRequest,          // it asks, and dies waiting
    kAnswer,           // the answer has been sent
    kWebhookAnswered,  // it has answered a webhook
    kStoreCall,        // before the store is called
    kStoreCalled,      // after
    kNever,            // one that has not come yet does not come any more
  };
  At at = At::kAnswer;
  std::uint64_t nth = 1;
  bool every = false;  // the whole scenario again for n = 1, 2, … until it is not reached
  core::Duration after{0};
  bool restarts = false;  // and is started again at once, as by a supervisor
  friend bool operator==(const KillAct&, const KillAct&) = default;
};

// {"between_pages":{"after":1,"run":{…}}}: after the n-th answer from now, before the client sees
// it.
struct BetweenPagesAct {
  std::uint64_t after = 1;
  std::string run;
  friend bool operator==(const BetweenPagesAct&, const BetweenPagesAct&) = default;
};

// {"clock":"+1d"}: the server's clock jumps.
struct ClockAct {
  core::Duration by{0};
  friend bool operator==(const ClockAct&, const ClockAct&) = default;
};
// {"disk":"full"}: the client can write nothing more; "free": it can again.
struct DiskAct {
  bool full = false;
  friend bool operator==(const DiskAct&, const DiskAct&) = default;
};
// {"prune":"r3"}: payloads up to that record are emptied on the server.
struct PruneAct {
  std::string stream = "github/demo/Issue";
  std::string until;
  friend bool operator==(const PruneAct&, const PruneAct&) = default;
};
// {"world":{…}}: another world in place of this one.
struct WorldAct {
  std::string world;
  friend bool operator==(const WorldAct&, const WorldAct&) = default;
};
// {"mark":"…"}: later checks count from here.
struct MarkAct {
  std::string name;
  friend bool operator==(const MarkAct&, const MarkAct&) = default;
};

// {"expect":{…}}: something has to be so now, judged from the history.
struct ClientCheck {
  enum class What : std::uint8_t {
    kRequests,            // since the mark: least to most
    kWithoutCursor,       // of these, so many without a cursor: reads from the beginning
    kWaitsAfter,          // after an answer of that status, no request for so long
    kResumed,             // the first request of the process that was started last has a cursor
    kResumedWithinPages,  // and lies at most so many pages behind the last one answered before
    kSurfaced,            // a record that cannot be stored: told, and not passed over
    kMemory,              // the process's memory grew by at most so many bytes
    kAlive,               // the process still runs
    kWebhooksAnswered,    // within so long, each
    kNothingElsewhere,    // no request, and no key, reached another host
    kConverged,           // it holds what the server does, now
    kResumedAtLast,       // asks next with the cursor of the last record that was served
    kKeysKept,            // neither key stands in anything that the client wrote to its output
  };
  What what = What::kRequests;
  std::optional<std::uint64_t> least{};
  std::optional<std::uint64_t> most{};
  std::string stream;  // empty: of any
  int status = 0;
  core::Duration time{0};
  std::string record;
  std::string clause;   // at stake
  std::string because;  // one sentence for people who fail it
  friend bool operator==(const ClientCheck&, const ClientCheck&) = default;
};

struct ClientStep {
  using What =
      std::variant<ClientAct, RunAct, WaitAct, FaultsAct, WireAct, WebhookAct, KillAct,
                   BetweenPagesAct, ClockAct, DiskAct, PruneAct, WorldAct, MarkAct, ClientCheck>;
  What what;
  std::string text;  // the step as it stands in the file, on one line
};

struct ClientPlan {
  core::Duration poll = std::chrono::seconds(2);
  std::uint64_t limit = 100;
  std::vector<std::string> streams = {"github/demo/Issue"};
  bool needs_webhooks = false;      // of a client that takes none, nothing is proved: SKIP
  bool may_stop = false;            // the client may give up: it need not converge at the end
  bool counts_requests = true;      // I10 applies
  std::vector<std::string> spared;  // invariants that the scenario breaks itself
  std::vector<ClientStep> steps;
  std::vector<ClientCheck> expect;

  bool sweeps() const;  // has a kill at every call
  // Code "bad_scenario"; all mistakes at once, as Scenario::parse.
  static core::Result<ClientPlan> read(const Scenario& scenario);
};

}  // namespace terapi::conformance
