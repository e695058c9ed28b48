#include "simulator/faults/fault_table.h"

#include <charconv>
#include <limits>
#include <utility>

namespace terapi::simulator {
namespace {

namespace json = core::json;
using json::Fields;

template <typename Effect>
struct Fault {
  std::string_view word;  // its key in a rule's `do`
  void (*read)(Fields& fields, Effect& effect);
  std::string_view doc;  // what happens, as docs/faults.md says it
};

// One kind of event: its word in a rule's `on`, what rules may match, and what may happen to it.
template <typename Effect>
struct Event {
  std::string_view on;
  std::span<const std::string_view> attributes;
  std::span<const Fault<Effect>> faults;
};

// What is missing or wrong, which `fields` have reported, leaves the effect as it is.
template <typename Member, typename Given>
void set(Member& member, const std::optional<Given>& given) {
  if (given) member = static_cast<Member>(*given);
}

// --- on "api" and "upstream": requests ---

// The code of an error body, for the journal; any other body has none.
std::string error_code_of(const std::string& body) {
  json::Reader reader;
  const auto value = reader.read(body);
  return value && value->is_object() ? (*value)["error"]["code"].string() : std::string();
}

std::optional<core::Duration> whole_seconds(std::optional<std::string_view> text) {
  constexpr std::int64_t kMost = 100'000'000;
  if (!text) return std::nullopt;
  std::int64_t seconds = 0;
  const char* const last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, seconds);
  if (error != std::errc() || end != last || seconds < 0 || seconds > kMost) return std::nullopt;
  return std::chrono::seconds(seconds);
}

std::string default_body(int status) {
  return R"({"error":{"code":"injected_fault","message":"status )" + std::to_string(status) +
         R"(, injected by a fault rule"}})";
}

// {"status":503,"headers":{"Retry-After":"3"},"body":{…}}
void read_status(Fields& fields, RequestEffect& effect) {
  InjectedAnswer& answer = effect.answer.emplace();
  core::Response& response = answer.response;
  response.status = static_cast<int>(fields.integer("status", 200, 599).value_or(500));
  for (const json::Member member : fields.object("headers").members()) {
    const json::Value value = member.value;
    response.headers.add(member.key.string(), value.is_string()
                                                  ? fields.text_of(value, fields.path_to("headers"))
                                                  : std::string(value.text()));
  }
  const json::Value body = fields.any("body");
  response.body = !body.present()    ? default_body(response.status)
                  : body.is_string() ? fields.text_of(body, fields.path_to("body"))
                                     : json::compact(body);
  if (!response.headers.get("Content-Type")) {
    response.headers.add("Content-Type",
                         body.is_string() ? "text/plain; charset=utf-8" : "application/json");
  }
  if (response.status >= 400) answer.error_code = error_code_of(response.body);
  answer.retry_after = whole_seconds(response.headers.get("Retry-After"));
}

// "100B/s", "2KB/s", "1MB/s"; 0 when it is not a rate.
std::uint64_t parse_rate(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count > 1'000'000'000) return 0;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit == "B/s") return count;
  if (unit == "KB/s") return count * 1'000;
  if (unit == "MB/s") return count * 1'000'000;
  return 0;
}

void read_drip(Fields& fields, RequestEffect& effect) {
  effect.wire.drip_bytes_per_second = parse_rate(fields.string("drip").value_or(""));
  if (effect.wire.drip_bytes_per_second > 0) return;
  fields.report("drip", "invalid_value",
                "is not a rate; expected for example \"100B/s\" or \"2KB/s\"");
}

constexpr std::int64_t kMostBytes = std::numeric_limits<std::int64_t>::max();

void read_delay(Fields& f, RequestEffect& e) { set(e.wire.delay, f.duration("delay")); }
void read_reset(Fields& f, RequestEffect& e) { set(e.wire.reset, f.boolean("reset")); }
void read_truncation(Fields& f, RequestEffect& e) {
  set(e.wire.truncate_after, f.integer("truncate_after", 0, kMostBytes));
}
void read_stall(Fields& f, RequestEffect& e) { set(e.wire.stall, f.duration("stall")); }

