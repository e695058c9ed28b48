#include "conformance/laws/webhook_laws.h"

#include <algorithm>
#include <set>

#include "conformance/contract/timestamp.h"
#include "conformance/contract/webhook_signature.h"
#include "conformance/laws/standard_webhook.h"
#include "core/duration.h"
#include "core/json.h"
#include "core/parse_number.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

std::string header_of(const WebhookSeen& webhook, std::string_view name) {
  return std::string(webhook.request.headers.get(name).value_or(""));
}

std::optional<json::Document> body_of(const WebhookSeen& webhook) {
  auto document = json::Document::parse(webhook.request.body);
  if (!document || !document->root().is_object()) return std::nullopt;
  return std::move(*document);
}

void check_keys_sorted(const json::Value& object, const WebhookSeen& webhook, Findings& findings) {
  std::string before;
  for (const json::Member member : object.members()) {
    const std::string key = member.key.string();
    if (key < before) {
      findings.fail("HOOK-2", "the keys of a webhook are not in alphabetical order", "sorted",
                    std::string(key).append(" after ").append(before), {webhook.event});
    }
    before = key;
    if (member.value.is_object()) check_keys_sorted(member.value, webhook, findings);
  }
}

// The members that a sync's webhook has, and their kinds.
void check_sync_members(const json::Value& body, const WebhookSeen& webhook, const Dialect& dialect,
                        Findings& findings) {
  const auto lacks = [&](const std::string& what) {
    findings.fail("HOOK-2", "a webhook's body lacks something", what,
                  shortened(webhook.request.body, 400), {webhook.event});
  };
  for (const char* name :
       {"connectionId", "providerConfigKey", "syncName", "model", "syncVariant", "syncType"}) {
    if (!body[name].is_string()) lacks(std::string(name) + ", a string");
  }
  if (body["from"].string() != dialect.from) lacks("from: " + std::string(dialect.from));
  const std::string type = body["syncType"].string();
  if (type != "INITIAL" && type != "INCREMENTAL") lacks("syncType: INITIAL or INCREMENTAL");
  if (!body["success"].is_boolean()) return lacks("success, a boolean");
  if (body["success"].boolean()) {
    for (const char* name : {"added", "updated", "deleted"}) {
      if (!body["responseResults"][name].integer()) {
        lacks("responseResults." + std::string(name) + ", a whole number");
      }
    }
    for (const char* name : {"modifiedAfter", "queryTimeStamp"}) {
      if (!read_timestamp(body[name].string())) lacks(std::string(name) + ", a timestamp");
    }
  } else {
    for (const char* name : {"type", "description"}) {
      if (!body["error"][name].is_string()) lacks("error." + std::string(name) + ", a string");
    }
    const auto started = read_timestamp(body["startedAt"].string());
    const auto failed = read_timestamp(body["failedAt"].string());
    if (!started) lacks("startedAt, a timestamp");
    if (!failed) lacks("failedAt, a timestamp");
    if (started && failed && *failed < *started) lacks("failedAt, a time not before startedAt");
  }
}

std::string path_of(const std::string& target) { return target.substr(0, target.find('?')); }

}  // namespace

WebhookSeen webhook_of(core::Request request, core::Time at, const Dialect& dialect) {
  WebhookSeen webhook;
  webhook.at = at;
  webhook.path = path_of(request.target);
  webhook.delivery = std::string(request.headers.get(dialect.delivery_header).value_or(""));
  const std::string_view number = request.headers.get(dialect.attempt_header).value_or("");
  webhook.attempt = core::parse_number<std::int64_t>(number);
  webhook.request = std::move(request);
  return webhook;
}

