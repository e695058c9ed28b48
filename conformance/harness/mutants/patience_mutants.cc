// Clients that are too patient, too impatient, or follow where they should not.
#include <chrono>

#include "client/retry_after.h"
#include "conformance/harness/mutants/client_lists.h"
#include "conformance/scenario/step.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;
using core::Result;

constexpr const char* kUsualWire = "in stories answers are written as they usually are";

class AdjustsOptions final : public ClientMutation {
 public:
  using Adjust = void (*)(client::SyncOptions& options);
  AdjustsOptions(MutantPorts ports, Adjust how) : ClientMutation(std::move(ports)), how_(how) {}
  void adjust(ReferenceClientOptions& options) override { how_(options.sync); }

 private:
  Adjust how_;
};

void never_polls(client::SyncOptions& options) { options.poll = 24h * 365; }
void gives_up_soon(client::SyncOptions& options) { options.give_up = 5s; }
void never_tires(client::SyncOptions& options) {
  options.backoff = {.first = 800ms, .cap = 800ms, .factor = 1, .least = 500ms};
}
void hurries(client::SyncOptions& options) { options.request_timeout = 2s; }

// Makes of each answer what it takes it for.
class MisreadsAnswers final : public ClientMutation {
 public:
  using Change = void (*)(core::Response& response);
  MisreadsAnswers(MutantPorts ports, Change change)
      : ClientMutation(std::move(ports)), change_(change) {}
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    transport().send(std::move(request), options,
                     while_alive([this, done = std::move(done)](Result<core::Response> answer) {
                       if (answer) change_(*answer);
                       done(std::move(answer));
                     }));
  }

 private:
  Change change_;
};

bool is_refusal(int status) { return status >= 400 && status < 500 && status != 429; }

void refusal_is_trouble(core::Response& response) {
  if (is_refusal(response.status)) response.status = 500;
}
void no_retry_after(core::Response& response) { response.headers.erase("Retry-After"); }
void no_date(core::Response& response) { response.headers.erase("Date"); }
void offer_is_a_change(core::Response& response) {
  if (response.headers.get("Upgrade")) response.status = 426;
}
void rate_limit_is_refusal(core::Response& response) {
  if (response.status == 429) response.status = 400;
}
void trouble_is_the_end(core::Response& response) {
  if (response.status < 500) return;
  response.status = 200;
  response.body = R"({"records":[],"next_cursor":null})";
}

// Its JSON library knows no byte order mark, and nobody looks how the text is encoded.
void what_is_no_page_is_the_end(core::Response& response) {
  const bool refused =
      response.body.starts_with("\xEF\xBB\xBF") || !core::json::Document::parse(response.body);
  if (response.status != 200 || !refused) return;
  response.body = R"({"records":[],"next_cursor":null})";
  response.headers.erase("Content-Encoding");
}

// Stops reading where a page is larger than it wants, and takes that for its end.
class CutsLargePages final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    transport().send(
        std::move(request), options,
        while_alive([done = std::move(done)](Result<core::Response> answer) {
          if (answer || answer.error().code != "response_too_large") {
            return done(std::move(answer));
          }
          done(core::Response{
              200, {{"Content-Type", "application/json"}}, R"({"records":[],"next_cursor":null})"});
        }));
  }
};

// Sends the same request again at once, as long as an answer asks for it.
class AsksAgainAtOnce final : public ClientMutation {
 public:
  using Again = bool (*)(const core::Response& response, core::Time now);
  AsksAgainAtOnce(MutantPorts ports, Again again)
      : ClientMutation(std::move(ports)), again_(again) {}

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    transport().send(request, options,
                     while_alive([this, request, options,
                                  done = std::move(done)](Result<core::Response> answer) {
                       if (!answer || !again_(*answer, clock().now())) {
                         return done(std::move(answer));
                       }
                       // "At once" takes a millisecond, so that no call nests in another for ever.
                       later(1ms, [this, request, options, done] { send(request, options, done); });
                     }));
  }

 private:
  Again again_;
};

bool says_retry_after_0(const core::Response& response, core::Time now) {
  if (response.status != 429 && response.status != 503) return false;
  const auto header = response.headers.get("Retry-After");
  const auto wait = header ? client::parse_retry_after(*header, now) : std::nullopt;
  return wait && *wait <= 0s;
}
bool refuses(const core::Response& response, core::Time /*now*/) {
  return is_refusal(response.status);
}

// Says nothing of itself.
class SendsNoUserAgent final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    request.headers.erase("User-Agent");
    transport().send(std::move(request), options, std::move(done));
  }
};

// Its HTTP library throws at a head that is written otherwise, and nobody catches that.
class DiesOfHead final : public ClientMutation {
 public:
  DiesOfHead(MutantPorts ports, WireRule::What what)
      : ClientMutation(std::move(ports)), what_(what) {}
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    transport().send(std::move(request), options,
                     while_alive([this, done = std::move(done)](Result<core::Response> answer) {
                       if (answer && answer->headers.get(WireRule::kOnTheWire) ==
                                         core::word_of(WireRule::kWhats, what_)) {
                         return die("cannot read the head of an answer");
                       }
                       done(std::move(answer));
                     }));
  }

 private:
  WireRule::What what_;
};

