// Steps and checks of scenarios that judge a client. Each is a struct that describes itself
// (description.h). Values, no thread rule.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/scenario/shared_steps.h"

namespace terapi::conformance {

// A process of the client starts, is killed, or is asked to stop.
struct ProcessStep {
  enum class What : std::uint8_t { kStarts, kIsKilled, kStops };
  static constexpr std::array<core::Word<What>, 3> kWhats = {
      {{What::kStarts, "starts", "goes on when it has asked for records and listens"},
       {What::kIsKilled, "is killed", "SIGKILL; a process that is already gone is not a mistake"},
       {What::kStops, "stops", "SIGTERM, likewise"}}};
  What what = What::kStarts;
  int worker = 1;
  bool wait = true;  // until it has asked for records and listens

  template <typename Json>
  static void describe(Json& json) {
    json.about("a process of the client begins, or ends", R"({"client":"starts"})");
    json.verb("client", &ProcessStep::what, kWhats, "what it does", For::kClients);
    json.may("worker", &ProcessStep::worker, Range{1, 8}, "which process; they share their state");
    json.may("wait", &ProcessStep::wait, "starts: until it has asked for records and listens");
  }
};

// Time passes until something is true.
struct WaitStep {
  enum class What : std::uint8_t { kConverged, kQuiet, kRequests, kFired, kDead };
  static constexpr std::array<core::Word<What>, 5> kWhats = {
      {{What::kConverged, "converged", "the client was given everything, and its dump holds it"},
       {What::kQuiet, "quiet", "no request for the time `for`"},
       {What::kRequests, "requests", "`count` requests since the mark"},
       {What::kFired, "fired", "the fault or wire rule with the id `fault` has struck"},
       {What::kDead, "dead", "its process is gone, by a kill_at"}}};
  What what = What::kConverged;
  std::uint64_t count = 1;
  std::string fault{};
  core::Duration quiet_for = std::chrono::milliseconds(500);
  core::Duration within = std::chrono::seconds(45);

  template <typename Json>
  static void describe(Json& json) {
    json.about(
        "time passes until something is true; else the client fails, or (fired, dead) nothing is "
        "proved",
        R"({"until":"converged"})");
    json.verb("until", &WaitStep::what, kWhats, "what has to be true", For::kClients);
    json.may("count", &WaitStep::count, kCount, "requests: how many");
    json.may("fault", &WaitStep::fault, "fired: the id of the rule");
    json.may("for", &WaitStep::quiet_for, "quiet: for how long");
    json.may("within", &WaitStep::within, "not longer than this");
  }
};

// What the judge itself does to answers on their way.
struct WireRule {
  enum class What : std::uint8_t {
    kEmptyPage,
    kPoison,
    kOddCursors,
    kBrokenGzip,
    kTooLong,
    kExtraFields,
    kCircle,
    kByteOrderMark,
    kForgottenCursors,
    kGzip,
    kNoReason,
    kBareLineFeeds,
    kOffersHttp2,
    kHalfAPair,
    kNumericIds,
    kWantsUserAgent,
    kPadded,
  };
  static constexpr std::array<core::Word<What>, 17> kWhats = {
      {{What::kEmptyPage, "empty page",
        "the page's records are left out, and its next_cursor leads to them"},
       {What::kPoison, "poison", "the record of that id loses what a client cannot do without"},
       {What::kOddCursors, "odd cursors", "cursors are given out as texts full of +/=&%"},
       {What::kBrokenGzip, "broken gzip", "the body claims to be gzip, and is cut"},
       {What::kTooLong, "too long", "Content-Length is larger than the body"},
       {What::kExtraFields, "extra fields",
        "unknown members, in the page and in each record's metadata"},
       {What::kCircle, "circle", "the next_cursor of each `pages`-th page leads back to the first"},
       {What::kByteOrderMark, "byte order mark", "the body begins with one: EF BB BF"},
       {What::kForgottenCursors, "forgotten cursors",
        "cursors reach the server as a text that is none, until the client has asked without one: "
        "they were given out by a server that is no more"},
       {What::kGzip, "gzip", "the body is compressed, and says so, though nobody asked for it"},
       {What::kNoReason, "no reason", "the first line ends with the status: `HTTP/1.1 200`"},
       {What::kBareLineFeeds, "bare line feeds",
        "the lines of the head end with LF, without CR, and the connection ends with the answer"},
       {What::kOffersHttp2, "offers HTTP/2", "the head has `Upgrade: h2c`, which is but an offer"},
       {What::kHalfAPair, "half a pair",
        "the id of the record becomes `half` and half of a surrogate pair, another one by each "
        "such rule"},
       {What::kNumericIds, "numeric ids", "ids that are digits come as numbers"},
       {What::kWantsUserAgent, "wants User-Agent",
        "requests for records without that header are answered 403"},
       {What::kPadded, "padded", "the page is followed by spaces, `bytes` of them"}}};
  // A field of an answer that says one of those words that is about the head: a stage with sockets
  // writes the head so. It stays, for mutants to see, as in virtual time, where there is no head.
  static constexpr std::string_view kOnTheWire = "X-On-The-Wire";
  What what = What::kEmptyPage;
  std::string id{};                  // of the rule; "wire-1" by its place
  std::vector<std::uint64_t> nth{};  // which answers to GET /records; empty: each
  std::uint64_t times = 0;           // at most this often; 0: no limit
  std::string record{};              // kPoison, kHalfAPair
  std::string lacks = "id";          // kPoison
  std::uint64_t pages = 2;           // kCircle
  std::uint64_t bytes = 1 << 20;     // kPadded

