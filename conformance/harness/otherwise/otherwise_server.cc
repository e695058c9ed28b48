#include "conformance/harness/otherwise/otherwise_server.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "conformance/harness/otherwise/other_words.h"
#include "core/body_source.h"
#include "core/json.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// What a body comes from that is there already, in pieces.
class InPieces final : public core::BodySource {
 public:
  InPieces(core::Clock& clock, std::string body, std::size_t piece)
      : clock_(clock), body_(std::move(body)), piece_(std::max<std::size_t>(piece, 1)) {}

  void read(Take take) override {
    std::optional<std::string> piece;
    if (at_ < body_.size()) piece = body_.substr(at_, piece_);
    at_ += piece_;
    clock_.at(clock_.now(), [take = std::move(take), piece = std::move(piece)] { take(piece); });
  }

 private:
  core::Clock& clock_;
  std::string body_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

std::string path_in(const std::string& target) { return target.substr(0, target.find('?')); }

bool is_json(const core::Response& response) {
  return response.headers.get("Content-Type").value_or("").starts_with("application/json");
}

bool is_for_records(const core::Request& request) {
  const std::string path = path_in(request.target);
  return request.method == "GET" && (path == "/records" || path == "/records/");
}

// What is not the server's own, or not the contract's.
bool is_passed_on(const std::string& target) {
  for (const std::string_view start : {"/_simulator", "/proxy", "/action", "/metrics", "/openapi",
                                       "/integrations", "/connections"}) {
    if (target.starts_with(start)) return true;
  }
  return false;
}

Temper slowed(Temper temper, const std::optional<core::Duration>& slowness) {
  temper.slowness = slowness.value_or(temper.slowness);
  return temper;
}

}  // namespace

// --- webhooks -----------------------------------------------------------------------------------

class OtherwiseServer::Post final : public core::AsyncTransport {
 public:
  Post(OtherwiseServer& server, core::AsyncTransport& inner) : server_(server), inner_(inner) {}

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    core::SendOptions changed = options;
    changed.on_turn = [this, on_turn = options.on_turn](core::Request& webhook) {
      if (on_turn) on_turn(webhook);
      if (!server_.temper_.rewords) return;
      webhook.headers = headers_in_other_words(webhook.headers, server_.random_);
    };
    server_.later([this, request = std::move(request), changed, done = std::move(done)] {
      inner_.send(request, changed, [this, done](const core::Result<core::Response>& answer) {
        server_.later([done, answer] { done(answer); });
      });
    });
  }

 private:
  OtherwiseServer& server_;
  core::AsyncTransport& inner_;
};

// --- the server ---------------------------------------------------------------------------------

Temper temper_of(std::uint64_t seed) {
  core::Random random = core::Random(seed).stream("temper");
  Temper temper;
  temper.shortens_pages = random.below(2) == 0;
  temper.says_more = random.below(2) == 0;
  temper.rewords = random.below(4) != 0;
  if (random.below(2) == 0) {
    temper.slowness = core::Duration(1'000 * static_cast<std::int64_t>(1 + random.below(50)));
  }
  temper.environment_name = "dev-" + std::to_string(random.below(1'000'000));
  return temper;
}

OtherwiseServer::OtherwiseServer(core::Clock& clock, OtherwiseOptions options)
    : clock_(clock),
      options_(std::move(options)),
      temper_(slowed(temper_of(options_.seed), options_.slowness)),
      random_(core::Random(options_.seed).stream("choices")) {}

core::Handler OtherwiseServer::around(core::Handler inner) {
  const core::Handler& kept = inners_.emplace_back(std::move(inner));
  return [this, &kept](core::Request request, std::function<void(core::Outcome)> answered) {
    answer(kept, std::move(request), std::move(answered));
  };
}

std::unique_ptr<core::AsyncTransport> OtherwiseServer::around(core::AsyncTransport& inner) {
  return std::make_unique<Post>(*this, inner);
}

void OtherwiseServer::later(std::function<void()> action) {
  const auto most = static_cast<std::uint64_t>(temper_.slowness.count());
  if (most == 0) return action();
  const auto wait = core::Duration(static_cast<std::int64_t>(random_.below(most + 1)));
  clock_.at(clock_.now() + wait, std::move(action));
}

void OtherwiseServer::answer(const core::Handler& inner, core::Request request,
                             std::function<void(core::Outcome)> answered) {
  if (request.method == "PUT" && path_in(request.target) == "/_simulator/world") {
    request.body = named(request.body);
  }
  later([this, &inner, request = std::move(request), answered = std::move(answered)] {
    inner(request, [this, request, answered](core::Outcome outcome) {
      choose(request, outcome);
      later([answered, outcome = std::move(outcome)] { answered(outcome); });
    });
  });
}

// The ids of records, which decide their order within a save (CUR-5), are made of the stream's
// names, of which the environment's is the owner's own to choose.
std::string OtherwiseServer::named(const std::string& world) const {
  const auto document = json::Document::parse(world, {.comments = true, .max_depth = 100'000});
  if (!document || !document->root().is_object()) return world;
  const json::Value root = document->root();
  const json::Value environment = root["environment"];
  if (root["environments"].present() || environment["name"].present()) return world;
  if (environment.present() && !environment.is_object()) return world;
  const std::string name = "\"name\":" + json::quoted(temper_.environment_name);
  std::string changed = world;
  const bool alone = (environment.present() ? environment : root).size() == 0;
  if (environment.present()) {
    changed.insert(environment.offset() + 1, name + (alone ? "" : ","));
  } else {
    changed.insert(root.offset() + 1, "\"environment\":{" + name + "}" + (alone ? "" : ","));
  }
  return changed;
}

void OtherwiseServer::choose(const core::Request& asked, core::Outcome& outcome) {
  // What a fault does to an answer is the fault's.
  if (outcome.rest || outcome.wire != core::WireFaults{}) return;
  choose_body(asked, outcome.response);
  if (temper_.rewords) choose_headers(asked, outcome.response);
  if (!options_.on_sockets || asked.method == "HEAD" || outcome.response.body.empty()) return;
  if (random_.below(2) == 0) return;
  const std::size_t piece = 1 + random_.below(outcome.response.body.size());
  outcome.rest =
      std::make_shared<InPieces>(clock_, std::exchange(outcome.response.body, ""), piece);
}

void OtherwiseServer::choose_body(const core::Request& asked, core::Response& response) {
  if (!is_json(response)) return;
  if (response.status == 200 && is_for_records(asked)) {
    PageChoices choices;
    choices.says_more = temper_.says_more;
    if (temper_.shortens_pages && random_.below(3) != 0) choices.percent = 20 + random_.below(80);
    if (!temper_.rewords && !choices.says_more && choices.percent == 100) return;
    response.body = page_in_other_words(response.body, options_.metadata_key, choices, random_);
  } else if (is_passed_on(asked.target) || !temper_.rewords) {
    return;
  } else if (response.status >= 400) {
    response.body = error_in_other_words(response.body, temper_.says_more, random_);
  } else {
    response.body = object_in_other_words(response.body, random_);
  }
}

void OtherwiseServer::choose_headers(const core::Request& asked, core::Response& response) {
  const bool own = !is_passed_on(asked.target);
  if (own && is_json(response) && random_.below(2) == 0) {
    response.headers.set("Content-Type", "application/json; charset=utf-8");
  }
  if (temper_.says_more) response.headers.add("X-Request-Id", std::to_string(random_.next()));
  response.headers = headers_in_other_words(response.headers, random_);
}

}  // namespace terapi::conformance
