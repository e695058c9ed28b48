// Clients that store their cursor at the wrong moment, in the wrong place, or not at all.
#include <deque>
#include <map>
#include <set>

#include "conformance/harness/mutants/changed_page.h"
#include "conformance/harness/mutants/client_lists.h"
#include "conformance/harness/mutants/owned_records.h"

namespace terapi::conformance {
namespace {

using client::Batch;
using client::Committed;
using client::StoredPosition;
using client::Stream;
using core::Result;

// The cursor that is stored now, whatever the walk believes: what a client without compare-and-set
// moves from.
std::optional<std::string> cursor_now(client::Store& store, const Stream& stream) {
  const auto position = store.position(stream);
  return position ? position->cursor : std::nullopt;
}

// The cursor is moved first; the page's records follow with the store's next call.
class CursorBeforeRecords final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  Result<StoredPosition> position(const Stream& stream) override {
    if (auto flushed = flush(); !flushed) return flushed.error();
    return store().position(stream);
  }
  Result<void> report(const Stream& stream, const client::Report& report) override {
    if (auto flushed = flush(); !flushed) return flushed.error();
    return store().report(stream, report);
  }
  Result<Committed> commit(const Batch& batch) override {
    if (auto flushed = flush(); !flushed) return flushed.error();
    auto moved = store().commit({batch.stream, {}, batch.move, batch.now});
    if (!moved || moved->conflict) return moved;
    Held held{batch.stream, {}, batch.now};
    for (const client::Record& record : batch.records) held.records.add(record);
    held_.push_back(std::move(held));
    return Committed{.conflict = false, .changed = batch.records.size()};
  }

 private:
  struct Held {
    Stream stream;
    OwnedRecords records;
    core::Time now;
  };
  Result<void> flush() {
    while (!held_.empty()) {
      const Held& first = held_.front();
      auto stored = store().commit({first.stream, first.records.records(), {}, first.now});
      if (!stored) return stored.error();
      held_.pop_front();
    }
    return {};
  }

  std::deque<Held> held_;
};

class CursorOwnTransactionFirst final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  Result<Committed> commit(const Batch& batch) override {
    auto moved = store().commit({batch.stream, {}, batch.move, batch.now});
    if (!moved || moved->conflict) return moved;
    return store().commit({batch.stream, batch.records, {}, batch.now});
  }
};

// Knows of each page whether it was the last one.
class KnowsLastPages : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    transport().send(std::move(request), options,
                     while_alive([this, done = std::move(done)](Result<core::Response> answer) {
                       if (answer && answer->status == 200) note(answer->body);
                       done(std::move(answer));
                     }));
  }

 protected:
  bool ends_the_stream(const Batch& batch) const {
    return batch.move && last_cursors_.contains(batch.move->to);
  }

 private:
  void note(const std::string& body) {
    const auto page = ChangedPage::parse(body);
    if (!page) return;
    if (page->next_cursor) {
      last_cursors_.erase(*page->next_cursor);
    } else if (!page->records.empty()) {
      last_cursors_.insert(page->records.back().metadata("cursor"));
    }
  }
  std::set<std::string> last_cursors_;
};

class CursorPerResponse final : public KnowsLastPages {
 public:
  using KnowsLastPages::KnowsLastPages;
  Result<Committed> commit(const Batch& batch) override {
    if (!ends_the_stream(batch)) return store().commit(batch);
    return store().commit({batch.stream, batch.records, {}, batch.now});
  }
};

constexpr std::string_view kStoredNull = "null";

class StoresNull final : public KnowsLastPages {
 public:
  using KnowsLastPages::KnowsLastPages;
  Result<StoredPosition> position(const Stream& stream) override {
    auto position = store().position(stream);
    if (position && position->cursor == kStoredNull) position->cursor.reset();
    return position;
  }
  Result<Committed> commit(const Batch& batch) override {
    if (!batch.move) return store().commit(batch);
    Batch changed{batch.stream, batch.records, batch.move, batch.now};
    if (cursor_now(store(), batch.stream) == kStoredNull) changed.move->from = kStoredNull;
    if (ends_the_stream(batch)) changed.move->to = kStoredNull;
    return store().commit(changed);
  }
};

// Whose cursor stands for which streams': the first of the configured ones that is alike.
class SharedCursor final : public ClientMutation {
 public:
  using Alike = bool (*)(const Stream&, const Stream&);
  SharedCursor(MutantPorts ports, Alike alike) : ClientMutation(std::move(ports)), alike_(alike) {}

  // One stream after the other, as in a loop over models or connections.
  void adjust(ReferenceClientOptions& options) override { options.sync.workers = 1; }

  Result<StoredPosition> position(const Stream& stream) override {
    auto position = store().position(stream);
    if (!position) return position;
    position->cursor = cursor_now(store(), owner_of(stream));
    return position;
  }
  Result<Committed> commit(const Batch& batch) override {
    if (!batch.move) return store().commit(batch);
    const Stream& owner = owner_of(batch.stream);
    const Batch::Move move{cursor_now(store(), owner), batch.move->to};
    if (owner == batch.stream) {
      return store().commit({batch.stream, batch.records, move, batch.now});
    }
    auto stored = store().commit({batch.stream, batch.records, {}, batch.now});
    if (!stored) return stored;
    auto moved = store().commit({owner, {}, move, batch.now});
    return moved ? stored : moved;
  }