  template <typename Json>
  static void describe(Json& json) {
    json.about("what the judge does to an answer on its way to the client",
               R"({"do":"poison","id":"bad","record":"r3","lacks":"cursor"})");
    json.must("do", &WireRule::what, kWhats, "what it does");
    json.may("id", &WireRule::id,
             "of the rule, for {\"until\":\"fired\"}; default: wire-1, wire-2, … by its place");
    json.may("nth", &WireRule::nth, Range{1, kCount.most},
             "which answers of GET /records with status 200, counted from this step; without it, "
             "each");
    json.may("times", &WireRule::times, Range{1, kCount.most}, "at most this often");
    json.may("record", &WireRule::record, "poison, half a pair: the id of the record");
    json.may(
        "lacks", &WireRule::lacks,
        OneOf{{"id", "metadata", "cursor", "object", "null metadata", "null cursor"}},
        "poison: what is missing; object: a number stands in the record's place; null …: it is "
        "there, and is null");
    json.may("pages", &WireRule::pages, Range{1, 1000}, "circle: how many there are in it");
    json.may("bytes", &WireRule::bytes, Range{1, 256 << 20}, "padded: how many");
  }
};
template <>
inline constexpr std::string_view kDefinition<WireRule> = "wire_rule";

struct WireStep {
  std::vector<WireRule> rules{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("what the judge does to answers, in place of what it did",
               R"({"wire":[{"do":"empty page","nth":[2]}]})");
    json.verb("wire", &WireStep::rules, "rules; `[]`: none", For::kClients);
  }
  void complete() {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].id.empty()) rules[i].id = "wire-" + std::to_string(i + 1);
    }
  }
};

