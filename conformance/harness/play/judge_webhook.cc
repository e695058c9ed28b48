#include "conformance/harness/play/judge_webhook.h"

#include <memory>
#include <utility>
#include <vector>

#include "conformance/contract/timestamp.h"
#include "conformance/contract/webhook_signature.h"
#include "core/duration.h"
#include "core/json_writer.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

struct StreamParts {
  std::string integration, connection, model, variant = "base";
};

StreamParts parts_of(const std::string& name) {
  StreamParts parts;
  std::vector<std::string*> fields = {&parts.integration, &parts.connection, &parts.model,
                                      &parts.variant};
  std::size_t begin = 0;
  for (std::string* field : fields) {
    if (begin > name.size()) break;
    const std::size_t end = std::min(name.find('/', begin), name.size());
    *field = name.substr(begin, end - begin);
    begin = end + 1;
  }
  return parts;
}

// Another spelling of the same: spaces, escapes, another order would do as well.
std::string spaced_out(const std::string& compact) {
  std::string text;
  bool in_string = false;
  for (std::size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    if (c == '"' && (i == 0 || compact[i - 1] != '\\')) in_string = !in_string;
    if (in_string && c == '/') {
      text += "\\/";
      continue;
    }
    text += c;
    if (!in_string && (c == ',' || c == ':')) text += ' ';
  }
  return text + "\n";
}

std::string webhook_body(const JudgeWebhook& act, const Dialect& dialect, core::Time now) {
  if (!act.body.empty()) return act.body;
  const StreamParts parts = parts_of(act.stream);
  const std::string time = write_millis(now);
  const std::string after =
      act.modified_after.empty() || act.modified_after == "{now}" ? time : act.modified_after;
  json::Writer out;
  out.begin_object().field("connectionId", parts.connection).field("from", dialect.from);
  out.field("model", parts.model).field("modifiedAfter", after);
  if (act.pad_bytes > 0) out.field("padding", std::string(act.pad_bytes, 'x'));
  if (act.depth > 0) {
    out.key("nested").raw(std::string(act.depth, '[') + std::string(act.depth, ']'));
  }
  out.field("providerConfigKey", parts.integration).field("queryTimeStamp", time);
  out.key("responseResults").begin_object();
  out.field("added", 1).field("deleted", 0).field("updated", 0).end_object();
  out.field("success", true).field("syncName", parts.integration + "-sync");
  out.field("syncType", "INCREMENTAL").field("syncVariant", parts.variant);
  out.field("type", act.type).end_object();
  std::string body = out.take();
  return act.spaced ? spaced_out(body) : body;
}

// Another digit at that place.
std::string altered_at(std::string hex, std::size_t place) {
  hex[place] = hex[place] == '0' ? '1' : '0';
  return hex;
}