// A reader of requests' effects, for one kind of request.
template <typename Effect, void (*Read)(Fields&, RequestEffect&)>
void read_as(Fields& fields, Effect& effect) {
  Read(fields, effect);
}

constexpr std::string_view kResetDoc = "the request is carried out, and the connection reset";
constexpr std::string_view kTruncationDoc = "the connection closes after 40 bytes of the body";
constexpr std::string_view kStallDoc = "the body stops half-way and goes on 30 s later";
constexpr std::string_view kDripDoc = "the body comes at that rate; also `KB/s`, `MB/s`";
constexpr std::string_view kDelayDoc = "the request is carried out, and the answer held back";

constexpr Fault<ApiEffect> kApiFaults[] = {
    {"status", read_as<ApiEffect, read_status>,
     "somebody in front of the API answers; the API never sees the request"},
    {"delay", read_as<ApiEffect, read_delay>, kDelayDoc},
    {"reset", read_as<ApiEffect, read_reset>, kResetDoc},
    {"truncate_after", read_as<ApiEffect, read_truncation>, kTruncationDoc},
    {"stall", read_as<ApiEffect, read_stall>, kStallDoc},
    {"drip", read_as<ApiEffect, read_drip>, kDripDoc},
    {"stale", [](Fields& f, ApiEffect& e) { set(e.stale, f.duration("stale")); },
     "records are shown as they were 5 s ago, as from a replica that lags"},
    {"database_down",
     [](Fields& f, ApiEffect& e) { set(e.database_down, f.boolean("database_down")); },
     "the API cannot look anything up: 500, or what the quirk `database_down_401` makes of it"},
};
constexpr std::string_view kApiAttributes[] = {"method", "path",    "integration", "connection",
                                               "model",  "variant", "cursor"};

constexpr Fault<UpstreamEffect> kUpstreamFaults[] = {
    {"status", read_as<UpstreamEffect, read_status>,
     "the external API answers that, and does nothing"},
    {"delay", read_as<UpstreamEffect, read_delay>, kDelayDoc},
    {"reset", read_as<UpstreamEffect, read_reset>, kResetDoc},
    {"truncate_after", read_as<UpstreamEffect, read_truncation>, kTruncationDoc},
    {"stall", read_as<UpstreamEffect, read_stall>, kStallDoc},
    {"drip", read_as<UpstreamEffect, read_drip>, kDripDoc},
};
constexpr std::string_view kUpstreamAttributes[] = {"method", "path", "integration", "connection",
                                                    "collection"};

// --- on "webhook" ---

constexpr std::int64_t kMostCopies = 10'000;

void read_forge(Fields& fields, WebhookEffect& effect) {
  static constexpr auto kForgeries = std::to_array<core::Word<bool WebhookEffect::*>>(
      {{&WebhookEffect::forge_signature, "signature"}, {&WebhookEffect::forge_body, "body"}});
  if (const auto forged = fields.word("forge", kForgeries)) effect.** forged = true;
}

// true: a second. HOOK-4 broken on purpose.
void read_before_commit(Fields& fields, WebhookEffect& effect) {
  if (fields.any("before_commit").is_string()) {
    set(effect.before_commit, fields.duration("before_commit"));
  } else if (fields.boolean("before_commit").value_or(false)) {
    effect.before_commit = std::chrono::seconds(1);
  }
}

