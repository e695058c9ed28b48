#include "conformance/harness/play/webhook_witness.h"

#include <algorithm>
#include <utility>

#include "conformance/contract/webhook_signature.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

// Longer than any time-out that a scenario sets.
constexpr core::Duration kForEver = std::chrono::hours(1);

}  // namespace

WebhookWitness::WebhookWitness(ServerStage& stage, Caller& caller, Findings& findings)
    : stage_(stage), caller_(caller), findings_(findings) {
  stage_.set_receiver(
      [this](const core::Request& request, core::Time at) { return receive(request, at); });
}

WebhookWitness::~WebhookWitness() {
  stage_.set_receiver([](const core::Request&, core::Time) {
    return core::Outcome{{410, {}, ""}, {}};  // the scenario is over
  });
}

void WebhookWitness::answer_so(Receiver receiver) {
  reads_ = reads_ || receiver.reads;
  std::erase_if(scripts_,
                [&](const Script& script) { return script.receiver.path == receiver.path; });
  scripts_.push_back({std::move(receiver), 0});
  // Those of one path before those of any.
  std::stable_sort(scripts_.begin(), scripts_.end(), [](const Script& a, const Script& b) {
    return a.receiver.path.empty() < b.receiver.path.empty();
  });
}

void WebhookWitness::set_keys(std::string secret_key, std::string signing_key) {
  const std::string before = std::exchange(signing_key_, std::move(signing_key));
  secret_key_ = std::move(secret_key);
  keys_known_ = true;
  for (const std::size_t place : std::exchange(unchecked_, {})) {
    const core::Headers& headers = seen_[place].request.headers;
    // Of the world before it: that one's keys were right.
    const bool old = hmac_header_verifies(headers.get(stage_.dialect().hmac_header).value_or(""),
                                          {before}, seen_[place].request.body);
    if (!old) check_form(seen_[place]);
  }
}

void WebhookWitness::check_form(WebhookSeen& webhook) {
  webhook.secret_key = secret_key_;
  webhook.signing_key = signing_key_;
  check_webhook_form(webhook, stage_.dialect(), findings_);
}

std::vector<WebhookSeen> WebhookWitness::take_news() {
  std::vector<WebhookSeen> news(seen_.begin() + static_cast<std::ptrdiff_t>(told_), seen_.end());
  told_ = seen_.size();
  return news;
}

std::vector<std::string> WebhookWitness::deliveries() const {
  std::vector<std::string> ids;
  for (const auto& attempts : by_delivery(seen_)) ids.push_back(attempts.front()->delivery);
  return ids;
}

core::Outcome WebhookWitness::receive(const core::Request& request, core::Time at) {
  WebhookSeen webhook = webhook_of(request, at, stage_.dialect());
  std::string text;
  if (stage_.history().told) {
    text = request.method + " " + webhook.path + " attempt " +
           (webhook.attempt ? std::to_string(*webhook.attempt) : "?") + " of " + webhook.delivery +
           ": " + shortened(request.body, 300);
  }
  // What is told to a reader is told by one clock, the judge's; laws ask the server's.
  const std::size_t sight = stage_.wire().webhook_sent(request, 0, stage_.now(), std::move(text));
  webhook.event = stage_.history().webhooks[sight].sent;
  if (comes_again(webhook)) {
    core::Outcome outcome;
    outcome.wire.reset = true;
    stage_.wire().webhook_answered(sight, 0, stage_.now(), "the same once more: reset, too");
    return outcome;
  }
  const std::size_t place = seen_.size();
  seen_.push_back(webhook);
  if (keys_known_) {
    check_form(seen_[place]);
  } else {
    unchecked_.push_back(place);
  }
  if (reads_ && !reading_) read_announced(place);

  std::string line;
  core::Outcome outcome = next_answer(webhook.path, line);
  seen_[place].silent = outcome.wire.delay == kForEver;
  seen_[place].reset = outcome.wire.reset;
  const bool whole =
      !seen_[place].silent && !outcome.wire.reset && !outcome.wire.truncate_after.has_value();
  if (whole) seen_[place].answered = outcome.response.status;
  seen_[place].cut_off =
      outcome.wire.truncate_after.has_value() && outcome.response.status / 100 == 2;
  stage_.wire().webhook_answered(sight, seen_[place].answered.value_or(0), stage_.now(),
                                 std::move(line));
  return outcome;
}

