// SyncEngine: the reference sync client (CLIENT-1 to CLIENT-12). Keeps streams in sync with a
// server, records and cursor in one Store transaction, and gets everything right that
// docs/client.md explains.
//
//   SyncEngine engine(options, {parse_stream("github/demo/Issue").value()},
//                     {clock, transport, store, background});
//   engine.start();
//   WebhookReceiver receiver({.signing_keys = {key}},
//                            [&](const Hint& hint) { engine.hint(hint); });
//
// It owns no thread and no socket; everything happens in callbacks of its ports.
// Thread rule: the driver's thread. The ports have to outlive it. It may be destroyed at any
// moment, also as a crash: what is stored is whole.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "client/hint.h"
#include "client/stream.h"
#include "client/stream_progress.h"
#include "client/sync_options.h"
#include "client/sync_ports.h"
#include "core/background.h"

namespace terapi::client {

class StreamSync;

class SyncEngine {
 public:
  SyncEngine(SyncOptions options, std::vector<Stream> streams, SyncPorts ports);
  ~SyncEngine();
  SyncEngine(const SyncEngine&) = delete;
  SyncEngine& operator=(const SyncEngine&) = delete;

  void start();
  // Takes a webhook's hint (CLIENT-4). Cheap: fetches nothing inside this call. False: it concerns
  // no stream here.
  bool hint(const Hint& hint);

  // Called once, when every stream has stopped, or, with SyncOptions::once, is up to date.
  void on_finished(std::function<void()> finished) { finished_ = std::move(finished); }
  // Starts nothing more and lets the commits in flight end; then calls back.
  void stop(std::function<void()> stopped);

  std::vector<StreamProgress> progress() const;

 private:
  void queue(std::shared_ptr<StreamSync> stream);
  void free_worker();
  void start_queued();
  void on_settled();

  const SyncOptions options_;
  core::CountedBackground background_;
  SyncPorts ports_;
  std::vector<std::shared_ptr<StreamSync>> streams_;
  std::deque<std::shared_ptr<StreamSync>> queued_;
  std::size_t running_ = 0;
  std::function<void()> finished_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace terapi::client
