// Steps of scenarios that judge a server. Each is a struct that describes itself (description.h).
// Values, no thread rule.
//
// Texts may name values that are not known before the scenario is played: "@r3" is the cursor of
// record r3 as the judge last read it, "@r3.last_modified_at" one of its times, "@next" the last
// next_cursor, "{receiver}" the judge's receiver of webhooks, "{refusing}" a URL at which nobody
// listens.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/laws/webhook_expectation.h"
#include "conformance/scenario/shared_steps.h"

namespace terapi::conformance {

template <typename Json>
void describe(Json& json, const AnswerExpected* /*answer*/) {
  json.about("what the answer has to be; whatever is not named may be anything",
             R"({"status":200,"ids":["r1","r2"],"next":"last"})");
  json.may("status", &AnswerExpected::status, kHttpStatus, "HTTP status");
  json.may("refused", &AnswerExpected::refused, "an error, whichever");
  json.may("code", &AnswerExpected::code, "of the error");
  json.may("errors", &AnswerExpected::errors,
           "of a validation: \"limit:too_small\" or \"limit\", these and no more");
  json.may("ids", &AnswerExpected::ids, "of the records, in order");
  json.may("any_order", &AnswerExpected::any_order, "of the ids");
  json.may("actions", &AnswerExpected::actions, "last_action of each record");
  json.may("count", &AnswerExpected::count, kCount, "of the records");
  json.may("next", &AnswerExpected::next, NextKind{},
           "next_cursor: null, or the last record's cursor");
  json.may("headers", &AnswerExpected::headers, NamedTextsKind{},
           "name: value, or null: without it");
  json.may("body", &AnswerExpected::body, "a part of the body; \"*\" stands for anything");
  json.may("lacks", &AnswerExpected::lacks, "texts that must not be in the answer");
}
template <>
inline constexpr std::string_view kDefinition<AnswerExpected> = "answer_expected";

template <typename Json>
void describe(Json& json, const WebhooksExpected* /*webhooks*/) {
  json.may("path", &WebhooksExpected::path, "only of those that came there");
  json.may("deliveries", &WebhooksExpected::deliveries, kCount, "how many");
  json.may("attempts", &WebhooksExpected::attempts, kCount, "of each of them");
  json.may("requests", &WebhooksExpected::requests, kCount, "of all of them");
  json.may("within", &WebhooksExpected::within, "from the first to the last of them");
  json.may("gaps", &WebhooksExpected::gaps, "between the attempts");
  json.may("models", &WebhooksExpected::models, "one for each delivery, in any order");
  json.may("paths", &WebhooksExpected::paths, CountsKind{}, "requests for each path");
  json.may("bodies", &WebhooksExpected::bodies,
           "parts of bodies, one for each delivery, in any order");
  json.may("signed_by", &WebhooksExpected::signed_by, "keys, in the order of their values");
  json.may("headers", &WebhooksExpected::headers, NamedTextsKind{},
           "name: value, or null: without it");
}

// One GET /records, or any request.
struct AskStep {
  std::string method = "GET";
  std::string target{};              // of a `request`; empty: /records with the query
  Query query{};                     // of a `get`
  StreamAsked stream{};              // whose headers are sent
  bool bare = false;                 // no header but those named
  NamedTexts headers{};              // null takes it out
  std::optional<std::string> key{};  // in place of the right one
  std::string body{};
  std::int64_t times = 1;
  AnswerExpected expect{};

