// Clients that trust a webhook too much, too little, or with the wrong timing.
#include <chrono>
#include <map>
#include <memory>

#include "client/page.h"
#include "client/records_request.h"
#include "conformance/harness/mutants/client_lists.h"
#include "conformance/harness/mutants/records_target.h"
#include "conformance/harness/mutants/reserialised.h"
#include "core/hex.h"
#include "core/hmac.h"
#include "core/json.h"
#include "core/rfc3339.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;
using client::Stream;

using core::Result;

// The configured stream that a webhook is about.
std::optional<Stream> announced_stream(const core::Request& webhook,
                                       const ReferenceClientOptions& options) {
  const auto document = core::json::Document::parse(webhook.body);
  if (!document) return std::nullopt;
  const core::json::Value body = document->root();
  const std::string variant = body["syncVariant"].string();
  for (const Stream& stream : options.streams) {
    if (stream.integration == body["providerConfigKey"].string() &&
        stream.connection == body["connectionId"].string() &&
        stream.model == body["model"].string() && (variant.empty() || variant == stream.variant)) {
      return stream;
    }
  }
  return std::nullopt;
}

// Answers when the fetch that the webhook led to has ended.
class AnswersAfterFetch final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  void receive(const core::Request& request, const Answer& answer,
               const Answered& answered) override {
    core::Response response = answer(request);
    const auto stream = announced_stream(request, options());
    if (response.status != 200 || !stream) return answered(std::move(response));
    const auto held =
        std::make_shared<Held>(Held{*stream, std::move(response), answered, false, false});
    held_.push_back(held);
    // A fetch that never comes about holds no answer for ever.
    later(30s, [this, held] { release(*held); });
  }
  Result<client::StoredPosition> position(const Stream& stream) override {
    for (const auto& held : held_) held->fetching = held->fetching || held->stream == stream;
    return store().position(stream);
  }
  Result<void> report(const Stream& stream, const client::Report& report) override {
    if (report.health != client::Health::kSyncing) {
      for (const auto& held : held_) {
        if (held->fetching && held->stream == stream) later(0s, [this, held] { release(*held); });
      }
    }
    return store().report(stream, report);
  }

 private:
  struct Held {
    Stream stream;
    core::Response response;
    Answered answered;
    bool fetching = false;
    bool released = false;
  };
  void release(Held& held) {
    if (std::exchange(held.released, true)) return;
    std::erase_if(held_, [](const auto& other) { return other->released; });
    held.answered(held.response);
  }
  std::vector<std::shared_ptr<Held>> held_;
};

// Begins a walk of its own with a webhook, whatever else runs, and moves the cursor from wherever
// it is.
class FetchesBeside final : public ClientMutation {
 public:
  FetchesBeside(MutantPorts ports, std::size_t most)
      : ClientMutation(std::move(ports)), most_(most) {}

  void receive(const core::Request& request, const Answer& answer,
               const Answered& answered) override {
    core::Response response = answer(request);
    const auto stream = announced_stream(request, options());
    if (response.status == 200 && stream && running_[*stream] < most_) {
      ++running_[*stream];
      later(0s, [this, stream = *stream] {
        const auto position = store().position(stream);
        fetch(stream, position ? position->cursor : std::nullopt);
      });
    }
    answered(std::move(response));
  }

 private:
  void fetch(const Stream& stream, std::optional<std::string> cursor) {
    const client::SyncOptions& sync = options().sync;
    transport().send(
        client::records_request(sync.endpoint, stream, {std::move(cursor), {}, sync.limit}),
        {.timeout = sync.request_timeout, .max_response_bytes = sync.max_page_bytes},
        while_alive([this, stream](Result<core::Response> answer) {
          if (!answer || answer->status != 200 || !take(stream, std::move(answer->body))) {
            --running_[stream];
          }
        }));
  }
  // False: that was the end.
  bool take(const Stream& stream, std::string body) {
    const auto page = client::Page::parse(std::move(body), dialect());
    if (!page) return false;
    if (!page->records().empty()) {
      const auto now = store().position(stream);
      if (!now) return false;
      const client::Batch::Move move{now->cursor, std::string(page->records().back().cursor)};
      (void)store().commit({stream, page->records(), move, clock().now()});
    }
    if (!page->next_cursor()) return false;
    fetch(stream, page->next_cursor());
    return true;
  }

  std::size_t most_;
  std::map<Stream, std::size_t> running_;
};

// Gives the receiver another request than the one that came.
class MisverifiesWebhooks final : public ClientMutation {
 public:
  using Change = void (*)(core::Request& request, const ReferenceClientOptions& options);
  MisverifiesWebhooks(MutantPorts ports, Change change)
      : ClientMutation(std::move(ports)), change_(change) {}

  void adjust(ReferenceClientOptions& options) override {
    // The right receiver takes nothing at all without a key.
    if (options.signing_keys.empty()) options.signing_keys = {"no key"};
  }
  void receive(const core::Request& request, const Answer& answer,
               const Answered& answered) override {
    core::Request changed = request;
    change_(changed, options());
    answered(answer(changed));
  }

 private:
  Change change_;
};

