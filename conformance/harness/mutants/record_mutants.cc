// Clients that do the wrong thing with a record.
#include <map>
#include <set>

#include "client/page.h"
#include "conformance/harness/mutants/changed_page.h"
#include "conformance/harness/mutants/client_lists.h"
#include "conformance/harness/mutants/owned_records.h"
#include "conformance/harness/mutants/records_target.h"
#include "conformance/harness/mutants/reserialised.h"

namespace terapi::conformance {
namespace {

using client::Batch;
using client::Committed;
using client::Record;
using client::Stream;
using core::Result;

// Which ids a stream has, tombstones included: read from the store once in a process.
class StoredIds {
 public:
  explicit StoredIds(client::ReadableStore* stored) : stored_(stored) {}

  std::set<std::string, std::less<>>& of(const Stream& stream) {
    const auto [found, fresh] = ids_.try_emplace(stream);
    if (fresh && stored_ != nullptr) {
      (void)stored_->read(stream, [&ids = found->second](const client::StoredRecord& record) {
        ids.insert(record.id);
        return true;
      });
    }
    return found->second;
  }
  void add(const Batch& batch) {
    auto& ids = of(batch.stream);
    for (const Record& record : batch.records) ids.emplace(record.id);
  }

 private:
  client::ReadableStore* stored_;
  std::map<Stream, std::set<std::string, std::less<>>> ids_;
};

// Leaves records out; the cursor moves all the same.
class LeavesOut final : public ClientMutation {
 public:
  using Leaves = bool (*)(const Record& record, bool known);
  LeavesOut(MutantPorts ports, Leaves leaves)
      : ClientMutation(std::move(ports)), leaves_(leaves), known_(stored()) {}

  Result<Committed> commit(const Batch& batch) override {
    std::vector<Record> taken;
    for (const Record& record : batch.records) {
      const bool known = known_.of(batch.stream).contains(record.id);
      if (!leaves_(record, known)) taken.push_back(record);
    }
    const Batch changed{batch.stream, taken, batch.move, batch.now};
    auto stored = store().commit(changed);
    if (stored && !stored->conflict) known_.add(changed);
    return stored;
  }

 private:
  Leaves leaves_;
  StoredIds known_;
};

bool is_delete(const Record& record, bool /*known*/) { return record.deleted; }
bool is_unknown_update(const Record& record, bool known) {
  return record.action == client::Action::kUpdated && !known;
}
bool is_known_add(const Record& record, bool known) {
  return record.action == client::Action::kAdded && known;
}

class UnknownDeleteThrows final : public ClientMutation {
 public:
  explicit UnknownDeleteThrows(MutantPorts ports)
      : ClientMutation(std::move(ports)), known_(stored()) {}

  Result<Committed> commit(const Batch& batch) override {
    for (const Record& record : batch.records) {
      if (!record.deleted || known_.of(batch.stream).contains(record.id)) continue;
      die("cannot delete record \"" + std::string(record.id) + "\": there is none");
      return core::Error{"store_failed", "this process has died"};
    }
    auto stored = store().commit(batch);
    if (stored && !stored->conflict) known_.add(batch);
    return stored;
  }

 private:
  StoredIds known_;
};

// Drops what it cannot store and says nothing.
class SkipsBadRecords final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    transport().send(std::move(request), options,
                     while_alive([this, done = std::move(done)](Result<core::Response> answer) {
                       if (answer && answer->status == 200)
                         answer->body = without_poison(answer->body);
                       done(std::move(answer));
                     }));
  }
  Result<Committed> commit(const Batch& batch) override {
    auto stored = store().commit(batch);
    if (stored || stored.error().code != "cannot_store_record" || batch.records.size() > 1) {
      return stored;
    }
    return store().commit({batch.stream, {}, batch.move, batch.now});
  }

 private:
  std::string without_poison(std::string body) const {
    while (true) {
      const auto page = client::Page::parse(body, dialect());
      if (!page || !page->poison()) return body;
      auto served = ChangedPage::parse(body);
      const std::size_t bad = page->records().size();
      if (!served || bad >= served->records.size()) return body;
      served->records.erase(served->records.begin() + static_cast<std::ptrdiff_t>(bad));
      body = served->text();
    }
  }
};