// Reads text with a library that puts U+FFFD where it finds half of a surrogate pair.
void halves_are_one(core::Response& response) {
  constexpr std::size_t kEscape = 6;  // \ud8xx
  for (std::size_t at = 0; (at = response.body.find("half\\ud8", at)) != std::string::npos;) {
    response.body.replace(at + 4, kEscape, "\\ufffd");
  }
}

class FollowsRedirects final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    follow(std::move(request), options, std::move(done), 0);
  }

 private:
  void follow(core::Request request, const core::SendOptions& options, Done done, int hops) {
    constexpr int kMostHops = 5;
    transport().send(
        request, options,
        while_alive([this, request, options, hops,
                     done = std::move(done)](Result<core::Response> answer) mutable {
          const auto location = answer ? answer->headers.get("Location") : std::nullopt;
          const bool redirect = location && location->find("://") != std::string_view::npos &&
                                answer->status >= 300 && answer->status < 400;
          if (!redirect || hops >= kMostHops) return done(std::move(answer));
          request.target = std::string(*location);
          follow(std::move(request), options, std::move(done), hops + 1);
        }));
  }
};

}  // namespace

std::vector<ClientMutant> patience_mutants() {
  return {
      client_mutant<AdjustsOptions>("no-polling", "CLIENT-3",
                                    "Waits for webhooks only: one that is lost is never made up "
                                    "for.",
                                    &never_polls),
      client_mutant<AdjustsOptions>("gives-up-early", "CLIENT-9",
                                    "Stops for good when a server has been in trouble for 5 s.",
                                    &gives_up_soon),
      beyond_chance(kOnlyShould, client_mutant<AdjustsOptions>(
                                     "constant-pauses", "CLIENT-9",
                                     "Pauses between half a second and 0.8 s after each failure, "
                                     "be it the first or the hundredth.",
                                     &never_tires)),
      client_mutant<MisreadsAnswers>("retries-4xx-for-ever", "CLIENT-9",
                                     "Takes a refusal (401, 400) for trouble that passes and tries "
                                     "again for ever.",
                                     &refusal_is_trouble),
      client_mutant<MisreadsAnswers>("ignores-retry-after", "CLIENT-9",
                                     "Backs off by its own schedule, whatever Retry-After says.",
                                     &no_retry_after),
      beyond_chance(kOnlyShould, client_mutant<MisreadsAnswers>(
                                     "retry-after-by-its-own-clock", "CLIENT-9",
                                     "Holds a Retry-After that is a date against its own clock, "
                                     "whatever the server's says.",
                                     &no_date)),
      beyond_chance(
          kUsualWire,
          client_mutant<AdjustsOptions>(
              "two-seconds-for-all", "CLIENT-9",
              "Gives an answer two seconds for all of it, however steadily it comes.", &hurries)),
      beyond_chance(kUsualWire, client_mutant<MisreadsAnswers>(
                                    "stops-at-an-offer", "CLIENT-9",
                                    "Takes an offer of HTTP/2 for a change of protocol, and stops.",
                                    &offer_is_a_change)),
      beyond_chance(kUsualWire, client_mutant<DiesOfHead>(
                                    "wants-a-reason", "CLIENT-9",
                                    "Dies of an answer whose first line ends with the status.",
                                    WireRule::What::kNoReason)),
      beyond_chance(kUsualWire,
                    client_mutant<DiesOfHead>("wants-carriage-returns", "CLIENT-9",
                                              "Dies of an answer whose lines end with LF alone.",
                                              WireRule::What::kBareLineFeeds)),
      beyond_chance(kUsualWire,
                    client_mutant<MisreadsAnswers>(
                        "halves-of-pairs-are-one", "REC-10",
                        "Puts U+FFFD in the place of half a surrogate pair: two ids are one.",
                        &halves_are_one)),
      beyond_chance(kOnlyShould, client_mutant<SendsNoUserAgent>("sends-no-user-agent", "CLIENT-9",
                                                                 "Does not say who it is.")),
      client_mutant<MisreadsAnswers>("stops-on-429", "CLIENT-9",
                                     "Takes a rate limit for a refusal and stops for good.",
                                     &rate_limit_is_refusal),
      client_mutant<MisreadsAnswers>("errors-are-the-end", "CLIENT-9",
                                     "Takes a 5xx for an empty page: believes to be up to date "
                                     "until the next poll.",
                                     &trouble_is_the_end),
      client_mutant<MisreadsAnswers>("garbage-is-the-end", "CLIENT-9",
                                     "Takes a 200 that it cannot parse for an empty last page.",
                                     &what_is_no_page_is_the_end),
      beyond_chance(kUsualWire,
                    client_mutant<CutsLargePages>("large-pages-are-the-end", "CLIENT-9",
                                                  "Takes a page that is larger than it reads for "
                                                  "an empty last one.")),
      client_mutant<AsksAgainAtOnce>("hot-loop-on-retry-after-0", "CLIENT-9",
                                     "Asks again at once, and again, when Retry-After is 0.",
                                     &says_retry_after_0),
      client_mutant<AsksAgainAtOnce>("hot-loop-on-4xx", "CLIENT-9",
                                     "Repeats a request that was refused without a pause.",
                                     &refuses),
      client_mutant<FollowsRedirects>("follows-redirects", "AUTH-5",
                                      "Follows a redirect with all its headers: the key goes to "
                                      "another host."),
  };
}

}  // namespace terapi::conformance