void sign(core::Request& request, const ReferenceClientOptions& options) {
  request.headers.set(std::string(options.sync.dialect->hmac_header),
                      core::hex(core::hmac_sha256(options.signing_keys.front(), request.body)));
}
void first_line_only(core::Request& request, const ReferenceClientOptions& options) {
  const std::string name(options.sync.dialect->hmac_header);
  if (const auto first = request.headers.get(name)) request.headers.set(name, std::string(*first));
}
// Of values with a comma and a space between them, the later ones begin with a space.
void untrimmed(core::Request& request, const ReferenceClientOptions& options) {
  const std::string name(options.sync.dialect->hmac_header);
  const auto given = request.headers.get(name);
  if (!given) return;
  std::string spoilt;
  for (const char c : *given) spoilt += c == ' ' ? "not-trimmed" : std::string(1, c);
  request.headers.set(name, spoilt);
}
void body_reserialised(core::Request& request, const ReferenceClientOptions& /*options*/) {
  request.body = reserialised(request.body);
}
void legacy_is_enough(core::Request& request, const ReferenceClientOptions& options) {
  const auto given = request.headers.get(options.sync.dialect->legacy_signature_header);
  const std::string right =
      core::hex(core::sha256(options.sync.endpoint.secret_key + request.body));
  if (given == right) {
    sign(request, options);
  } else {
    request.headers.erase(options.sync.dialect->hmac_header);
  }
}
void any_signature_will_do(core::Request& request, const ReferenceClientOptions& options) {
  if (request.headers.get(options.sync.dialect->hmac_header)) sign(request, options);
}

std::string right_signature(const core::Request& request, const std::string& key) {
  return core::hex(core::hmac_sha256(key, request.body));
}
std::string given_signature(const core::Request& request, const ReferenceClientOptions& options) {
  return std::string(request.headers.get(options.sync.dialect->hmac_header).value_or(""));
}
void beginning_is_enough(core::Request& request, const ReferenceClientOptions& options) {
  constexpr std::size_t kCompared = 16;  // the characters of its first eight bytes
  const std::string given = given_signature(request, options);
  const std::string right = right_signature(request, options.signing_keys.front());
  if (given.substr(0, kCompared) == right.substr(0, kCompared)) sign(request, options);
}
void what_came_is_compared(core::Request& request, const ReferenceClientOptions& options) {
  const std::string given = given_signature(request, options);
  const std::string right = right_signature(request, options.signing_keys.front());
  if (!given.empty() && right.starts_with(given)) sign(request, options);
}
void secret_key_will_do(core::Request& request, const ReferenceClientOptions& options) {
  const std::string by_secret = right_signature(request, options.sync.endpoint.secret_key);
  if (given_signature(request, options) == by_secret) sign(request, options);
}

// Fetches from the time that the webhook names.
class WebhookAsData final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  void receive(const core::Request& request, const Answer& answer,
               const Answered& answered) override {
    core::Response response = answer(request);
    const auto stream = announced_stream(request, options());
    const auto document = core::json::Document::parse(request.body);
    if (response.status == 200 && stream && document) {
      const auto from = core::parse_rfc3339(document->root()["modifiedAfter"].string());
      if (from) from_[*stream] = *from;
    }
    answered(std::move(response));
  }
  Result<client::StoredPosition> position(const Stream& stream) override {
    auto position = store().position(stream);
    begins_at_[stream] = position && position->cursor ? *position->cursor : "";
    return position;
  }
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    if (auto target = RecordsTarget::of(request)) {
      for (auto& [stream, from] : from_) {
        const bool its = request.headers.get("Connection-Id") == stream.connection &&
                         request.headers.get("Provider-Config-Key") == stream.integration &&
                         target->get("model") == stream.model;
        // Only where a walk begins; its further pages have cursors.
        if (!its || target->get("cursor").value_or("") != begins_at_[stream]) continue;
        target->erase("cursor");
        target->set("modified_after", core::format_rfc3339(from));
        request.target = target->text();
        from_.erase(stream);
        break;
      }
    }
    transport().send(std::move(request), options, std::move(done));
  }

 private:
  std::map<Stream, core::Time> from_;
  std::map<Stream, std::string> begins_at_;
};

// Answers some webhooks itself, before the receiver sees them.
class AnswersItself final : public ClientMutation {
 public:
  // The status; 0: not this one.
  using Decide = int (*)(const core::json::Value& body, std::size_t in_flight);
  AnswersItself(MutantPorts ports, Decide decide)
      : ClientMutation(std::move(ports)), decide_(decide) {}

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    ++in_flight_;
    transport().send(std::move(request), options,
                     while_alive([this, done = std::move(done)](Result<core::Response> answer) {
                       --in_flight_;
                       done(std::move(answer));
                     }));
  }
  void receive(const core::Request& request, const Answer& answer,
               const Answered& answered) override {
    const auto document = core::json::Document::parse(request.body);
    const int status = document ? decide_(document->root(), in_flight_) : 0;
    if (status == 0) return answered(answer(request));
    answered({status, {}, ""});
  }

 private:
  Decide decide_;
  std::size_t in_flight_ = 0;
};