// Takes a page with a record that it cannot store for one that has not come.
class RetriesBadRecords final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    transport().send(std::move(request), options,
                     while_alive([this, done = std::move(done)](Result<core::Response> answer) {
                       if (answer && answer->status == 200) {
                         const auto page = client::Page::parse(answer->body, dialect());
                         if (page && page->poison()) {
                           answer = core::Error{"connection_reset", page->poison()->reason};
                         }
                       }
                       done(std::move(answer));
                     }));
  }
};

// Changes each record before it is stored.
class MisstoresRecords final : public ClientMutation {
 public:
  using Change = void (*)(Record& record, OwnedRecords& texts, core::Time now);
  MisstoresRecords(MutantPorts ports, Change change)
      : ClientMutation(std::move(ports)), change_(change) {}

  Result<Committed> commit(const Batch& batch) override {
    OwnedRecords changed;
    for (const Record& record : batch.records) change_(changed.add(record), changed, batch.now);
    return store().commit({batch.stream, changed.records(), batch.move, batch.now});
  }

 private:
  Change change_;
};

void pruned_is_ordinary(Record& record, OwnedRecords& /*texts*/, core::Time /*now*/) {
  if (record.pruned_at.empty()) return;
  record.pruned_at = {};
  // The store leaves alone what it has already; this is an upsert by id.
  record.modified += core::Duration(1);
}
void pruned_is_deleted(Record& record, OwnedRecords& /*texts*/, core::Time /*now*/) {
  if (record.pruned_at.empty()) return;
  record.deleted = true;
  record.action = client::Action::kDeleted;
  record.modified += core::Duration(1);
}
void last_write_wins(Record& record, OwnedRecords& /*texts*/, core::Time now) {
  record.modified = std::max(record.modified, now);
}
void fraction_alone(Record& record, OwnedRecords& /*texts*/, core::Time /*now*/) {
  const auto second = std::chrono::floor<std::chrono::seconds>(record.modified);
  record.modified = core::Time(record.modified - second);
}
void numbers_are_doubles(Record& record, OwnedRecords& texts, core::Time /*now*/) {
  record.payload = texts.keep(through_doubles(record.payload));
}
void ids_are_numbers(Record& record, OwnedRecords& texts, core::Time /*now*/) {
  const bool number =
      record.id.find_first_not_of("0123456789") == std::string_view::npos && !record.id.empty();
  if (!number) return;
  const std::size_t zeros = std::min(record.id.find_first_not_of('0'), record.id.size() - 1);
  record.id = texts.keep(reserialised(record.id.substr(zeros)));
}
void text_is_ascii(Record& record, OwnedRecords& texts, core::Time /*now*/) {
  std::string text(record.payload);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) > 127) c = '?';
  }
  record.payload = texts.keep(std::move(text));
}

// Takes for old what is not newer than all that it holds.
class SkipsTies final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;
  Result<Committed> commit(const Batch& batch) override {
    const auto position = store().position(batch.stream);
    std::vector<Record> newer;
    for (const Record& record : batch.records) {
      const bool old = position && position->newest && record.modified <= *position->newest;
      if (!old) newer.push_back(record);
    }
    return store().commit({batch.stream, newer, batch.move, batch.now});
  }
};

// Marks everything as deleted, once, before it is read again.
class Wipes : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  Result<client::StoredPosition> position(const Stream& stream) override {
    if (std::exchange(wipe_next_, false)) wipe(stream);
    return store().position(stream);
  }

 protected:
  void wipe_next() { wipe_next_ = true; }

 private:
  void wipe(const Stream& stream) {
    if (stored() == nullptr) return;
    OwnedRecords gone;
    (void)stored()->read(stream, [&](const client::StoredRecord& record) {
      if (record.deleted) return true;
      Record& wiped = gone.add(record);
      wiped.deleted = true;
      wiped.action = client::Action::kDeleted;
      return true;
    });
    (void)store().commit({stream, gone.records(), {}, clock().now()});
  }
  bool wipe_next_ = false;
};

