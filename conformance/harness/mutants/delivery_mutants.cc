// Servers whose webhooks go wrong on their way out.
#include <deque>
#include <functional>
#include <map>
#include <set>

#include "conformance/harness/mutants/server_lists.h"
#include "conformance/scenario/step.h"
#include "core/json.h"
#include "core/random.h"
#include "simulator/records/uuid.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

constexpr std::string_view kAttempt = "X-Terapi-Attempt";
constexpr std::string_view kDelivery = "X-Terapi-Delivery";
constexpr std::string_view kSignature = "X-Terapi-Hmac-Sha256";

// Changes each webhook as it leaves.
class MiswritesWebhooks final : public ServerMutation {
 public:
  using Change = void (*)(core::Request& webhook);
  MiswritesWebhooks(core::Clock& clock, Change change) : ServerMutation(clock), change_(change) {}

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    change_(webhook);
    inner.send(std::move(webhook), options, std::move(done));
  }

 private:
  Change change_;
};

// Another text of the same JSON.
void other_bytes(core::Request& webhook) {
  if (webhook.body.starts_with("{")) webhook.body.insert(1, " ");
}
void new_delivery_id(core::Request& webhook) {
  const std::string given(webhook.headers.get(kDelivery).value_or(""));
  const std::string seed = given + "#" + std::string(webhook.headers.get(kAttempt).value_or(""));
  const auto id = simulator::random_uuid(core::hash64(1, seed), core::hash64(2, seed));
  webhook.headers.set(std::string(kDelivery), simulator::format_uuid(id));
}
void first_attempt_always(core::Request& webhook) {
  webhook.headers.set(std::string(kAttempt), "1");
}
// As a signature does that takes in the time of sending, which the receiver does not know.
void other_signature_on_retry(core::Request& webhook) {
  if (webhook.headers.get(kAttempt) == "1") return;
  std::string signature(webhook.headers.get(kSignature).value_or(""));
  for (char& c : signature)
    c = c == '9' ? '0' : c == 'f' ? 'a' : c == ',' ? c : static_cast<char>(c + 1);
  webhook.headers.set(std::string(kSignature), signature);
}
void upper_case_signature(core::Request& webhook) {
  std::string signature(webhook.headers.get(kSignature).value_or(""));
  for (char& c : signature) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 32);
  }
  webhook.headers.set(std::string(kSignature), signature);
}

// Signs by Standard Webhooks once, and sends that again with each attempt.
class TimestampOfTheFirst final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    core::SendOptions changed = options;
    changed.on_turn = [this, complete = options.on_turn](core::Request& request) {
      if (complete) complete(request);
      const std::string delivery(request.headers.get(kDelivery).value_or(""));
      const auto first = firsts_.try_emplace(delivery, request.headers).first;
      for (const char* name : {"webhook-timestamp", "webhook-signature"}) {
        const auto value = first->second.get(name);
        if (value) request.headers.set(name, std::string(*value));
      }
    };
    inner.send(std::move(webhook), changed, std::move(done));
  }

 private:
  std::map<std::string, core::Headers> firsts_;  // by delivery
};

// Has four connections to a host, and whatever comes next waits for one of them.
class OneQueueForAHost final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    constexpr std::size_t kConnections = 4;
    auto start = [this, &inner, webhook = std::move(webhook), options,
                  done = std::move(done)]() mutable {
      ++under_way_;
      inner.send(std::move(webhook), options,
                 [this, timeout = options.timeout, done](core::Result<core::Response> answer) {
                   const bool late = !answer && answer.error().code == "timeout";
                   // In virtual time it is known at once that nothing will come.
                   clock().at(clock().now() + (late ? timeout : core::Duration(0)),
                              [this] { go_on(); });
                   done(std::move(answer));
                 });
    };
    if (under_way_ < kConnections) return start();
    waiting_.emplace_back(std::move(start));
  }

 private:
  void go_on() {
    --under_way_;
    if (waiting_.empty()) return;
    const std::function<void()> next = std::move(waiting_.front());
    waiting_.pop_front();
    next();
  }

  std::size_t under_way_ = 0;
  std::deque<std::function<void()>> waiting_;
};