// Refuses what is not authentic in other words.
class RefusesOtherwise final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  void receive(const core::Request& request, const Answer& answer,
               const Answered& answered) override {
    core::Response response = answer(request);
    if (response.status == 401) response.status = 422;
    answered(std::move(response));
  }
};

int ignores_deletions(const core::json::Value& body, std::size_t /*in_flight*/) {
  const core::json::Value results = body["responseResults"];
  const bool nothing = results.is_object() && results["added"].integer().value_or(0) == 0 &&
                       results["updated"].integer().value_or(0) == 0;
  return nothing ? 200 : 0;
}
int knows_sync_only(const core::json::Value& body, std::size_t /*in_flight*/) {
  return body["type"].is_string() && body["type"].string() != "sync" ? 500 : 0;
}
int ignores_failures(const core::json::Value& body, std::size_t /*in_flight*/) {
  const core::json::Value success = body["success"];
  return success.is_boolean() && !success.boolean() ? 200 : 0;
}
int busy(const core::json::Value& /*body*/, std::size_t in_flight) {
  return in_flight > 0 ? 200 : 0;
}

}  // namespace

std::vector<ClientMutant> webhook_mutants() {
  return {
      client_mutant<AnswersAfterFetch>(
          "answers-after-fetch", "CLIENT-6",
          "Answers a webhook only when the fetch that it led to has ended."),
      client_mutant<FetchesBeside>("two-fetches", "CLIENT-4",
                                   "Fetches within the webhook's handler, beside the fetch that is "
                                   "running: two at once for a stream.",
                                   std::size_t{1}),
      client_mutant<FetchesBeside>("fetch-per-webhook", "CLIENT-4",
                                   "Begins a fetch for each webhook: a burst of a hundred leads to "
                                   "a hundred at once.",
                                   std::size_t{1'000'000}),
      client_mutant<MisverifiesWebhooks>("verifies-reserialised", "CLIENT-5",
                                         "Verifies the body as its JSON library writes it again, "
                                         "not the bytes that came.",
                                         &body_reserialised),
      beyond_chance(kOnlyShould, client_mutant<MisverifiesWebhooks>(
                                     "reads-one-signature-line", "HOOK-9",
                                     "Looks at the first line of signatures alone, where a "
                                     "proxy has made two of them.",
                                     &first_line_only)),
      beyond_chance(kOnlyShould, client_mutant<MisverifiesWebhooks>(
                                     "signature-with-its-space", "HOOK-9",
                                     "Splits a list of signatures at its commas, and compares "
                                     "with the space behind one.",
                                     &untrimmed)),
      client_mutant<MisverifiesWebhooks>("verifies-nothing", "CLIENT-5",
                                         "Takes any webhook, whoever sent it.", &sign),
      beyond_chance(kOnlyShould,
                    client_mutant<RefusesOtherwise>(
                        "refuses-with-422", "CLIENT-5",
                        "Answers 422 to a webhook that is not authentic, in place of 401.")),
      client_mutant<MisverifiesWebhooks>(
          "any-signature", "CLIENT-5",
          "Takes a webhook that has a signature, without comparing it.", &any_signature_will_do),
      client_mutant<MisverifiesWebhooks>("legacy-signature", "CLIENT-5",
                                         "Verifies by SHA-256 of key and body, which anybody can "
                                         "make longer, and not by the HMAC.",
                                         &legacy_is_enough),
      client_mutant<MisverifiesWebhooks>("compares-a-beginning", "CLIENT-5",
                                         "Compares the first sixteen characters of a signature.",
                                         &beginning_is_enough),
      client_mutant<MisverifiesWebhooks>("compares-what-came", "CLIENT-5",
                                         "Compares as many characters as the signature that came "
                                         "has.",
                                         &what_came_is_compared),
      beyond_chance("in stories the secret key is the signing key",
                    client_mutant<MisverifiesWebhooks>(
                        "takes-the-secret-key", "CLIENT-5",
                        "Takes a webhook that is signed with the secret key, where there is a "
                        "signing key.",
                        &secret_key_will_do)),
      client_mutant<WebhookAsData>(
          "webhook-as-data", "CLIENT-4",
          "Fetches from the webhook's modifiedAfter instead of its cursor: what a lost webhook "
          "announced is skipped."),
      client_mutant<AnswersItself>("ignores-delete-webhooks", "CLIENT-4",
                                   "Does not look when a webhook counts nothing added or updated.",
                                   &ignores_deletions),
      beyond_chance(kOnlyShould, client_mutant<AnswersItself>(
                                     "ignores-failed-runs", "CLIENT-4",
                                     "Does not look when a webhook says that its run failed.",
                                     &ignores_failures)),
      client_mutant<AnswersItself>("refuses-unknown-types", "HOOK-13",
                                   "Answers 500 to webhooks of types that it does not know, and "
                                   "gets them again and again.",
                                   &knows_sync_only),
      client_mutant<AnswersItself>("drops-hints-while-fetching", "CLIENT-4",
                                   "Forgets webhooks that come while it is fetching.", &busy),
  };
}

}  // namespace terapi::conformance
