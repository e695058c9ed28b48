// SyncProcess: a SyncEngine put together with the real world — event loop, HTTP sender, database,
// webhook server, metrics server — as `terapi-sync run` runs it.
//
//   auto process = SyncProcess::start(settings, {});
//   if (!process) return process.error();
//   (*process)->loop().on_signals({SIGTERM}, [&](int) { (*process)->stop(); });
//   return (*process)->run();
//
// Webhooks are answered before anything is fetched (CLIENT-6).
//
// Thread rule: one thread; loop().post() from any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/program/console.h"
#include "client/program/sync_flags.h"
#include "client/stream_sync.h"
#include "core/result.h"
#include "core/system/event_loop.h"

namespace terapi::client {

class SyncProcess {
 public:
  // Listens, opens the database, and is ready to run. Codes: those of the server ("port_in_use")
  // and of the store.
  static core::Result<std::unique_ptr<SyncProcess>> start(SyncSettings settings, Console console,
                                                          bool redraws);
  ~SyncProcess();

  core::EventLoop& loop();
  // "" when they are not served.
  std::string webhook_url() const;
  std::string metrics_url() const;
  std::vector<StreamProgress> progress() const;

  // Runs until every stream has stopped (or with `once`, is up to date), or until stop(). The exit
  // code: 1 when a stream stopped for good, 0 after stop().
  int run();
  // Fetches nothing more and lets the commits in flight end.
  void stop();

 private:
  struct Parts;
  explicit SyncProcess(std::unique_ptr<Parts> parts);
  void finished();
  std::unique_ptr<Parts> parts_;
};

}  // namespace terapi::client