// An HTTP library that kept a connection sends what that one died of once more, on another, and
// tells nobody: who sends does not know that the attempt was two. Whether the first was read no
// library knows, and for a webhook it makes no difference.
bool WebhookWitness::comes_again(const WebhookSeen& webhook) {
  if (webhook.delivery.empty() || !webhook.attempt) return false;
  for (std::size_t i = seen_.size(); i-- > 0;) {
    WebhookSeen& before = seen_[i];
    if (before.delivery != webhook.delivery || before.path != webhook.path) continue;
    return before.attempt == webhook.attempt && before.request.body == webhook.request.body &&
           std::exchange(before.reset, false);
  }
  return false;
}

core::Outcome WebhookWitness::next_answer(const std::string& path, std::string& line) {
  const auto script = std::find_if(scripts_.begin(), scripts_.end(), [&](const Script& each) {
    return each.receiver.path.empty() || each.receiver.path == path;
  });
  ReceiverAnswer answer;
  if (script != scripts_.end()) {
    const std::size_t last = script->receiver.answers.size() - 1;
    answer = script->receiver.answers[std::min(script->used++, last)];
  }
  core::Outcome outcome;
  outcome.response.status = static_cast<int>(answer.status);
  line = std::to_string(answer.status);
  for (const auto& [name, value] : answer.headers) outcome.response.headers.add(name, value);
  if (answer.what == ReceiverAnswer::What::kTimeout) {
    outcome.wire.delay = kForEver;
    line = "no answer";
  } else if (answer.what == ReceiverAnswer::What::kReset) {
    outcome.wire.reset = true;
    line = "the connection is reset";
  } else if (answer.what == ReceiverAnswer::What::kTruncate) {
    outcome.response.body = "this answer breaks off in the middle";
    outcome.wire.truncate_after = 4;
    line += ", and the connection closes within the body";
  } else if (answer.what == ReceiverAnswer::What::kLarge) {
    outcome.response.body = std::string(std::size_t{5} << 20, 'x');
    line += ", and 5 MiB";
  } else if (answer.what != ReceiverAnswer::What::kStatus) {
    const auto word = core::word_of(ReceiverAnswer::kWhats, answer.what);
    outcome.response.headers.add(std::string(ReceiverAnswer::kOnTheWire), std::string(word));
    line += answer.what == ReceiverAnswer::What::kNoReason
                ? ", without a reason"
                : ", and the connection closes unannounced";
  }
  return outcome;
}

// On the first attempt only: later ones say nothing new. Which run it announces is told by that
// run's answer, which may be still on its way: so it is compared afterwards.
void WebhookWitness::read_announced(std::size_t place) {
  const WebhookSeen webhook = seen_[place];
  if (webhook.attempt != 1 || caller_.runs().empty() || !caller_.has_model()) return;
  const auto body = json::Document::parse(webhook.request.body);
  if (!body) return;
  const json::Value root = body->root();
  LawParameters given;
  given.stream = {root["providerConfigKey"].string(), root["connectionId"].string(),
                  root["model"].string(), root["syncVariant"].string()};
  Reading reading{place, caller_.acknowledged(), stream_name(given.stream), {}};
  // One that is not about a sync, or about what nobody has told the model of.
  if (given.stream.model.empty() || caller_.model().stream(reading.stream) == nullptr) return;
  reading_ = true;
  LawContext context{caller_, findings_, given};
  reading.walk = RecordReader(context).walk(1000);
  reading_ = false;
  readings_.push_back(std::move(reading));
}

void WebhookWitness::check_readings() {
  for (const Reading& reading : std::exchange(readings_, {})) {
    const WebhookSeen& webhook = seen_[reading.webhook];
    const ModelStream* stream = caller_.model().stream(reading.stream);
    const RunSeen* run = caller_.run_of(webhook.delivery);
    if (stream == nullptr || run == nullptr || run->stream != reading.stream) continue;
    check_readable(webhook, run->number, reading.acknowledged, *stream, reading.walk,
                   stage_.dialect(), findings_);
  }
}

}  // namespace terapi::conformance