constexpr Fault<WebhookEffect> kWebhookFaults[] = {
    {"drop", [](Fields& f, WebhookEffect& e) { set(e.drop, f.boolean("drop")); },
     "lost: nothing is sent, and nobody tries again"},
    {"duplicate",
     [](Fields& f, WebhookEffect& e) { set(e.copies, f.integer("duplicate", 1, kMostCopies)); },
     "the attempt is sent three times"},
    {"delay", [](Fields& f, WebhookEffect& e) { set(e.delay, f.duration("delay")); },
     "the attempt is sent ten minutes later"},
    {"reorder", [](Fields& f, WebhookEffect& e) { set(e.reorder, f.boolean("reorder")); },
     "a first attempt waits until another delivery to the same URL has gone, at most a minute"},
    {"forge", read_forge, "the signatures are wrong"},
    {"before_commit", read_before_commit,
     "sent a second (or a duration given instead of `true`) before its data can be read"},
};
constexpr std::string_view kWebhookAttributes[] = {
    "delivery", "attempt", "url", "type", "integration", "connection", "model", "variant", "path"};

// --- on "store" ---

constexpr Fault<StoreEffect> kStoreFaults[] = {
    // CUR-8 broken on purpose, as overlapping writers break it.
    {"late_commit",
     [](Fields& f, StoreEffect& e) { set(e.late_commit, f.duration("late_commit")); },
     "a run's saves take their place in the order now and become visible 10 s later"},
};
constexpr std::string_view kStoreAttributes[] = {"integration", "connection", "model", "variant",
                                                 "sync"};

constexpr Event<ApiEffect> kOnApi{core::word_of(kFaultOnWords, FaultOn::kApi), kApiAttributes,
                                  kApiFaults};
constexpr Event<WebhookEffect> kOnWebhook{core::word_of(kFaultOnWords, FaultOn::kWebhook),
                                          kWebhookAttributes, kWebhookFaults};
constexpr Event<StoreEffect> kOnStore{core::word_of(kFaultOnWords, FaultOn::kStore),
                                      kStoreAttributes, kStoreFaults};

constexpr Event<UpstreamEffect> kOnUpstream{core::word_of(kFaultOnWords, FaultOn::kUpstream),
                                            kUpstreamAttributes, kUpstreamFaults};

constexpr const Event<ApiEffect>& event_of(const ApiEffect&) { return kOnApi; }
constexpr const Event<UpstreamEffect>& event_of(const UpstreamEffect&) { return kOnUpstream; }
constexpr const Event<WebhookEffect>& event_of(const WebhookEffect&) { return kOnWebhook; }
constexpr const Event<StoreEffect>& event_of(const StoreEffect&) { return kOnStore; }

}  // namespace

FaultEffect no_effect_on(FaultOn event) {
  switch (event) {
    case FaultOn::kApi:
      return ApiEffect{};
    case FaultOn::kWebhook:
      return WebhookEffect{};
    case FaultOn::kStore:
      return StoreEffect{};
    case FaultOn::kUpstream:
      return UpstreamEffect{};
  }
  return ApiEffect{};
}

std::span<const std::string_view> fault_attributes(const FaultEffect& effect) {
  return std::visit([](const auto& of) { return event_of(of).attributes; }, effect);
}

void read_fault_effect(FaultEffect& effect, Fields& fields, Fields& rule_fields) {
  bool any = false;
  std::string known;
  const auto read = [&](auto& of) {
    for (const auto& fault : event_of(of).faults) {
      known += (known.empty() ? "" : ", ") + std::string(fault.word);
      if (!fields.has(fault.word)) continue;
      any = true;
      fault.read(fields, of);
    }
  };
  std::visit(read, effect);
  if (!any) {
    rule_fields.report("do", "required", "does nothing; expected one of " + known);
  }
}

std::vector<FaultDoc> all_faults() {
  std::vector<FaultDoc> all;
  const auto list = [&](const auto& event) {
    for (const auto& fault : event.faults) all.push_back({event.on, fault.word, fault.doc});
  };
  list(kOnApi);
  list(kOnWebhook);
  list(kOnStore);
  list(kOnUpstream);
  return all;
}

}  // namespace terapi::simulator