// Wants to have all of an answer, up to a limit.
class SizeDecides final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    core::SendOptions changed = options;
    changed.needed = core::AnswerNeeded::kWhole;
    changed.max_response_bytes = std::size_t{1} << 20;
    inner.send(std::move(webhook), changed, std::move(done));
  }
};

bool is_on_the_wire(const core::Response& answer, ReceiverAnswer::What what) {
  return answer.headers.get(ReceiverAnswer::kOnTheWire) ==
         core::word_of(ReceiverAnswer::kWhats, what);
}

// Takes what came back for another answer.
class MisreadsReceivers final : public ServerMutation {
 public:
  using Change = void (*)(core::Result<core::Response>& answer);
  MisreadsReceivers(core::Clock& clock, Change change) : ServerMutation(clock), change_(change) {}

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    inner.send(std::move(webhook), options,
               [this, done = std::move(done)](core::Result<core::Response> answer) {
                 change_(answer);
                 done(std::move(answer));
               });
  }

 private:
  Change change_;
};

void refusal_is_final(core::Result<core::Response>& answer) {
  if (answer && answer->status >= 400 && answer->status < 500) answer->status = 200;
}
void silence_is_final(core::Result<core::Response>& answer) {
  if (!answer) answer = core::Response{200, {}, ""};
}
void only_200_counts(core::Result<core::Response>& answer) {
  if (answer && answer->status > 200 && answer->status < 300) answer->status = 500;
}

// Wants a first line that says more than the status.
void reason_is_wanted(core::Result<core::Response>& answer) {
  if (answer && is_on_the_wire(*answer, ReceiverAnswer::What::kNoReason)) {
    answer = core::Error{"bad_response", "the first line is no status line"};
  }
}

// Keeps its connections, and sends over one that its receiver has closed.
class SendsIntoClosedConnection final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    if (std::exchange(is_closed_, false)) {
      return done(core::Error{"connection_reset", "the peer reset the connection"});
    }
    inner.send(std::move(webhook), options,
               [this, done = std::move(done)](core::Result<core::Response> answer) {
                 is_closed_ = answer && is_on_the_wire(*answer, ReceiverAnswer::What::kCloses);
                 done(std::move(answer));
               });
  }

 private:
  bool is_closed_ = false;
};

// Goes where a redirect points, as a browser would: with GET, and without the body.
class RedirectFollowed final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    inner.send(webhook, options,
               [&inner, webhook, options,
                done = std::move(done)](core::Result<core::Response> answer) mutable {
                 const auto to = answer ? answer->headers.get("Location") : std::nullopt;
                 const bool follows = to && to->find("://") != std::string_view::npos &&
                                      answer->status >= 300 && answer->status < 400;
                 if (!follows) return done(std::move(answer));
                 webhook.method = "GET";
                 webhook.target = std::string(*to);
                 webhook.body.clear();
                 webhook.headers.erase("Content-Type");
                 inner.send(std::move(webhook), options, std::move(done));
               });
  }
};

// Of webhooks of one kind sends those that are for the same as its first one, and takes the others
// for delivered.
class OnlyForTheFirst final : public ServerMutation {
 public:
  struct Purpose {
    std::string kind;
    std::string whom;
  };
  using PurposeOf = Purpose (*)(const core::Request& webhook);
  OnlyForTheFirst(core::Clock& clock, PurposeOf purpose_of)
      : ServerMutation(clock), purpose_of_(purpose_of) {}

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    const Purpose purpose = purpose_of_(webhook);
    const std::string& first = first_.try_emplace(purpose.kind, purpose.whom).first->second;
    if (first != purpose.whom) return done(core::Response{200, {}, ""});
    inner.send(std::move(webhook), options, std::move(done));
  }

 private:
  PurposeOf purpose_of_;
  std::map<std::string, std::string> first_;  // by kind
};