// A webhook that the judge itself sends to the client.
struct JudgeWebhook {
  enum class Signature : std::uint8_t {
    kRight,
    kMissing,
    kWrongKey,
    kAltered,
    kLegacyOnly,
    kLengthExtended,
    kReserialised,
    kList,
    kTwoLines,
    kSpacedList,
    kAlteredEnd,
    kAlteredBeginning,
    kCutShort,
    kSecretKey,
  };
  static constexpr std::array<core::Word<Signature>, 14> kSignatures = {
      {{Signature::kRight, "right", "as the server does"},
       {Signature::kMissing, "missing", "no signature"},
       {Signature::kWrongKey, "wrong key", "with another key"},
       {Signature::kAltered, "altered body", "the body was changed by a byte after it was signed"},
       {Signature::kLegacyOnly, "legacy only", "the old header alone: no proof"},
       {Signature::kLengthExtended, "length extended",
        "made longer under the old header, without the key"},
       {Signature::kReserialised, "reserialised", "signed over another spelling of the same JSON"},
       {Signature::kList, "list", "two values, as while keys rotate; the second one is right"},
       {Signature::kTwoLines, "two lines",
        "the same two values, each on a header line of its own (RFC 9110, 5.3)"},
       {Signature::kSpacedList, "spaced list",
        "the same two values with a comma and a space between them, as whoever joins two lines "
        "writes them"},
       {Signature::kAlteredEnd, "altered end", "right but for its last character"},
       {Signature::kAlteredBeginning, "altered beginning", "right but for its first character"},
       {Signature::kCutShort, "cut short", "the first eight characters of the right one"},
       {Signature::kSecretKey, "secret key",
        "with the secret key, where the environment has a signing key of its own"}}};
  enum class Answer : std::uint8_t { kAny, kAccepted, kRefused, kUnauthorized };
  static constexpr std::array<core::Word<Answer>, 4> kAnswers = {
      {{Answer::kAny, "any", "whatever it is"},
       {Answer::kAccepted, "accepted", "2xx"},
       {Answer::kRefused, "refused", "4xx"},
       {Answer::kUnauthorized, "unauthorized", "401"}}};
  // How the body is sent. The last two go on in the background, whatever is answered, until the
  // client hangs up or the scenario is over; no step waits for them, and they are judged by what
  // else the client does meanwhile (`answer` and `answer_within` do not apply). Over HTTP only.
  enum class Comes : std::uint8_t { kAtOnce, kSlowly, kWithoutEnd, kHuge };
  static constexpr std::array<core::Word<Comes>, 4> kComes = {
      {{Comes::kAtOnce, "at once", "as usual"},
       {Comes::kSlowly, "slowly", "Content-Length says all of it, and a byte comes every 100 ms"},
       {Comes::kWithoutEnd, "without end",
        "chunks of 64 KiB, as fast as they are taken, without a last one"},
       {Comes::kHuge, "huge",
        "Content-Length says 8 GiB, and 256 MiB of it come as fast as they are taken"}}};
  Signature signature = Signature::kRight;
  Answer answer = Answer::kAny;
  std::uint64_t times = 1;
  std::string stream = "github/demo/Issue";
  std::string body{};  // the whole of it; empty: made from the rest
  std::string type = "sync";
  std::string modified_after{};  // "{now}" or a timestamp
  std::uint64_t pad_bytes = 0;   // makes it this much larger
  std::uint64_t depth = 0;       // nests this deep
  Comes comes = Comes::kAtOnce;
  bool spaced = false;  // spelt with spaces and escapes, as another sender would
  core::Duration answer_within = std::chrono::seconds(10);

