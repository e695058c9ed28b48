// Syncs one stream into a store of one's own; here a std::map, in your program your database.
//
//   TERAPI_SECRET_KEY=… sync-into-your-own-store http://127.0.0.1:3003 github/demo/Issue
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "client/store.h"
#include "client/sync_engine.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/thread_background.h"

using namespace terapi;

// Two functions make a store. What they have to promise is in client/store.h: commit() stores
// records and cursor together, or nothing.
class MapStore final : public client::Store {
 public:
  core::Result<client::StoredPosition> position(const client::Stream& /*stream*/) override {
    return position_;
  }

  core::Result<client::Committed> commit(const client::Batch& batch) override {
    // Somebody else moved the cursor since this page was asked for.
    if (batch.move && batch.move->from != position_.cursor) {
      return client::Committed{.conflict = true, .changed = 0};
    }
    client::Committed committed;
    for (const client::Record& record : batch.records) {
      Row& row = rows_[std::string(record.id)];
      if (record.modified < row.modified) continue;  // older than what is stored
      if (record.cursor == row.cursor) continue;     // the same version once more
      row.modified = record.modified;
      row.cursor = record.cursor;
      row.deleted = record.deleted;
      // A pruned record comes without its payload.
      if (record.pruned_at.empty() || row.payload.empty()) row.payload = record.payload;
      ++committed.changed;
    }
    if (batch.move) position_.cursor = batch.move->to;
    position_.records = rows_.size();
    for (const client::Record& record : batch.records) {
      position_.newest = std::max(position_.newest.value_or(record.modified), record.modified);
    }
    return committed;
  }

 private:
  struct Row {
    core::Time modified{};
    bool deleted = false;
    std::string cursor;
    std::string payload;
  };
  std::map<std::string, Row> rows_;
  client::StoredPosition position_;
};

int main(int argc, char** argv) {
  const char* key = std::getenv("TERAPI_SECRET_KEY");
  if (argc != 3 || key == nullptr) {
    std::fprintf(stderr, "usage: TERAPI_SECRET_KEY=… %s BASE-URL STREAM\n", argv[0]);
    return 2;
  }
  const auto stream = client::parse_stream(argv[2]);
  if (!stream) {
    std::fprintf(stderr, "%s\n", stream.error().message.c_str());
    return 2;
  }

  // [ten lines]
  MapStore store;
  core::EventLoop loop;
  core::HttpSender sender(loop, {});
  core::ThreadBackground background(loop, 1);
  client::SyncOptions options;
  options.endpoint = {argv[1], key};
  options.once = true;
  client::SyncEngine engine(options, {*stream}, {loop.clock(), sender, store, background});
  engine.on_finished([&] { loop.stop(); });
  engine.start();
  loop.run();
  // [/ten lines]

  const client::StreamProgress progress = engine.progress().at(0);
  if (progress.health != client::Health::kUpToDate) {
    std::fprintf(stderr, "%s\n", progress.error.message.c_str());
    return 1;
  }
  std::printf("%llu records\n", static_cast<unsigned long long>(store.position(*stream)->records));
}