void check_webhook_form(const WebhookSeen& webhook, const Dialect& dialect, Findings& findings) {
  const auto fail = [&](const char* clause, const char* what, std::string expected,
                        std::string actual) {
    findings.fail(clause, what, std::move(expected), std::move(actual), {webhook.event});
  };
  if (webhook.request.method != "POST") {
    fail("HOOK-1", "a webhook is not a POST", "POST", webhook.request.method);
  }
  if (!header_of(webhook, "Content-Type").starts_with("application/json")) {
    fail("HOOK-2", "a webhook does not say that it is JSON", "application/json",
         header_of(webhook, "Content-Type"));
  }
  if (webhook.delivery.empty()) {
    fail("HOOK-8", "a webhook has no delivery id", std::string(dialect.delivery_header), "none");
  }
  if (!webhook.attempt || *webhook.attempt < 1) {
    fail("HOOK-8", "a webhook does not say which attempt it is", "1, 2, …",
         header_of(webhook, dialect.attempt_header));
  }
  const std::string hmac = header_of(webhook, dialect.hmac_header);
  // Receivers compare texts, so its digits are written as everybody writes them.
  const std::vector<std::string> values = signature_values(hmac);
  const std::string right = hmac_sha256_hex(webhook.signing_key, webhook.request.body);
  // Who signs once has one key for everything.
  const bool by_the_other =
      dialect.habits.signs_once && values.size() == 1 &&
      values.front() == hmac_sha256_hex(webhook.secret_key, webhook.request.body);
  const std::string legacy = header_of(webhook, dialect.legacy_signature_header);
  const bool by_signing_key = dialect.legacy_by_signing_key && !by_the_other;
  const std::string& legacy_key = by_signing_key ? webhook.signing_key : webhook.secret_key;
  if (legacy != legacy_signature_hex(legacy_key, webhook.request.body)) {
    fail("HOOK-9", "the legacy signature is not that of the bytes that were sent",
         by_signing_key ? "SHA-256 of signing key and body" : "SHA-256 of secret key and body",
         legacy);
  }
  if (!by_the_other && std::find(values.begin(), values.end(), right) == values.end()) {
    fail("HOOK-9", "the signature is not that of the bytes that were sent",
         "HMAC-SHA256 of the body under the signing key, in lower-case hex: " + right, hmac);
  }
  check_standard_webhook(webhook, findings);
  const auto body = body_of(webhook);
  if (!body) {
    return fail("HOOK-2", "the body of a webhook is not a JSON object", "an object",
                shortened(webhook.request.body));
  }
  check_keys_sorted(body->root(), webhook, findings);
  if (body->root()["type"].string() == "sync") {
    check_sync_members(body->root(), webhook, dialect, findings);
  } else if (const auto from = body->root()["from"];
             from.present() && from.string() != dialect.from) {
    fail("HOOK-2", "a webhook is from somebody else", std::string(dialect.from), from.string());
  } else if (!body->root()["type"].is_string()) {
    fail("HOOK-2", "a webhook has no type", "type, a string", shortened(webhook.request.body));
  }
}

void check_signed_by(const WebhookSeen& webhook, const std::vector<std::string>& keys,
                     const Dialect& dialect, Findings& findings) {
  std::vector<std::string> expected;
  expected.reserve(keys.size());
  for (const std::string& key : keys) {
    expected.push_back(hmac_sha256_hex(key, webhook.request.body));
  }
  const std::string header = header_of(webhook, dialect.hmac_header);
  const std::vector<std::string> values = signature_values(header);
  if (values == expected) return;
  if (dialect.habits.signs_once && values.size() == 1 &&
      (values.front() == expected.front() ||
       values.front() == hmac_sha256_hex(webhook.secret_key, webhook.request.body))) {
    return;
  }
  findings.fail("HOOK-9", "the signatures are not those of the keys in force, newest first",
                std::to_string(keys.size()) + " values: " + listed(expected),
                std::to_string(values.size()) + ": " + header, {webhook.event});
}

void check_attempts_alike(const std::vector<const WebhookSeen*>& attempts, const Dialect& dialect,
                          Findings& findings) {
  check_standard_attempts(attempts, findings);
  const WebhookSeen& first = *attempts.front();
  std::int64_t number = first.attempt.value_or(0);
  for (std::size_t i = 1; i < attempts.size(); ++i) {
    const WebhookSeen& later = *attempts[i];
    const std::vector<std::size_t> both = {first.event, later.event};
    if (later.request.body != first.request.body) {
      findings.fail("HOOK-8", "an attempt sends different bytes than the first one",
                    shortened(first.request.body, 400), shortened(later.request.body, 400), both);
    }
    for (const std::string_view name : {dialect.hmac_header, dialect.legacy_signature_header}) {
      if (header_of(later, name) == header_of(first, name)) continue;
      findings.fail("HOOK-8", "an attempt carries a different signature than the first one",
                    std::string(name) + ": " + header_of(first, name), header_of(later, name),
                    both);
    }
    if (later.attempt == number + 1) {
      ++number;
      continue;
    }
    findings.fail("HOOK-8", "attempts are not numbered one by one", std::to_string(number + 1),
                  header_of(later, dialect.attempt_header), both);
    number = later.attempt.value_or(number + 1);
  }
}

void check_counts(const WebhookSeen& webhook, const RunSeen& run, Findings& findings) {
  const auto body = body_of(webhook);
  if (!body || run.failed) return;
  const json::Value results = body->root()["responseResults"];
  const std::vector<std::pair<const char*, std::uint64_t>> counted = {
      {"added", run.counts.added},
      {"updated", run.counts.updated},
      {"deleted", run.counts.deleted}};
  for (const auto& [name, count] : counted) {
    const auto told = results[name].integer();
    if (told && static_cast<std::uint64_t>(*told) == count) continue;
    findings.fail("HOOK-2", "a webhook's counts are not those of the run",
                  std::string(name) + ": " + std::to_string(count), json::compact(results),
                  {webhook.event});
  }
}