  template <typename Json>
  static void describe(Json& json) {
    json.about("a webhook of the judge's own", R"({"signature":"wrong key","answer":"refused"})");
    json.may("signature", &JudgeWebhook::signature, kSignatures, "how it is signed");
    json.may("answer", &JudgeWebhook::answer, kAnswers, "what it has to be answered");
    json.may("times", &JudgeWebhook::times, Range{1, 10'000}, "this many at once");
    json.may("stream", &JudgeWebhook::stream, "that it is about");
    json.may("body", &JudgeWebhook::body, "the whole of it, in place of one that is made");
    json.may("type", &JudgeWebhook::type, "of the webhook");
    json.may("modified_after", &JudgeWebhook::modified_after,
             "its modifiedAfter: {now} or a timestamp");
    json.may("pad", &JudgeWebhook::pad_bytes, kCount, "makes it larger by this many bytes");
    json.may("depth", &JudgeWebhook::depth, Range{0, 1'000'000}, "nests this deep");
    json.may("comes", &JudgeWebhook::comes, kComes,
             "how the body gets there. Other than at once goes on in the background, over HTTP "
             "only");
    json.may("spaced", &JudgeWebhook::spaced,
             "spelt with spaces and escapes, as another sender would");
    json.may("answer_within", &JudgeWebhook::answer_within, "how soon it has to be answered");
  }
};

struct WebhookStep {
  JudgeWebhook webhook{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("the judge sends a webhook of its own; `{}`: an authentic one", R"({"webhook":{}})");
    json.verb("webhook", &WebhookStep::webhook, "the webhook", For::kClients);
  }
};
template <>
inline constexpr std::string_view kDefinition<JudgeWebhook> = "judge_webhook";

// The client's process is killed at the next such moment.
struct KillStep {
  enum class At : std::uint8_t {
    kRequest,
    kAnswer,
    kWebhookAnswered,
    kStoreCall,
    kStoreCalled,
    kNever,
  };
  static constexpr std::array<core::Word<At>, 6> kMoments = {
      {{At::kRequest, "request", "it has asked, and waits"},
       {At::kAnswer, "answer", "the answer has reached it"},
       {At::kWebhookAnswered, "webhook answered", "it has answered a webhook"},
       {At::kStoreCall, "store call", "before it calls its store (virtual time only)"},
       {At::kStoreCalled, "store called", "after it called its store (virtual time only)"},
       {At::kNever, "never", "one that was set and has not come is called off"}}};
  At at = At::kAnswer;
  std::uint64_t nth = 1;
  bool every = false;  // the whole scenario again for n = 1, 2, … until it is not reached
  core::Duration after{0};
  bool restarts = false;

  // "answer", "every answer"
  struct MomentKind {
    void read(const Slot& slot, KillStep& kill) const;
    void write(core::json::Writer& out, const KillStep& kill, Subject) const;
    std::string schema(Subject) const;
  };
  template <typename Json>
  static void describe(Json& json) {
    json.about("the next such moment is the last one of the client's process",
               R"({"kill_at":"answer","nth":3,"after":"5ms"})");
    json.verb("kill_at", kWhole, MomentKind{},
              "the moment; with every: the whole scenario again and again, killed at the first, at "
              "the second, … until it is not reached",
              For::kClients);
    json.may("nth", &KillStep::nth, Range{1, kCount.most}, "the n-th such moment from now");
    json.may("after", &KillStep::after, "this much later");
    json.may("restarts", &KillStep::restarts,
             "it is started again at once, as by a supervisor (virtual time only)");
  }
};

// Records change after the n-th answer from now, before the client sees it.
struct BetweenPagesStep {
  std::uint64_t after = 1;
  std::string run{};  // the body of POST /_simulator/runs

  template <typename Json>
  static void describe(Json& json) {
    json.about(
        "records change on the server after the client's n-th page from now, before the client "
        "sees that page",
        R"({"between_pages":1,"run":{"delete":["r2"]}})");
    json.verb("between_pages", &BetweenPagesStep::after, Range{1, kCount.most}, "n", For::kClients);
    json.must("run", &BetweenPagesStep::run, RunBodyKind{}, "what changes");
  }
};

struct ClockStep {
  core::Duration by{0};

  template <typename Json>
  static void describe(Json& json) {
    json.about("the server's clock jumps", R"({"clock":"-1d"})");
    json.verb("clock", &ClockStep::by, JumpKind{}, "by this much", For::kClients);
  }
};

struct DiskStep {
  static constexpr std::array<core::Word<bool>, 2> kStates = {
      {{true, "full", "it can write nothing more"}, {false, "free", "it can again"}}};
  bool full = false;

  template <typename Json>
  static void describe(Json& json) {
    json.about("the client can write nothing more, or can again", R"({"disk":"full"})");
    json.verb("disk", &DiskStep::full, kStates, "the client's disk", For::kClients);
  }
};

struct MarkStep {
  std::string name{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("later checks and counts begin here", R"({"mark":"morning"})");
    json.verb("mark", &MarkStep::name, "a name, for readers", For::kClients);
  }
};

// Something has to be true, judged from the history.
struct ClientCheck {
  enum class What : std::uint8_t {
    kRequests,
    kWithoutCursor,
    kWaitsAfter,
    kResumed,
    kResumedWithinPages,
    kSurfaced,
    kMemory,
    kAlive,
    kWebhooksAnswered,
    kNothingElsewhere,
    kConverged,
    kResumedAtLast,
    kKeysKept,
    kBacksOff,
  };
  static constexpr std::array<core::Word<What>, 14> kWhats = {
      {{What::kRequests, "requests",
        "`least` to `most` requests for records since the mark, and one more for each `time` since "
        "it; of that `status`, of that `stream`"},
       {What::kWithoutCursor, "reads from the beginning", "the same for those without a cursor"},
       {What::kWaitsAfter, "waits after",
        "after an answer of that `status`, no request for that `time`"},
       {What::kResumed, "resumed",
        "the first request of the process that was started last has a cursor"},
       {What::kResumedWithinPages, "resumed within pages",
        "and lies at most `most` pages behind the last page that was answered before"},
       {What::kSurfaced, "surfaced",
        "the `record` that cannot be stored was not passed over, and the client said so"},
       {What::kMemory, "memory",
        "the process's memory grew by at most `most` bytes since the mark"},
       {What::kAlive, "alive", "the process still runs"},
       {What::kWebhooksAnswered, "webhooks answered",
        "each webhook since the mark was answered within that `time`"},
       {What::kNothingElsewhere, "nothing elsewhere",
        "no request, and no key, reached another host"},
       {What::kConverged, "converged", "the client holds what the server does, now"},
       {What::kResumedAtLast, "resumed at last",
        "the first request since the mark has the cursor of the last record that was served before "
        "it"},
       {What::kKeysKept, "keys kept",
        "neither key appears in anything that the client wrote to its output"},
       {What::kBacksOff, "backs off",
        "of at least `least` pauses after answers of that `status` since the mark the longest is "
        "twice as long as the shortest"}}};
  What what = What::kRequests;
  std::optional<std::uint64_t> least{};
  std::optional<std::uint64_t> most{};
  std::string stream{};  // empty: of any
  int status = 0;
  core::Duration time{0};
  std::string record{};
  std::string clause{};   // at stake
  std::string because{};  // one sentence for people who fail it

  template <typename Json>
  static void describe(Json& json) {
    json.about("something that has to be true",
               R"({"that":"requests","most":3,"because":"It has a cursor."})");
    json.must("that", &ClientCheck::what, kWhats, "what has to be true");
    json.may("least", &ClientCheck::least, kCount, "at least this many");
    json.may("most", &ClientCheck::most, Range{0, 1'000'000'000'000}, "at most this many");
    json.may("stream", &ClientCheck::stream, "only of that stream: github/demo/Issue");
    json.may("status", &ClientCheck::status, kHttpStatus, "of the answer");
    json.may("time", &ClientCheck::time, "how long");
    json.may("record", &ClientCheck::record, "surfaced: its id");
    json.may("clause", &ClientCheck::clause, "that is at stake");
    json.may("because", &ClientCheck::because, "one sentence for those that fail it");
  }
};
template <>
inline constexpr std::string_view kDefinition<ClientCheck> = "client_check";

struct CheckStep {
  ClientCheck check{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("a check, now", R"({"expect":{"that":"alive"}})");
    json.verb("expect", &CheckStep::check, "what has to be true", For::kClients);
  }
};

// Before those that are shared: a BetweenPagesStep has a `run`, too.
using ClientSteps = StepList<ProcessStep, BetweenPagesStep, WaitStep, KillStep, WireStep,
                             WebhookStep, ClockStep, DiskStep, MarkStep, CheckStep>;

}  // namespace terapi::conformance