  // "POST /records?model=Issue"
  struct RequestKind {
    void read(const Slot& slot, AskStep& ask) const;
    void write(core::json::Writer& out, const AskStep& ask, Subject) const;
    bool writes(const AskStep& ask) const { return !ask.target.empty(); }
    std::string schema(Subject) const { return R"("type":"string")"; }
  };
  template <typename Json>
  static void describe(Json& json) {
    json.about("one GET /records, or any request",
               R"({"get":{"limit":2},"expect":{"ids":["r1","r2"],"next":"last"}})");
    json.verb("request", kWhole, RequestKind{}, "method and target: POST /records", For::kServers);
    json.verb("get", &AskStep::query, QueryKind{},
              "parameters: a text, a number, or a list of them", For::kServers);
    json.embed(&AskStep::stream);
    json.may("bare", &AskStep::bare, "no header but those named");
    json.may("headers", &AskStep::headers, NamedTextsKind{}, "name: value, or null: without it");
    json.may("key", &AskStep::key, "in place of the right one");
    json.may("body", &AskStep::body, BodyKind{}, "JSON, or any text");
    json.may("times", &AskStep::times, kTimes, "this often");
    json.may("expect", &AskStep::expect, "what comes back");
  }
};

// All pages.
struct ReadStep {
  enum class What : std::uint8_t { kAll };
  static constexpr std::array<core::Word<What>, 1> kWhats = {{{What::kAll, "all", ""}}};
  What what = What::kAll;
  std::uint64_t limit = 1000;
  Query query{};
  StreamAsked stream{};
  AnswerExpected expect{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("all pages of a stream", R"({"read":"all","limit":7,"expect":{"count":20}})");
    json.verb("read", &ReadStep::what, kWhats, "all pages", For::kServers);
    json.may("limit", &ReadStep::limit, Range{1, 10'000}, "of each page");
    json.may("query", &ReadStep::query, QueryKind{},
             "parameters: a text, a number, or a list of them");
    json.embed(&ReadStep::stream);
    json.may("expect", &ReadStep::expect, "what comes back, all pages together");
  }
};

// What must hold for any data.
struct LawStep {
  std::vector<const Law*> laws{};
  LawParameters parameters{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("what must hold of any data", R"({"law":"order"})");
    json.verb("law", &LawStep::laws, LawKind{}, "its name", For::kServers);
    json.verb("laws", &LawStep::laws, LawsKind{}, "their names", For::kServers);
    json.embed([](auto& step) -> auto& { return step.parameters.stream; });
    json.may(
        "limits", [](auto& step) -> auto& { return step.parameters.limits; }, Range{1, 10'000},
        "page sizes to try");
    json.may(
        "rounds", [](auto& step) -> auto& { return step.parameters.rounds; }, Range{1, 1'000},
        "of random laws");
  }
};

// One thing that the judge's receiver does with a webhook.
struct ReceiverAnswer {
  enum class What : std::uint8_t {
    kStatus,
    kTimeout,
    kReset,
    kTruncate,
    kLarge,
    kNoReason,
    kCloses
  };
  static constexpr std::array<core::Word<What>, 6> kWhats = {
      {{What::kTimeout, "timeout", "none comes"},
       {What::kReset, "reset", "the connection is reset"},
       {What::kTruncate, "truncate", "200, and the connection closes within the body"},
       {What::kLarge, "large", "200, and a body of 5 MiB"},
       {What::kNoReason, "no reason", "200, and the first line ends with it: `HTTP/1.1 200`"},
       {What::kCloses, "closes", "200, and the connection closes behind it, unannounced"}}};
  // A field of the receiver's answer that says one of the last two words. A stage with sockets
  // takes it out, and does so; in virtual time there is no wire, and it stays: for mutants to see.
  static constexpr std::string_view kOnTheWire = "X-On-The-Wire";
  What what = What::kStatus;
  std::int64_t status = 200;
  HeadersKind::Headers headers{};

  template <typename Json>
  static void describe(Json& json) {
    json.may("status", &ReceiverAnswer::status, kHttpStatus, "HTTP status");
    json.may("headers", &ReceiverAnswer::headers, HeadersKind{}, "name: value");
  }
  // 503, "timeout", or {"status","headers"}
  struct Kind {
    void read(const Slot& slot, ReceiverAnswer& answer) const;
    void write(core::json::Writer& out, const ReceiverAnswer& answer, Subject) const;
    std::string schema(Subject) const;
  };
};

// How webhooks are answered from now on.
struct Receiver {
  std::string path{};  // empty: any
  // One after the other; the last one is repeated.
  std::vector<ReceiverAnswer> answers = std::vector<ReceiverAnswer>(1);
  bool reads = false;  // reads the announced records before it answers (HOOK-4)

  template <typename Json>
  static void describe(Json& json) {
    json.may("path", &Receiver::path, "only at this path");
    json.may("answers", &Receiver::answers, ListKind<ReceiverAnswer::Kind>{},
             "one after the other; the last one stays");
    json.may("reads", &Receiver::reads, "it reads the announced records before it answers");
  }
  void complete() {
    if (answers.empty()) answers.emplace_back();
  }
};
struct ReceiverStep {
  Receiver receiver{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("what the judge answers to webhooks from now on",
               R"({"receiver":{"answers":[500,"timeout",200]}})");
    json.verb("receiver", &ReceiverStep::receiver, "the receiver", For::kServers);
  }
};

struct SettingsStep {
  std::string changes{};  // of PATCH /_simulator/environment

  template <typename Json>
  static void describe(Json& json) {
    json.about("changes of the environment's settings", R"({"settings":{"always_send":true}})");
    json.verb("settings", &SettingsStep::changes, kAnyObject, "as PATCH /_simulator/environment",
              For::kServers);
  }
};

struct IdleStep {
  bool idle = true;

  template <typename Json>
  static void describe(Json& json) {
    json.about("time passes until no webhook is due or in flight", R"({"idle":true})");
    json.verb("idle", &IdleStep::idle, "true", For::kServers);
  }
};

// The n-th delivery that the judge saw is sent again by hand.
struct ResendStep {
  struct Expected {
    std::int64_t status = 200;

    template <typename Json>
    static void describe(Json& json) {
      json.may("status", &Expected::status, kHttpStatus, "HTTP status");
    }
  };
  std::size_t delivery = 1;
  Expected expect{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("a delivery is sent again by hand", R"({"resend":1})");
    json.verb("resend", &ResendStep::delivery, Range{1, 1'000}, "the n-th one that the judge saw",
              For::kServers);
    json.may("expect", &ResendStep::expect, "the call's answer");
  }
};

// A hostile request, as raw bytes. The server has to refuse it, by answering 4xx or by hanging up,
// and has to go on answering others.
enum class Hostility : std::uint8_t {
  kEndlessLine,
  kEndlessHeader,
  kManyHeaders,
  kEndlessChunk,
  kEndlessChunks,
  kEndlessChunkSize,
  kSlowHeader,
  kHugeLength,
};
inline constexpr std::array<core::Word<Hostility>, 8> kHostilities = {
    {{Hostility::kEndlessLine, "endless line", "the request line"},
     {Hostility::kEndlessHeader, "endless header", "one header field"},
     {Hostility::kManyHeaders, "many headers", "header fields, one after the other"},
     {Hostility::kEndlessChunk, "endless chunk", "of a size beyond all bounds"},
     {Hostility::kEndlessChunks, "endless chunks", "one after the other"},
     {Hostility::kEndlessChunkSize, "endless chunk-size line",
      "the line that says how large the chunk is"},
     {Hostility::kSlowHeader, "slow header", "a byte at a time"},
     {Hostility::kHugeLength, "huge content-length", "announced, and then hardly anything comes"}}};
struct HostileStep {
  struct Expected {
    std::optional<std::int64_t> status{};  // if set, hanging up without an answer fails

    template <typename Json>
    static void describe(Json& json) {
      json.may("status", &Expected::status, Range{400, 499},
               "of the answer, where there has to be one");
    }
  };
  Hostility kind = Hostility::kEndlessLine;
  std::int64_t connections = 1;
  std::optional<core::Duration> held{};
  Expected expect{};

  template <typename Json>
  static void describe(Json& json) {
    json.about(
        "a request of raw bytes that a hostile caller sends; the server has to end it, and to live "
        "on. Over HTTP only",
        R"({"hostile":"endless line"})");
    json.verb("hostile", &HostileStep::kind, kHostilities, "what is wrong with it", For::kServers);
    json.may("connections", &HostileStep::connections, Range{1, 64}, "this many at once");
    json.may("for", &HostileStep::held,
             "then it hangs up itself; without it, it waits for the server to end it, 15s at most");
    json.may("expect", &HostileStep::expect, "what comes back");
  }
};

struct KeptConnectionStep {
  bool asks = true;

  template <typename Json>
  static void describe(Json& json) {
    json.about(
        "GET and HEAD, right and wrong, one after the other on one connection: each answer has to "
        "end where the next one begins. Over HTTP only",
        R"({"kept_connection":true})");
    json.verb("kept_connection", &KeptConnectionStep::asks, "true", For::kServers);
  }
};

// The webhooks that came since the last such step.
struct WebhooksStep {
  WebhooksExpected expected{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("the webhooks that came since the last such step",
               R"({"expect_webhooks":{"deliveries":1,"attempts":3,"gaps":["100ms","200ms"]}})");
    json.verb("expect_webhooks", &WebhooksStep::expected, "what has to have arrived",
              For::kServers);
  }
};

using ServerSteps = StepList<AskStep, ReadStep, LawStep, WebhooksStep, ReceiverStep, SettingsStep,
                             IdleStep, ResendStep, HostileStep, KeptConnectionStep>;

}  // namespace terapi::conformance
