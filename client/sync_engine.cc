#include "client/sync_engine.h"

#include <algorithm>
#include <utility>

#include "client/stream_sync.h"

namespace terapi::client {

SyncEngine::SyncEngine(SyncOptions options, std::vector<Stream> streams, SyncPorts ports)
    : options_(std::move(options)),
      background_(ports.background),
      ports_{ports.clock, ports.transport, ports.store, background_} {
  for (Stream& stream : streams) {
    streams_.push_back(std::make_shared<StreamSync>(
        options_, ports_, std::move(stream),
        StreamSync::Host{[this](std::shared_ptr<StreamSync> ready) { queue(std::move(ready)); },
                         [this] { free_worker(); }, [this] { on_settled(); }}));
  }
}

SyncEngine::~SyncEngine() = default;

void SyncEngine::start() {
  for (const auto& stream : streams_) stream->start();
}

bool SyncEngine::hint(const Hint& hint) {
  bool known = false;
  for (const auto& sync : streams_) {
    const Stream& stream = sync->stream();
    if (stream.integration != hint.integration || stream.connection != hint.connection ||
        stream.model != hint.model || (hint.variant && stream.variant != *hint.variant)) {
      continue;
    }
    known = true;
    sync->on_hint(hint);
  }
  return known;
}

void SyncEngine::queue(std::shared_ptr<StreamSync> stream) {
  queued_.push_back(std::move(stream));
  // From the clock, so that a hint never fetches within the call that brings it (CLIENT-6).
  ports_.clock.at(ports_.clock.now(), [this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) start_queued();
  });
}

void SyncEngine::free_worker() {
  --running_;
  start_queued();
}

void SyncEngine::start_queued() {
  while (running_ < std::max<std::size_t>(1, options_.workers) && !queued_.empty()) {
    const auto stream = std::move(queued_.front());
    queued_.pop_front();
    ++running_;
    stream->begin_round();
  }
}

void SyncEngine::on_settled() {
  const bool finished = std::all_of(streams_.begin(), streams_.end(),
                                    [](const auto& stream) { return stream->is_finished(); });
  if (!finished || !finished_) return;
  // Later, since whoever is told may destroy the engine.
  ports_.clock.at(ports_.clock.now(), std::exchange(finished_, nullptr));
}

void SyncEngine::stop(std::function<void()> stopped) {
  queued_.clear();
  for (const auto& stream : streams_) stream->shut_down();
  background_.when_idle([this, stopped = std::move(stopped)] {
    for (const auto& stream : streams_) stream->release_claim();
    background_.when_idle(stopped);
  });
}

std::vector<StreamProgress> SyncEngine::progress() const {
  std::vector<StreamProgress> all;
  all.reserve(streams_.size());
  for (const auto& stream : streams_) all.push_back(stream->progress());
  return all;
}

}  // namespace terapi::client