void sign(core::Request& request, const JudgeWebhook& act, const Dialect& dialect,
          const std::string& signing_key, const std::string& secret_key) {
  const std::string hmac(dialect.hmac_header);
  const std::string legacy(dialect.legacy_signature_header);
  const std::string& legacy_key = dialect.legacy_by_signing_key ? signing_key : secret_key;
  const std::string right = hmac_sha256_hex(signing_key, request.body);
  const auto both = [&](std::string value) {
    request.headers.add(hmac, std::move(value));
    request.headers.add(legacy, legacy_signature_hex(legacy_key, request.body));
  };
  switch (act.signature) {
    case JudgeWebhook::Signature::kRight:
      return both(right);
    case JudgeWebhook::Signature::kMissing:
      return;
    case JudgeWebhook::Signature::kWrongKey:
      request.headers.add(hmac, hmac_sha256_hex("not-the-key", request.body));
      request.headers.add(legacy, legacy_signature_hex("not-the-key", request.body));
      return;
    case JudgeWebhook::Signature::kAltered: {
      both(right);
      const std::size_t at = request.body.find("\"added\":1");
      if (at != std::string::npos) {
        request.body[at + 8] = '2';
      } else if (!request.body.empty()) {
        request.body.back() = static_cast<char>(request.body.back() ^ 1);
      }
      return;
    }
    case JudgeWebhook::Signature::kLegacyOnly:
      request.headers.add(legacy, legacy_signature_hex(legacy_key, request.body));
      return;
    case JudgeWebhook::Signature::kLengthExtended: {
      const auto forged = legacy_length_extended(
          legacy_key.size(), legacy_signature_hex(legacy_key, request.body), request.body, " ");
      if (!forged) return;
      request.body = forged->body;
      request.headers.add(legacy, forged->signature);
      request.headers.add(hmac, forged->signature);
      return;
    }
    case JudgeWebhook::Signature::kReserialised:
      both(right);
      request.body = spaced_out(request.body);
      return;
    case JudgeWebhook::Signature::kList:
      return both(hmac_sha256_hex("the-key-before", request.body) + "," + right);
    case JudgeWebhook::Signature::kTwoLines:
      request.headers.add(hmac, hmac_sha256_hex("the-key-before", request.body));
      return both(right);
    case JudgeWebhook::Signature::kSpacedList:
      return both(hmac_sha256_hex("the-key-before", request.body) + ", " + right);
    case JudgeWebhook::Signature::kAlteredEnd:
      return both(altered_at(right, right.size() - 1));
    case JudgeWebhook::Signature::kAlteredBeginning:
      return both(altered_at(right, 0));
    case JudgeWebhook::Signature::kCutShort:
      return both(right.substr(0, 8));
    case JudgeWebhook::Signature::kSecretKey:
      return both(hmac_sha256_hex(secret_key, request.body));
  }
}

using Answered = core::Result<core::Response>;

// Without a processor for such a part of the time, whoever is late may have been in time.
constexpr int kWorthNoticing = 20;
constexpr int kAttempts = 7;                                            // HOOK-7
constexpr core::Duration kFirstPause = std::chrono::milliseconds(100);  // HOOK-7: and doubling

bool is_late(const Answered& answer) { return !answer && answer.error().code == "timeout"; }
// The connection was refused, or broke before the answer: a receiver with a short queue, to which
// a thousand come at once.
bool never_arrived(const Answered& answer) { return !answer && !is_late(answer); }

// As long as answers keep coming: of a thousand some wait for their turn, on this side and on the
// other. What nobody answers, the sender gives up.
void await(const std::vector<Answered>& answers, std::size_t all, core::Duration limit,
           ClientStage& stage) {
  std::size_t before = 0;
  do {
    before = answers.size();
    stage.run_until([&] { return answers.size() == all || answers.size() != before; }, limit);
  } while (answers.size() != all && answers.size() != before);
}

// The answers to so many, sent at once; fewer where some were never answered.
std::vector<Answered> post(std::uint64_t times, const JudgeWebhook& act,
                           const core::Request& request, ClientStage& stage) {
  const auto answers = std::make_shared<std::vector<Answered>>();
  for (std::uint64_t i = 0; i < times; ++i) {
    stage.post_to_client(request, act.answer_within,
                         [answers](Answered answer) { answers->push_back(std::move(answer)); });
  }
  await(*answers, times, act.answer_within + std::chrono::seconds(1), stage);
  return std::move(*answers);
}

// All of them at once, and again, as any sender (HOOK-6), those whose connection did not hold. Of
// each the last answer, in no order; fewer than there are to be, where some were never answered.
std::vector<Answered> deliver(const JudgeWebhook& act, const core::Request& request,
                              ClientStage& stage) {
  std::vector<Answered> ended;
  std::uint64_t left = act.times;
  std::uint64_t late = 0;
  core::Duration pause = kFirstPause;
  for (int attempt = 1; left > 0; ++attempt, pause *= 2) {
    std::vector<Answered> answers = post(left, act, request, stage);
    left = 0;
    for (Answered& answer : answers) {
      if (never_arrived(answer) && attempt < kAttempts && stage.client(1).alive) {
        ++left;
      } else if (is_late(answer) && act.times > 1) {
        ++late;
      } else {
        ended.push_back(std::move(answer));
      }
    }
    if (left > 0) stage.run_until([] { return false; }, pause);
  }
  // Of many at once some may have stood before a full queue all the time (Linux lets no more than
  // five wait where a receiver asks for five, and does not say so to the others). Each for itself:
  // one that is late then had nobody in its way.
  for (bool in_time = true; late > 0 && in_time; --late) {
    for (Answered& answer : post(1, act, request, stage)) {
      in_time = !is_late(answer);
      ended.push_back(std::move(answer));
    }
  }
  return ended;
}

}  // namespace