// For the full read that a refused cursor leads to.
class WipesOnInvalidCursor final : public Wipes {
 public:
  using Wipes::Wipes;

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    const bool resumes = request.target.find("cursor=") != std::string::npos;
    transport().send(
        std::move(request), options,
        while_alive([this, resumes, done = std::move(done)](Result<core::Response> answer) {
          if (resumes && answer && answer->status == 400 &&
              answer->body.find("invalid_cursor") != std::string::npos) {
            wipe_next();
          }
          done(std::move(answer));
        }));
  }
};

// For what a first run brings, as if there had been nothing before.
class WipesOnInitialRun final : public Wipes {
 public:
  using Wipes::Wipes;

  void receive(const core::Request& request, const Answer& answer,
               const Answered& answered) override {
    core::Response response = answer(request);
    const bool initial = request.body.find(R"("syncType":"INITIAL")") != std::string::npos;
    if (response.status < 300 && initial) wipe_next();
    answered(std::move(response));
  }
};

}  // namespace

std::vector<ClientMutant> record_mutants() {
  return {
      client_mutant<LeavesOut>("ignores-deletes", "CLIENT-8",
                               "Does nothing with deleted records: they live on here.", &is_delete),
      client_mutant<UnknownDeleteThrows>(
          "unknown-delete-throws", "CLIENT-8",
          "Dies of the deletion of a record that it never saw, each time it starts."),
      client_mutant<LeavesOut>("inserts-only-added", "CLIENT-8",
                               "Runs an UPDATE for UPDATED: a record first seen as updated is not "
                               "stored.",
                               &is_unknown_update),
      client_mutant<LeavesOut>("updates-only-updated", "CLIENT-8",
                               "Runs an INSERT OR IGNORE for ADDED: a record added anew is not "
                               "stored.",
                               &is_known_add),
      client_mutant<SkipsBadRecords>("skips-bad-record", "CLIENT-11",
                                     "Drops a record that it cannot store and says nothing."),
      beyond_chance("a story does not ask whether a stream stands still",
                    client_mutant<RetriesBadRecords>(
                        "retries-bad-record", "CLIENT-11",
                        "Takes a record that it cannot store for an outage: asks for its page "
                        "again and again.")),
      client_mutant<MisstoresRecords>("compares-fractions", "CLIENT-8",
                                      "Compares versions by the fractions of their seconds: after "
                                      "a second's end the later one is taken for the older one.",
                                      &fraction_alone),
      client_mutant<MisstoresRecords>("pruned-overwrites", "CLIENT-8",
                                      "Replaces a stored payload by the emptied one of a pruned "
                                      "record.",
                                      &pruned_is_ordinary),
      client_mutant<MisstoresRecords>("pruned-is-deleted", "CLIENT-8",
                                      "Takes a pruned record for a deleted one.",
                                      &pruned_is_deleted),
      client_mutant<MisstoresRecords>(
          "stale-overwrites", "CLIENT-8",
          "Lets the last write win: an older version overwrites a newer "
          "one.",
          &last_write_wins),
      client_mutant<MisstoresRecords>("numbers-through-double", "REC-10",
                                      "Parses payloads into doubles: large whole numbers come out "
                                      "changed.",
                                      &numbers_are_doubles),
      client_mutant<MisstoresRecords>("ids-as-numbers", "REC-10",
                                      "Keeps ids in a numeric column: 007 and 7 are one record.",
                                      &ids_are_numbers),
      client_mutant<MisstoresRecords>("text-through-ascii", "REC-10",
                                      "Stores text in a column that is not Unicode.",
                                      &text_is_ascii),
      client_mutant<SkipsTies>("skips-ties", "CUR-5",
                               "Skips what is not newer than its newest record: records that share "
                               "a time are lost where a page ends among them."),
      client_mutant<WipesOnInvalidCursor>(
          "wipes-on-invalid-cursor", "CLIENT-9",
          "Deletes what it holds before the full read that a refused cursor leads to."),
      client_mutant<WipesOnInitialRun>(
          "wipes-on-initial-run", "CLIENT-8",
          "Takes a webhook of an INITIAL run for a new beginning, and deletes what it holds."),
  };
}

}  // namespace terapi::conformance