void check_modified_after_covers(const WebhookSeen& webhook, const RunSeen& run,
                                 const ModelStream& stream, const Walk& walk,
                                 const Dialect& dialect, Findings& findings) {
  const auto body = body_of(webhook);
  if (!body) return;
  const auto from = read_timestamp(body->root()["modifiedAfter"].string());
  if (!from) return;
  for (const ServedRecord& served : walk.records) {
    const ModelRecord* record = stream.find(served.id);
    const auto time = read_timestamp(served.last_modified_at);
    if (record == nullptr || record->now().run != run.number || !time || *time >= *from) continue;
    // The announcement is in milliseconds, and so is the other clock.
    if (record->now().deleted && dialect.habits.tells_deletions_by_another_clock) continue;
    findings.fail("HOOK-3", "a webhook's modifiedAfter is later than a change that it announces",
                  "at or before " + served.last_modified_at + " (" + served.id + ")",
                  body->root()["modifiedAfter"].string(), {webhook.event});
  }
}

namespace {

// The oldest version of the record that may still be served: what the announced run made of it, or
// a later one that had been acknowledged. Nothing: that run did not touch it.
std::optional<std::size_t> oldest_right_version(const ModelRecord& record, std::size_t run,
                                                std::size_t acknowledged) {
  std::optional<std::size_t> oldest;
  for (std::size_t i = 0; i < record.versions.size(); ++i) {
    const std::size_t made_by = record.versions[i].run;
    if (made_by == run || (oldest && made_by <= acknowledged)) oldest = i;
  }
  return oldest;
}

bool serves_from(const ModelRecord& record, std::size_t oldest, const ServedRecord& served,
                 const Habits& habits) {
  if (served.pruned_at.has_value()) return true;
  for (std::size_t i = oldest; i < record.versions.size(); ++i) {
    const RecordVersion& version = record.versions[i];
    if ((served.last_action == "DELETED") == version.deleted &&
        serves(version, served.payload, habits)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void check_readable(const WebhookSeen& webhook, std::size_t run, std::size_t acknowledged,
                    const ModelStream& stream, const Walk& walk, const Dialect& dialect,
                    Findings& findings) {
  if (!walk.whole) return;
  std::map<std::string, const ServedRecord*> served;
  for (const ServedRecord& record : walk.records) served[record.id] = &record;
  for (const ModelRecord& record : stream.records) {
    const auto oldest = oldest_right_version(record, run, acknowledged);
    if (!oldest || record.erased) continue;
    const auto found = served.find(record.id);
    if (found != served.end() && serves_from(record, *oldest, *found->second, dialect.habits)) {
      continue;
    }
    std::vector<std::size_t> events = {webhook.event};
    events.insert(events.end(), walk.events.begin(), walk.events.end());
    findings.fail("HOOK-4", "a webhook has come before its data could be read",
                  record.id + " as the run left it, or a later one",
                  found == served.end() ? "it is not there yet" : "its former version", events);
  }
}

void check_gaps(const std::vector<const WebhookSeen*>& attempts,
                const std::vector<core::Duration>& gaps, const Timing& timing, Findings& findings) {
  if (!timing.too_slow.empty()) return;
  for (std::size_t i = 0; i < gaps.size() && i + 1 < attempts.size(); ++i) {
    const core::Duration gap = attempts[i + 1]->at - attempts[i]->at;
    const std::vector<std::size_t> both = {attempts[i]->event, attempts[i + 1]->event};
    const std::string expected = "attempt " + std::to_string(i + 2) + " comes " +
                                 core::format_duration(gaps[i]) + " after the one before";
    // What was never answered may have been slow to arrive, by as much as the next one seems early.
    // Where there was an answer, the sender cannot have waited before it.
    const bool since_known = !attempts[i]->silent;
    core::Duration early{0};
    core::Duration late = timing.slack;
    if (timing.exact) {
      if (!since_known) early = timing.slack;
    } else {
      early = since_known ? std::max(core::Duration(20'000), gaps[i] / 10) : gaps[i];
      late += std::max(core::Duration(1'000'000), gaps[i] / 2);
    }
    if (gap < gaps[i] - early || (timing.exact && gap > gaps[i] + late)) {
      findings.fail("HOOK-7", "an attempt does not come when the policy says", expected,
                    core::format_duration(std::max(gap, core::Duration(0))), both);
    } else if (!timing.exact && gap > gaps[i] + late) {
      findings.warn("HOOK-7", "an attempt comes late", expected, core::format_duration(gap), both);
    }
  }
}

std::vector<std::vector<const WebhookSeen*>> by_delivery(const std::vector<WebhookSeen>& seen) {
  std::vector<std::vector<const WebhookSeen*>> deliveries;
  std::map<std::string, std::size_t> place;
  for (const WebhookSeen& webhook : seen) {
    const auto [at, is_new] = place.try_emplace(webhook.delivery, deliveries.size());
    if (is_new) deliveries.emplace_back();
    deliveries[at->second].push_back(&webhook);
  }
  return deliveries;
}

}  // namespace terapi::conformance
