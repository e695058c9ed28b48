#include "conformance/harness/stage/subject_process.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <utility>

#include "client/storage/sqlite_store.h"
#include "conformance/harness/stage/reference_client.h"
#include "conformance/harness/stage/stored_dump.h"
#include "core/background.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"

namespace terapi::conformance {
namespace {

core::Result<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    return core::Error{"bad_environment",
                       name + " is not set; this is started by `terapi-conformance client --run`"};
  }
  return std::string(value);
}

struct SubjectSettings {
  ReferenceClientOptions client;
  std::uint16_t webhook_port = 0;
  std::string database;
};

core::Result<SubjectSettings> settings_from_environment() {
  std::vector<std::string> values;
  for (const char* name : {"TERAPI_BASE_URL", "TERAPI_SECRET_KEY", "TERAPI_SIGNING_KEY",
                           "TERAPI_DIALECT", "TERAPI_WEBHOOK_PORT", "TERAPI_STATE_DIR",
                           "TERAPI_POLL_MS", "TERAPI_LIMIT", "TERAPI_STREAMS"}) {
    auto value = variable(name);
    if (!value) return value.error();
    values.push_back(*std::move(value));
  }
  SubjectSettings settings;
  client::SyncOptions& sync = settings.client.sync;
  sync.endpoint = {values[0], values[1]};
  settings.client.signing_keys = {values[2]};
  sync.dialect = client::find_dialect(values[3]);
  if (sync.dialect == nullptr) {
    return core::Error{"bad_environment", "TERAPI_DIALECT is '" + values[3] + "'"};
  }
  settings.webhook_port = static_cast<std::uint16_t>(std::strtoul(values[4].c_str(), nullptr, 10));
  settings.database = values[5] + "/subject.db";
  sync.poll = std::chrono::milliseconds(std::strtoll(values[6].c_str(), nullptr, 10));
  sync.limit = std::strtoull(values[7].c_str(), nullptr, 10);
  std::istringstream names(values[8]);
  for (std::string name; names >> name;) {
    auto stream = client::parse_stream(name);
    if (!stream) return stream.error();
    settings.client.streams.push_back(*std::move(stream));
  }
  return settings;
}

}  // namespace

core::Result<int> run_subject(const ClientMutant* mutant) {
  auto settings = settings_from_environment();
  if (!settings) return settings.error();
  auto store = client::SqliteStore::open(settings->database);
  if (!store) return store.error();
  core::EventLoop loop;
  core::HttpSender sender(loop, {});
  core::InlineBackground background(loop.clock());
  int status = 0;
  settings->client.sync.on_event = [](const client::SyncEvent& event) {
    std::fprintf(stderr, "%s: %s\n", client::to_string(event.stream).c_str(), event.text.c_str());
  };
  settings->client.died = [&](const std::string& reason) {
    std::fprintf(stderr, "died: %s\n", reason.c_str());
    status = 1;
    loop.stop();
  };
  auto client = std::make_unique<ReferenceClient>(
      std::move(settings->client),
      ReferenceClientPorts{loop.clock(), sender, **store, background, store->get()}, mutant);
  core::HttpServerOptions options;
  options.port = settings->webhook_port;
  auto server = core::HttpServer::start(
      loop, std::move(options), [&](const core::Request& request, const auto& done) {
        client->receive(request, [done](core::Response answer) { done({std::move(answer), {}}); });
      });
  if (!server) return server.error();
  loop.on_signals({SIGTERM, SIGINT}, [&](int) { loop.stop(); });
  client->start();
  loop.run();
  client.reset();
  return status;
}

core::Result<void> dump_subject() {
  const auto settings = settings_from_environment();
  if (!settings) return settings.error();
  auto store = client::SqliteStore::open(settings->database);
  if (!store) return store.error();
  const auto text = dump_of(**store, settings->client.streams);
  if (!text) return text.error();
  std::fwrite(text->data(), 1, text->size(), stdout);
  return {};
}

}  // namespace terapi::conformance