core::Request webhook_request(const JudgeWebhook& act, const Dialect& dialect,
                              const std::string& signing_key, const std::string& secret_key,
                              core::Time now) {
  core::Request request;
  request.method = "POST";
  request.target = "/webhooks";
  request.body = webhook_body(act, dialect, now);
  request.headers = {{"Content-Type", "application/json"}};
  if (!dialect.delivery_header.empty()) {
    request.headers.add(std::string(dialect.delivery_header), "judge");
  }
  sign(request, act, dialect, signing_key, secret_key);
  return request;
}

void post_webhooks(const JudgeWebhook& act, ClientStage& stage, Findings& findings) {
  const std::size_t first = stage.history().webhooks.size();
  const core::Request request =
      webhook_request(act, stage.dialect(), stage.signing_key(), stage.secret_key(), stage.now());
  if (act.comes != JudgeWebhook::Comes::kAtOnce) {
    for (std::uint64_t i = 0; i < act.times; ++i) stage.trickle_to_client(request, act.comes);
    stage.history().add({.at = stage.now(),
                         .kind = EventKind::kWebhook,
                         .life = stage.client(1).life,
                         .stream = act.stream,
                         .text = std::to_string(act.times) + " webhooks whose bodies come " +
                                 std::string(core::word_of(JudgeWebhook::kComes, act.comes))});
    return;
  }
  const core::Duration starved = stage.starved();
  const std::vector<Answered> answers = deliver(act, request, stage);
  const bool too_slow = (stage.starved() - starved) * kWorthNoticing >= act.answer_within;
  std::vector<std::size_t> events;
  for (std::size_t i = first; i < stage.history().webhooks.size(); ++i) {
    WebhookSight& sight = stage.history().webhooks[i];
    sight.from_judge = true;
    if (events.size() < 4) events.push_back(sight.sent);
  }
  const auto fault = [&](const char* clause, const char* invariant, std::string what,
                         std::string expected, std::string actual, Verdict verdict) {
    findings.add({verdict, clause, invariant, std::move(what), std::move(expected),
                  std::move(actual), events});
  };
  if (act.answer == JudgeWebhook::Answer::kAny) return;
  for (const Answered& answer : answers) {
    const std::string actual = answer ? std::to_string(answer->status) : answer.error().code;
    const Verdict verdict = too_slow && is_late(answer) ? Verdict::kInconclusive : Verdict::kFail;
    const bool accepted = answer && answer->status >= 200 && answer->status < 300;
    const bool refused = answer && answer->status >= 400 && answer->status < 500;
    if (act.answer == JudgeWebhook::Answer::kAccepted && !accepted) {
      return fault("CLIENT-5", "", "an authentic webhook was not accepted", "a 2xx answer", actual,
                   verdict);
    }
    if (act.answer == JudgeWebhook::Answer::kRefused && !refused) {
      return fault("CLIENT-5", "I9", "a webhook that is not authentic was not refused",
                   "401, and no effect", actual, verdict);
    }
    if (act.answer == JudgeWebhook::Answer::kUnauthorized && !(answer && answer->status == 401)) {
      return fault("CLIENT-5", "I9", "a webhook that is not authentic was not refused with 401",
                   "401, and no effect", actual, verdict);
    }
  }
  if (answers.size() < act.times) {
    fault("CLIENT-6", "V3", "webhooks were not answered",
          "an answer within " + core::format_duration(act.answer_within),
          std::to_string(answers.size()) + " of " + std::to_string(act.times) + " were answered",
          too_slow ? Verdict::kInconclusive : Verdict::kFail);
  }
}

}  // namespace terapi::conformance
