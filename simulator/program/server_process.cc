#include "simulator/program/server_process.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "core/json.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"
#include "core/terminal_color.h"
#include "simulator/program/edge_metrics.h"
#include "simulator/program/event_gate.h"
#include "simulator/program/gated_clock.h"
#include "simulator/program/gated_handler.h"
#include "simulator/program/gated_transport.h"
#include "simulator/program/serve_options.h"
#include "simulator/simulator.h"
#include "simulator/storage/sqlite_storage.h"

namespace terapi::simulator {

struct ServerProcess::Parts {
  core::EventLoop loop;
  EventGate gate{loop};
  GatedClock gated_clock{loop.clock(), gate};
  core::VirtualClock virtual_clock;
  std::unique_ptr<Storage> storage;
  std::unique_ptr<core::HttpSender> sender;
  std::unique_ptr<GatedTransport> transport;
  std::unique_ptr<Simulator> simulator;
  core::Handler handler;
  std::unique_ptr<core::HttpServer> server;
};

namespace {

// Between two events, everybody has a turn; within one, whoever needs no state.
Turns turns_at(EventGate& gate) {
  using SteadyClock = std::chrono::steady_clock;
  const auto began = std::make_shared<SteadyClock::time_point>(SteadyClock::now());
  return {.begin = [began] { *began = SteadyClock::now(); },
          .is_over = [began] { return SteadyClock::now() - *began >= EventGate::kTurn; },
          .go_on = [&gate](std::function<void()> next) { gate.enter(std::move(next)); }};
}

// What has to be seen stands out; what is for the curious stands back.
std::string painted_text(const LogEntry& entry, bool color) {
  switch (entry.level) {
    case LogLevel::kDebug:
      return core::painted(color, core::Paint::kDetail, log_text(entry));
    case LogLevel::kInfo:
      return log_text(entry);
    case LogLevel::kWarning:
      return core::painted(color, core::Paint::kWarning, log_text(entry));
    case LogLevel::kError:
      return core::painted(color, core::Paint::kBad, log_text(entry));
  }
  return log_text(entry);
}

LogBook::Sink log_sink(const ServeFlags& flags) {
  return [least = flags.log_level, json = flags.log_format == "json",
          color = core::color_wanted(STDERR_FILENO)](const LogEntry& entry) {
    if (entry.level < least) return;
    const std::string line = (json ? log_json(entry) : painted_text(entry, color)) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  };
}

// A killed simulator may hold its file for a moment yet, while the kernel takes it down: whoever
// starts the next one at once should not have to know.
core::Result<std::unique_ptr<SqliteStorage>> open_storage(const std::string& path,
                                                          const Dialect& dialect) {
  constexpr auto kPatience = std::chrono::seconds(2);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    auto storage = SqliteStorage::open(path, dialect);
    if (storage || storage.error().code != "data_in_use" ||
        std::chrono::steady_clock::now() > deadline) {
      return storage;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

core::HttpServerOptions server_options(const ServeFlags& flags, core::Clock* fault_clock) {
  constexpr std::size_t kPublicBody = std::size_t{1} << 20;
  constexpr std::size_t kProxyBody = std::size_t{64} << 20;  // somebody's file
  const std::size_t control_body = flags.max_control_body_mib << 20;
  core::HttpServerOptions options;
  options.host = flags.host;
  options.port = static_cast<std::uint16_t>(flags.port);
  options.fault_clock = fault_clock;
  // What the proxy passes on is held until it is answered.
  options.max_buffered_body_bytes = control_body + 2 * kProxyBody;
  options.max_body_bytes = [control_body](std::string_view, std::string_view target) {
    if (target.starts_with("/_simulator/")) return control_body;
    return target.starts_with("/proxy/") ? kProxyBody : kPublicBody;
  };
  return options;
}

}  // namespace

ServerProcess::ServerProcess(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ServerProcess::~ServerProcess() {
  // The sender goes before the simulator, whose callbacks it holds, and the server before both; and
  // so does what waits to be let in.
  parts_->server.reset();
  parts_->gate.close();
  parts_->sender.reset();
}

core::Result<std::unique_ptr<ServerProcess>> ServerProcess::start(const ServeFlags& flags) {
  auto options = options_from(flags);
  if (!options) return options.error();
  auto parts = std::make_unique<Parts>();
  const bool virtual_time = flags.clock == "virtual";
  if (flags.start) parts->virtual_clock.set(*flags.start);
  const SimulatorClock clock =
      virtual_time ? SimulatorClock(parts->virtual_clock) : SimulatorClock(parts->gated_clock);
  core::Clock& fault_clock = virtual_time ? clock.clock : parts->loop.clock();

  // Listening comes first: a port in use is said at once, not after a long load.
  auto server = core::HttpServer::start(
      parts->loop, server_options(flags, &fault_clock),
      [raw = parts.get()](core::Request request, std::function<void(core::Outcome)> done) {
        raw->handler(std::move(request), std::move(done));
      });
  if (!server) return server.error();
  parts->server = std::move(*server);

  if (!flags.data.empty()) {
    auto storage = open_storage(flags.data, *options->dialect);
    if (!storage) return storage.error();
    parts->storage = std::move(*storage);
  }
  parts->sender = std::make_unique<core::HttpSender>(parts->loop, core::HttpSenderOptions());
  parts->transport = std::make_unique<GatedTransport>(*parts->sender, parts->gate);
  parts->simulator = std::make_unique<Simulator>(std::move(*options), clock, *parts->transport,
                                                 parts->storage.get());
  parts->handler = gated_handler(*parts->simulator, parts->gate);
  parts->simulator->set_log_sink(log_sink(flags));
  parts->simulator->set_turns(turns_at(parts->gate));
  parts->simulator->set_extra_metrics(
      [raw = parts.get()] { return edge_metrics(raw->server->counters()); });
  auto started = parts->simulator->start();
  if (!started) {
    parts->sender.reset();
    return started.error();
  }
  return std::unique_ptr<ServerProcess>(new ServerProcess(std::move(parts)));
}

core::EventLoop& ServerProcess::loop() { return parts_->loop; }
std::string ServerProcess::base_url() const { return parts_->server->base_url(); }
std::string ServerProcess::secret_key() const { return parts_->simulator->secret_key(); }
std::string ServerProcess::signing_key() const { return parts_->simulator->signing_key(); }
std::string ServerProcess::summary() const { return parts_->simulator->summary(); }

std::string ServerProcess::syncs_off() const { return parts_->simulator->syncs_off(); }
std::string ServerProcess::example_cursor() const { return parts_->simulator->example_cursor(); }

void ServerProcess::run() { parts_->loop.run(); }

void ServerProcess::stop() {
  // After all that came before: what is under way is answered.
  parts_->gate.enter([this] {
    parts_->simulator->end_waiting();
    parts_->server->stop([this] { parts_->loop.stop(); });
  });
}

}  // namespace terapi::simulator
