#include "client/program/sync_process.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "client/program/open_store.h"
#include "client/program/sync_metrics.h"
#include "client/program/sync_report.h"
#include "client/sync_engine.h"
#include "client/webhooks/webhook_receiver.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"
#include "core/system/thread_background.h"
#include "core/terminal_color.h"

namespace terapi::client {

// In this order: what comes later goes first, and uses what came before.
struct SyncProcess::Parts {
  explicit Parts(SyncSettings the_settings) : settings(std::move(the_settings)) {}

  const SyncSettings settings;
  core::EventLoop loop;
  core::Time began{};
  std::unique_ptr<ReadableStore> store;
  std::unique_ptr<core::ThreadBackground> background;
  std::unique_ptr<core::HttpSender> sender;
  std::unique_ptr<SyncReport> report;
  std::unique_ptr<SyncEngine> engine;
  std::unique_ptr<WebhookReceiver> receiver;
  std::uint64_t hints_of_no_stream = 0;
  std::unique_ptr<core::HttpServer> webhooks;
  std::unique_ptr<core::HttpServer> metrics;
  int exit_code = 0;
  bool stopping = false;
  std::size_t parts_to_stop = 0;

  core::Result<void> listen();
  core::Result<void> open_database();
  void make_engine(Console console, bool redraws);
  core::Response take_webhook(const core::Request& request);
  SyncMetrics measure();
};

namespace {

using namespace std::chrono_literals;

core::Result<std::unique_ptr<core::HttpServer>> start_server(
    core::EventLoop& loop, const std::string& flag, const ListenAddress& address,
    std::function<core::Response(const core::Request&)> answer) {
  core::HttpServerOptions options;
  options.host = address.host;
  options.port = address.port;
  options.stop_timeout = 300ms;
  auto server = core::HttpServer::start(
      loop, std::move(options),
      [answer = std::move(answer)](const core::Request& request,
                                   const std::function<void(core::Outcome)>& done) {
        done(core::Outcome{answer(request), {}});
      });
  if (!server) {
    return core::Error{server.error().code, "--" + flag + ": " + server.error().message};
  }
  return server;
}

}  // namespace

core::Result<void> SyncProcess::Parts::listen() {
  if (settings.listen) {
    auto server = start_server(loop, "listen", *settings.listen,
                               [this](const auto& request) { return take_webhook(request); });
    if (!server) return server.error();
    webhooks = *std::move(server);
  }
  if (settings.metrics) {
    auto server = start_server(loop, "metrics", *settings.metrics, [this](const auto& request) {
      return answer_metrics(request, measure());
    });
    if (!server) return server.error();
    metrics = *std::move(server);
  }
  return {};
}

core::Result<void> SyncProcess::Parts::open_database() {
  const std::size_t workers = settings.options.workers;
  auto opened = open_store(settings.database, workers);
  if (!opened) return opened.error();
  store = *std::move(opened);
  background =
      std::make_unique<core::ThreadBackground>(loop, std::min(workers, store->calls_at_once()));
  return {};
}

void SyncProcess::Parts::make_engine(Console console, bool redraws) {
  // Twice: an answer that nobody waits for any more must not hold up the next attempt.
  sender = std::make_unique<core::HttpSender>(
      loop, core::HttpSenderOptions{.max_connections_per_host = 2 * settings.options.workers});
  report = std::make_unique<SyncReport>(
      SyncReport::Options{progress_for(settings.progress, redraws), settings.json_log,
                          settings.expect, core::color_wanted(STDERR_FILENO)},
      std::move(console), loop.clock(), [this] { return engine->progress(); });
  SyncOptions options = settings.options;
  options.on_event = [this](const SyncEvent& event) {
    report->tell(event.level, to_string(event.stream), event.text);
  };
  engine = std::make_unique<SyncEngine>(std::move(options), settings.streams,
                                        SyncPorts{loop.clock(), *sender, *store, *background});
  receiver = std::make_unique<WebhookReceiver>(
      WebhookReceiverOptions{.dialect = settings.options.dialect,
                             .signing_keys = settings.signing_keys},
      [this](const Hint& hint) {
        if (!engine->hint(hint)) ++hints_of_no_stream;
      });
}

// NOLINTNEXTLINE(readability-make-member-function-const): it counts
core::Response SyncProcess::Parts::take_webhook(const core::Request& request) {
  const std::size_t reasons = receiver->counters().rejected.size();
  core::Response response = receiver->handle(request);
  // A wrong signing key has to be noticed, and a flood of forgeries must not fill the log.
  if (receiver->counters().rejected.size() > reasons) {
    report->tell(
        SyncEvent::Level::kWarning, "",
        "a webhook was rejected (further ones like it are only counted): " + response.body);
  }
  return response;
}

SyncMetrics SyncProcess::Parts::measure() {
  const core::Time now = loop.clock().now();
  return {engine->progress(), receiver->counters(), hints_of_no_stream, now};
}

SyncProcess::SyncProcess(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SyncProcess::~SyncProcess() = default;

core::Result<std::unique_ptr<SyncProcess>> SyncProcess::start(SyncSettings settings,
                                                              Console console, bool redraws) {
  auto parts = std::make_unique<Parts>(std::move(settings));
  // Listening comes first: a port in use is reported before a database is made.
  if (auto listening = parts->listen(); !listening) return listening.error();
  if (auto opened = parts->open_database(); !opened) return opened.error();
  parts->make_engine(std::move(console), redraws);
  return std::unique_ptr<SyncProcess>(new SyncProcess(std::move(parts)));
}

core::EventLoop& SyncProcess::loop() { return parts_->loop; }

std::string SyncProcess::webhook_url() const {
  return parts_->webhooks ? parts_->webhooks->base_url() + "/webhooks" : "";
}

std::string SyncProcess::metrics_url() const {
  return parts_->metrics ? parts_->metrics->base_url() + "/metrics" : "";
}

std::vector<StreamProgress> SyncProcess::progress() const { return parts_->engine->progress(); }

int SyncProcess::run() {
  parts_->began = parts_->loop.clock().now();
  // Until it has finished, --once is a job that was not done.
  if (parts_->settings.options.once) parts_->exit_code = 1;
  parts_->engine->on_finished([this] { finished(); });
  parts_->engine->start();
  parts_->report->begin();
  parts_->loop.run();
  return parts_->exit_code;
}

void SyncProcess::finished() {
  if (parts_->stopping) return;
  parts_->exit_code = 0;
  const core::Duration took = parts_->loop.clock().now() - parts_->began;
  parts_->report->end();
  for (const StreamProgress& stream : progress()) {
    // Also what is up to date but for its overlap.
    const bool failed = !stream.error.code.empty();
    if (failed) parts_->exit_code = 1;
    if (!parts_->settings.options.once) continue;
    parts_->report->tell(failed ? SyncEvent::Level::kError : SyncEvent::Level::kInfo,
                         to_string(stream.stream), summary_of(stream, took));
  }
  if (!parts_->settings.options.once) {
    parts_->report->tell(SyncEvent::Level::kError, "", "every stream has stopped");
  }
  stop();
}

void SyncProcess::stop() {
  if (std::exchange(parts_->stopping, true)) return;
  parts_->report->end();
  const auto stopped = [parts = parts_.get()] {
    if (--parts->parts_to_stop == 0) parts->loop.stop();
  };
  parts_->parts_to_stop = 1;
  for (core::HttpServer* server : {parts_->webhooks.get(), parts_->metrics.get()}) {
    if (server == nullptr) continue;
    ++parts_->parts_to_stop;
    server->stop(stopped);
  }
  parts_->engine->stop(stopped);
}

}  // namespace terapi::client