 private:
  const Stream& owner_of(const Stream& stream) const {
    for (const Stream& other : options().streams) {
      if (alike_(other, stream)) return other;
    }
    return stream;
  }
  Alike alike_;
};

bool of_one_connection(const Stream& a, const Stream& b) {
  return a.integration == b.integration && a.connection == b.connection;
}
bool of_one_model(const Stream& a, const Stream& b) {
  return a.integration == b.integration && a.model == b.model && a.variant == b.variant;
}

// Keeps every page of a walk, and commits them all at its end.
class NoCommitBeforeMovingOn final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  Result<StoredPosition> position(const Stream& stream) override {
    kept_.erase(stream);  // a walk that failed begins anew
    return store().position(stream);
  }
  Result<Committed> commit(const Batch& batch) override {
    Kept page{{}, batch.move, batch.now};
    for (const client::Record& record : batch.records) page.records.add(record);
    kept_[batch.stream].push_back(std::move(page));
    return Committed{.conflict = false, .changed = batch.records.size()};
  }
  Result<void> report(const Stream& stream, const client::Report& report) override {
    if (report.health == client::Health::kUpToDate) {
      for (const Kept& page : std::exchange(kept_[stream], {})) {
        auto stored = store().commit({stream, page.records.records(), page.move, page.now});
        if (!stored) return stored.error();
      }
    }
    return store().report(stream, report);
  }

 private:
  struct Kept {
    OwnedRecords records;
    std::optional<Batch::Move> move;
    core::Time now;
  };
  std::map<Stream, std::vector<Kept>> kept_;
};

// Logs that a commit failed, and goes on.
class SwallowsStoreErrors final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  Result<Committed> commit(const Batch& batch) override {
    Batch changed{batch.stream, batch.records, batch.move, batch.now};
    if (changed.move) changed.move->from = cursor_now(store(), batch.stream);
    auto stored = store().commit(changed);
    return stored ? stored : Committed{};
  }
};

class NoResumeAfterRestart final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  Result<StoredPosition> position(const Stream& stream) override {
    auto position = store().position(stream);
    if (position && begun_.insert(stream).second) position->cursor.reset();
    return position;
  }
  Result<Committed> commit(const Batch& batch) override {
    if (!batch.move) return store().commit(batch);
    const Batch::Move move{cursor_now(store(), batch.stream), batch.move->to};
    return store().commit({batch.stream, batch.records, move, batch.now});
  }

 private:
  std::set<Stream> begun_;
};

// Saves writes.
class CursorEverySecondPage final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  Result<Committed> commit(const Batch& batch) override {
    if (!batch.move || ++pages_[batch.stream] % 2 == 1) {
      return store().commit({batch.stream, batch.records, {}, batch.now});
    }
    const Batch::Move move{cursor_now(store(), batch.stream), batch.move->to};
    return store().commit({batch.stream, batch.records, move, batch.now});
  }

 private:
  std::map<Stream, int> pages_;
};

}  // namespace

std::vector<ClientMutant> cursor_mutants() {
  return {
      client_mutant<CursorBeforeRecords>(
          "cursor-before-records", "CLIENT-2",
          "Stores a page's cursor first and its records with the next call: a crash in between "
          "loses them."),
      client_mutant<CursorOwnTransactionFirst>(
          "cursor-own-transaction-first", "CLIENT-2",
          "Commits the cursor in a transaction of its own, then the records in a second one."),
      client_mutant<CursorPerResponse>(
          "cursor-per-response", "CLIENT-1",
          "Keeps the answer's next_cursor only: after the last page, whose is null, it reads that "
          "page again each time."),
      client_mutant<StoresNull>(
          "stores-null", "CLIENT-7",
          "Stores the null that ends the paging as its cursor, and so reads everything each time."),
      client_mutant<SharedCursor>(
          "cursor-by-sync", "CLIENT-1",
          "Keeps one cursor for all models of a connection: what one model's moves past, the "
          "others never see.",
          &of_one_connection),
      client_mutant<SharedCursor>(
          "cursor-ignores-connection", "CLIENT-1",
          "Keeps one cursor for all connections: what one connection's moves past, the others "
          "never see.",
          &of_one_model),
      client_mutant<NoCommitBeforeMovingOn>(
          "no-commit-before-moving-on", "CLIENT-10",
          "Keeps all pages of a walk in memory and commits them when it has ended: a large backlog "
          "fills the memory, and each failure begins it again."),
      client_mutant<SwallowsStoreErrors>(
          "swallows-store-errors", "CLIENT-2",
          "Goes on with the next page when a commit failed, and moves the cursor past the lost "
          "one."),
      client_mutant<NoResumeAfterRestart>(
          "no-restart-resume", "CLIENT-1",
          "Keeps its cursor in memory: each new process reads everything again."),
      client_mutant<CursorEverySecondPage>(
          "cursor-every-second-page", "CLIENT-1",
          "Stores the cursor with every second page only, to save writes: the last page is read "
          "again and again."),
  };
}

}  // namespace terapi::conformance