OnlyForTheFirst::Purpose model_of_its_sync(const core::Request& webhook) {
  const auto body = json::Document::parse(webhook.body);
  if (!body) return {};
  const json::Value root = body->root();
  return {root["providerConfigKey"].string() + "/" + root["connectionId"].string() + "/" +
              root["syncName"].string(),
          root["model"].string()};
}
// The same body to another URL is the second of two.
OnlyForTheFirst::Purpose url_of_its_body(const core::Request& webhook) {
  return {webhook.body, webhook.target};
}

}  // namespace

std::vector<ServerMutant> delivery_mutants() {
  return {
      server_mutant<MiswritesWebhooks>("signs-other-bytes", "HOOK-9",
                                       "Signs one text of the body and sends another.",
                                       &other_bytes),
      server_mutant<MiswritesWebhooks>("new-delivery-id", "HOOK-8",
                                       "Gives each attempt a delivery id of its own.",
                                       &new_delivery_id),
      server_mutant<MiswritesWebhooks>("attempt-number-stuck", "HOOK-8",
                                       "Says of each attempt that it is the first.",
                                       &first_attempt_always),
      server_mutant<MiswritesWebhooks>("signature-changes-per-attempt", "HOOK-8",
                                       "Signs each attempt anew, with something that the receiver "
                                       "does not know.",
                                       &other_signature_on_retry),
      server_mutant<MiswritesWebhooks>("upper-case-signature", "HOOK-9",
                                       "Writes signatures in upper-case hex.",
                                       &upper_case_signature),
      beyond_chance("no story asks for Standard Webhooks",
                    server_mutant<TimestampOfTheFirst>(
                        "standard-timestamp-of-the-first-attempt", "HOOK-8",
                        "Sends the first attempt's webhook-timestamp and signature with each later "
                        "one.")),
      beyond_chance("in stories few webhooks are under way at once",
                    server_mutant<OneQueueForAHost>(
                        "one-queue-for-a-host", "HOOK-12",
                        "Lets webhooks to one path wait for those to another of the same host.")),
      beyond_chance("in stories receivers answer with a status alone",
                    server_mutant<SizeDecides>(
                        "size-decides", "HOOK-6",
                        "Takes a 200 with a large body for a failed attempt, and tries again.")),
      beyond_chance("in stories receivers answer with a status alone",
                    server_mutant<MisreadsReceivers>(
                        "reason-wanted", "HOOK-6",
                        "Takes a 200 whose first line gives no reason for a failed attempt.",
                        &reason_is_wanted)),
      beyond_chance("in stories receivers answer with a status alone",
                    server_mutant<SendsIntoClosedConnection>(
                        "sends-into-closed-connection", "HOOK-6",
                        "Keeps a connection that its receiver has closed, and takes for a failed "
                        "attempt what it sends over it.")),
      server_mutant<MisreadsReceivers>("refusal-not-retried", "HOOK-6",
                                       "Takes a receiver's 4xx for its last word.",
                                       &refusal_is_final),
      server_mutant<MisreadsReceivers>("silence-not-retried", "HOOK-6",
                                       "Does not try again when a connection was refused, dropped "
                                       "or timed out.",
                                       &silence_is_final),
      server_mutant<MisreadsReceivers>("only-200-counts", "HOOK-6",
                                       "Takes 201 and 204 for failures and sends again.",
                                       &only_200_counts),
      server_mutant<RedirectFollowed>("redirect-followed", "HOOK-6",
                                      "Follows a receiver's redirect with an empty GET, and takes "
                                      "that for delivered."),
      server_mutant<OnlyForTheFirst>("no-webhook-for-second-model", "HOOK-1",
                                     "Announces only the first model of a sync.",
                                     &model_of_its_sync),
      server_mutant<OnlyForTheFirst>("second-url-forgotten", "HOOK-1",
                                     "Sends webhooks to the first of two URLs only.",
                                     &url_of_its_body),
  };
}

}  // namespace terapi::conformance
