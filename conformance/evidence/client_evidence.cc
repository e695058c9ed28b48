#include "conformance/evidence/client_evidence.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "conformance/contract/cursor.h"
#include "core/utf8.h"

namespace terapi::conformance {
namespace {

constexpr std::size_t kMostFindings = 12;  // of one kind: the rest is more of the same
constexpr std::size_t kHotLoop = 25;       // the same question this often…
constexpr core::Duration kHotSpan = std::chrono::seconds(2);  // …within this
// Of a client behind a proxy, which may keep the connection when the client has hung up.
constexpr core::Duration kSoonestTimeout = std::chrono::seconds(3);
constexpr core::Duration kWebhookTimeout = std::chrono::seconds(20);

std::string quoted_id(const std::string& id) { return "record \"" + shortened(id) + "\""; }

// The events in which the record was served.
std::vector<std::size_t> served_in(const History& history, const std::string& stream,
                                   const std::string& id) {
  std::vector<std::size_t> events;
  for (const Exchange& exchange : history.exchanges) {
    if (exchange.stream != stream || !exchange.response) continue;
    for (const Sight& sight : exchange.records) {
      if (sight.id == id) events.push_back(*exchange.response);
    }
  }
  return events;
}

// --- a dump against the model -----------------------------------------------------------------

class DumpComparison {
 public:
  DumpComparison(const ClientEvidence& evidence, const TakenDump& dump,
                 std::size_t most = kMostFindings)
      : evidence_(evidence), dump_(dump), most_(most) {
    for (const DumpRecord& record : dump.records) held_[record.stream][record.id] = &record;
  }

  std::vector<Finding> run() {
    look();
    return std::move(findings_);
  }

  // Of all, without a word of any.
  std::size_t count() {
    counting_ = true;
    look();
    return counted_;
  }

 private:
  void look() {
    for (const std::string& name : evidence_.streams) {
      const ModelStream* stream = evidence_.model.stream(name);
      if (stream == nullptr) continue;
      const Held& held = held_[stream->name];
      for (const ModelRecord& record : stream->records) {
        if (findings_.size() <= most_) compare(*stream, record, held);
      }
    }
    for (const DumpRecord& record : dump_.records) {
      if (findings_.size() <= most_) look_for_phantom(record);
    }
  }

  using Held = std::unordered_map<std::string_view, const DumpRecord*>;  // by id

  void compare(const ModelStream& stream, const ModelRecord& record, const Held& held) {
    const auto found = held.find(record.id);
    const DumpRecord* mine = found == held.end() ? nullptr : found->second;
    if (record.erased) return compare_erased(stream, record, mine);
    if (record.now().deleted) {
      if (mine != nullptr && !mine->deleted) {
        add("I4", "CLIENT-8", stream.name, record.id,
            quoted_id(record.id) + " of " + stream.name +
                " was deleted, and the client still has it",
            "deleted, or absent", "alive: " + shortened(mine->payload));
      }
      return;
    }
    if (mine == nullptr) {
      add("I1", "CLIENT-1", stream.name, record.id,
          quoted_id(record.id) + " of " + stream.name + " is lost: the client does not have it",
          shortened(record.now().payload), "no such record in the dump");
    } else if (mine->deleted) {
      add("I1", "CLIENT-8", stream.name, record.id,
          quoted_id(record.id) + " of " + stream.name +
              " is live, and the client has it as deleted",
          shortened(record.now().payload), "deleted");
    } else {
      compare_payload(stream, record, *mine);
    }
  }

  // Whatever it was given of it may still be there.
  void compare_erased(const ModelStream& stream, const ModelRecord& record,
                      const DumpRecord* mine) {
    if (mine == nullptr || mine->deleted ||
        same_payload(record.now().payload, mine->payload, evidence_.model.habits()) ||
        evidence_.model.version_of(stream.name, record.id, mine->payload, false) != kNoVersion) {
      return;
    }
    add("I2", "REC-10", stream.name, record.id,
        quoted_id(record.id) + " of " + stream.name + " has a payload that was never served",
        shortened(record.now().payload), shortened(mine->payload));
  }

  void compare_payload(const ModelStream& stream, const ModelRecord& record,
                       const DumpRecord& mine) {
    if (same_payload(record.now().payload, mine.payload, evidence_.model.habits())) return;
    const std::size_t version =
        evidence_.model.version_of(stream.name, record.id, mine.payload, false);
    if (record.pruned) {
      if (version != kNoVersion || !had_payload(stream.name, record.id)) return;
      add("I3", "CLIENT-8", stream.name, record.id,
          "the pruned " + quoted_id(record.id) + " of " + stream.name +
              " has lost the payload that the client had",
          shortened(record.now().payload), shortened(mine.payload));
    } else if (version != kNoVersion) {
      add(counting_ || given(stream.name, record) ? "I3" : "I1", "CLIENT-8", stream.name, record.id,
          quoted_id(record.id) + " of " + stream.name +
              " is an older version: the last change of " +
              std::to_string(record.versions.size() - 1) + " is missing",
          shortened(record.now().payload), shortened(mine.payload));
    } else {
      add("I2", "REC-10", stream.name, record.id,
          quoted_id(record.id) + " of " + stream.name + " has a payload that was never served",
          shortened(record.now().payload), shortened(mine.payload));
    }
  }

  // Was its payload ever given to the client?
  bool had_payload(const std::string& stream, const std::string& id) const {
    for (const Exchange& exchange : evidence_.history.exchanges) {
      if (exchange.stream != stream || !exchange.whole) continue;
      for (const Sight& sight : exchange.records) {
        if (sight.id == id && !sight.pruned) return true;
      }
    }
    return false;
  }

  bool given(const std::string& stream, const ModelRecord& record) const {
    for (const Exchange& exchange : evidence_.history.exchanges) {
      if (exchange.stream != stream || !exchange.whole) continue;
      for (const Sight& sight : exchange.records) {
        if (sight.id == record.id && sight.version + 1 == record.versions.size()) return true;
      }
    }
    return false;
  }

  // No model knows such an id (read_dump leaves it as it is spelt): the wire gave it.
  bool was_served_with_half_a_pair(const DumpRecord& mine) const {
    return mine.id.starts_with('"') && !served_in(evidence_.history, mine.stream, mine.id).empty();
  }

  void look_for_phantom(const DumpRecord& mine) {
    const ModelStream* stream = evidence_.model.stream(mine.stream);
    if (stream != nullptr && stream->find(mine.id) != nullptr) return;
    if (mine.deleted || was_served_with_half_a_pair(mine)) return;
    for (const auto& [name, other] : evidence_.model.streams()) {
      const ModelRecord* record = other.find(mine.id);
      if (record == nullptr ||
          evidence_.model.version_of(name, mine.id, mine.payload, false) == kNoVersion) {
        continue;
      }
      add("I8", "CLIENT-1", mine.stream, mine.id,
          quoted_id(mine.id) + " belongs to " + name + ", and the client has it in " + mine.stream,
          "nothing of one stream in another", shortened(mine.payload));
      return;
    }
    add("I2", "CLIENT-8", mine.stream, mine.id,
        quoted_id(mine.id) + " of " + mine.stream + " never existed, and the client has it",
        "no such record", shortened(mine.payload));
  }

  void add(const std::string& invariant, const std::string& clause, const std::string& stream,
           const std::string& id, std::string what, std::string expected, std::string actual) {
    if (evidence_.spared.contains(invariant)) return;
    ++counted_;
    if (counting_) return;
    Finding finding{Verdict::kFail,
                    clause,
                    invariant,
                    std::move(what),
                    std::move(expected),
                    std::move(actual),
                    served_in(evidence_.history, stream, id)};
    finding.events.push_back(dump_.event);
    findings_.push_back(std::move(finding));
  }

  const ClientEvidence& evidence_;
  const TakenDump& dump_;
  const std::size_t most_;                 // and one
  std::map<std::string_view, Held> held_;  // by stream
  std::vector<Finding> findings_;
  bool counting_ = false;
  std::size_t counted_ = 0;
};

// --- the history --------------------------------------------------------------------------------

class HistoryJudge {
 public:
  explicit HistoryJudge(const ClientEvidence& evidence)
      : evidence_(evidence), history_(evidence.history) {}

  std::vector<Finding> run() {
    for (const std::string& stream : evidence_.streams) {
      collect(stream);
      if (!full_read_beside_another()) check_forward(stream);
      if (!evidence_.several_workers) check_resumes_at_last();
      if (!evidence_.several_workers) check_one_at_a_time();
      if (evidence_.counts_requests) check_hot_loop();
    }
    check_passed_over();
    check_versions_never_fall();
    check_webhooks();
    return std::move(findings_);
  }

 private:
  std::optional<Position> position(const std::optional<std::string>& cursor) const {
    if (!cursor) return std::nullopt;
    const auto read = read_cursor(*cursor, evidence_.dialect);
    if (!read) return std::nullopt;
    return *read;
  }

  void collect(const std::string& stream) {
    exchanges_.clear();
    for (const Exchange& exchange : history_.exchanges) {
      if (exchange.stream == stream) exchanges_.push_back(&exchange);
    }
  }

  // Two workers share one cursor: a full read of the one takes it back for the other, who may go
  // on with what it had.
  bool full_read_beside_another() const {
    return evidence_.several_workers &&
           std::any_of(exchanges_.begin(), exchanges_.end(),
                       [](const Exchange* exchange) { return refused_cursor(*exchange); });
  }

  static bool refused_cursor(const Exchange& exchange) {
    return exchange.cursor && (exchange.status == 400 || exchange.status == 500);
  }

  // A walk goes on with the next_cursor that it was given last.
  static bool goes_on(const Exchange* before, const Exchange& exchange) {
    return before != nullptr && before->life == exchange.life && before->next_cursor &&
           exchange.cursor == before->next_cursor;
  }

  // Over HTTP nobody knows which of two workers asks.
  bool is_of_one_of_two(const Exchange& exchange) const {
    return evidence_.several_workers && exchange.life == 0;
  }

  static bool takes_one_of(std::multiset<std::string>& ends, const Exchange& exchange) {
    const auto found = exchange.cursor ? ends.find(*exchange.cursor) : ends.end();
    if (found == ends.end()) return false;
    ends.erase(found);
    return true;
  }

  // I6: each walk begins where the last one began, or later, but for a full read after a cursor
  // was refused.
  void check_forward(const std::string& stream) {
    std::optional<Position> furthest;
    std::optional<std::size_t> furthest_event;
    struct Process {  // two may walk at once (CLIENT-12)
      const Exchange* before = nullptr;
      bool may_begin_again = false;
    };
    std::map<int, Process> processes;
    std::multiset<std::string> ends;  // next_cursors from which nobody of two workers has gone on
    bool one_was_late = false;
    for (const Exchange* exchange : exchanges_) {
      const bool nameless = is_of_one_of_two(*exchange);
      Process& process = processes[exchange->life];
      bool& may_begin_again = process.may_begin_again;
      if (refused_cursor(*exchange)) may_begin_again = true;
      if (exchange->restricted) continue;
      const bool walk_goes_on = nameless
                                    ? takes_one_of(ends, *exchange)
                                    : goes_on(std::exchange(process.before, exchange), *exchange);
      if (nameless && exchange->next_cursor) ends.insert(*exchange->next_cursor);
      if (walk_goes_on) continue;
      const std::optional<Position> begin = position(exchange->cursor);
      if (exchange->cursor && !begin) continue;         // not the server's own: REC-8 answers it
      if (!begin && may_begin_again) furthest.reset();  // from here on it is counted anew
      const bool behind = furthest && (!begin || *begin < *furthest) && !may_begin_again;
      // The other one stored a later cursor after this one had read it, and before it asked.
      if (nameless && behind && !std::exchange(one_was_late, true)) continue;
      if (!begin && furthest && !may_begin_again) {
        add("I6", "CLIENT-1",
            stream + " is read from the beginning, though the client had a cursor",
            "a request with the cursor of the last record stored", "a request without a cursor",
            {*furthest_event, exchange->request});
      } else if (begin && furthest && *begin < *furthest && !may_begin_again) {
        add("I6", "CLIENT-12", "the cursor of " + stream + " went back",
            "a cursor at or after the one that the client began with before", "an earlier one",
            {*furthest_event, exchange->request});
      }
      if (begin) {
        // Here is a cursor again: the full read has got somewhere.
        if (!furthest || *furthest < *begin) {
          one_was_late = false;
          furthest = begin;
          furthest_event = exchange->request;
        }
        may_begin_again = refused_cursor(*exchange);
        if (may_begin_again) furthest.reset();
      }
    }
  }

  // CLIENT-1: after a walk that reached the end undisturbed, the next one begins at its last
  // record.
  void check_resumes_at_last() {
    const Exchange* last = nullptr;  // the last page that held a record, of a walk that ended
    const Exchange* page = nullptr;
    for (const Exchange* exchange : exchanges_) {
      if (exchange->restricted) continue;
      const bool walk_goes_on = goes_on(page, *exchange) || exchange->cursor == last_cursor(page);
      if (!walk_goes_on && last != nullptr && last->life == exchange->life &&
          exchange->cursor != last_cursor(last)) {
        add("", "CLIENT-1",
            "after it had read everything, the client did not continue from the last record",
            "the cursor of " + quoted_id(last->records.back().id),
            exchange->cursor ? "another cursor" : "no cursor",
            {*last->response, exchange->request});
        last = nullptr;
      }
      const bool fine = exchange->status == 200 && exchange->whole && !exchange->struck;
      if (!fine) last = nullptr;
      if (fine && !exchange->records.empty()) page = exchange;
      if (fine && !exchange->next_cursor && !exchange->records.empty()) last = exchange;
    }
  }
  static std::optional<std::string> last_cursor(const Exchange* exchange) {
    if (exchange == nullptr || exchange->records.empty()) return std::nullopt;
    return exchange->records.back().cursor;
  }

  // CLIENT-4: at most one running fetch of a stream.
  void check_one_at_a_time() {
    const Exchange* running = nullptr;
    for (const Exchange* exchange : exchanges_) {
      if (running != nullptr && running->life == exchange->life && running->response &&
          exchange->asked_at < running->handed_at && !was_given_up(*running, *exchange)) {
        add("I10", "CLIENT-4", "two fetches of " + exchange->stream + " ran at once",
            "one at a time, and at most one more after it", "a request while another was running",
            {running->request, exchange->request});
        return;
      }
      if (running == nullptr || !running->response || running->handed_at <= exchange->asked_at ||
          running->life != exchange->life || was_given_up(*running, *exchange)) {
        running = exchange;
      }
    }
  }

  // Whoever waits for an answer only for so long hangs up, and asks again.
  static bool was_given_up(const Exchange& running, const Exchange& next) {
    return running.hung_up || running.in_doubt ||
           next.asked_at - running.asked_at >= kSoonestTimeout;
  }

  // I10: the same question over and over.
  void check_hot_loop() {
    std::map<std::pair<std::optional<std::string>, std::optional<std::string>>,
             std::vector<const Exchange*>>
        asked;
    for (std::size_t i = 0; i < exchanges_.size(); ++i) {
      const Exchange* exchange = exchanges_[i];
      const Exchange* next = i + 1 < exchanges_.size() ? exchanges_[i + 1] : nullptr;
      if (is_one_look_with(*exchange, next)) continue;
      auto& same = asked[{exchange->cursor, exchange->modified_after}];
      same.push_back(exchange);
      if (same.size() < kHotLoop) continue;
      const Exchange* first = same[same.size() - kHotLoop];
      if (exchange->asked_at - first->asked_at >= kHotSpan) continue;
      add("I10", "CLIENT-9", exchange->stream + " is asked for in a hot loop",
          "a pause between requests that bring nothing new",
          std::to_string(kHotLoop) + " times the same request within 2 s",
          {first->request, exchange->request});
      return;
    }
  }

  // I5: when a process begins with a cursor, everything up to it has to be durable.
  void check_passed_over() {
    const bool one_life =
        std::all_of(history_.exchanges.begin(), history_.exchanges.end(),
                    [&](const Exchange& e) { return e.life == history_.exchanges.front().life; });
    if (one_life) return;
    std::map<std::string_view, Read> read;  // by stream
    for (const Exchange& exchange : history_.exchanges) {
      Read& so_far = read[exchange.stream];
      const bool begins = !exchange.restricted && exchange.cursor && exchange.life > 0 &&
                          so_far.life != exchange.life && so_far.life > 0;
      if (begins) check_durable(exchange, so_far);
      if (!exchange.restricted) so_far.life = exchange.life;
      for (const Sight& sight : exchange.records) {
        so_far.latest[sight.id] = {&sight, exchange.response.value_or(exchange.request)};
        if (exchange.whole || exchange.poisoned) so_far.given.emplace(sight.id, sight.version);
      }
    }
  }

  // What was served of a stream.
  struct Read {
    std::map<std::string_view, std::pair<const Sight*, std::size_t>> latest;  // and its event
    std::set<std::pair<std::string_view, std::size_t>> given;  // versions that came whole
    int life = 0;                                              // the process that spoke of it last
  };

  void check_durable(const Exchange& first, const Read& read) {
    const auto cursor = position(first.cursor);
    if (!cursor) return;
    const TakenDump* dump = dump_between(read.life, first);
    const Held held = dump == nullptr ? Held() : held_of(*dump, first.stream);
    for (const auto& [id, seen] : read.latest) {
      const auto& [sight, event] = seen;
      if (sight->version == kNoVersion || sight->pruned || moved_on(first, *sight)) continue;
      std::string how;
      if (!read.given.contains({id, sight->version})) {
        how = "it never received it completely";
      } else if (dump != nullptr && !holds(held, first.stream, *sight)) {
        how = "its dump, taken after it died, does not have it";
      } else {
        continue;
      }
      const auto at = position(sight->cursor);
      if (!at || *cursor < *at) continue;
      add("I5", "CLIENT-2",
          "the client resumes after " + quoted_id(sight->id) + " of " + first.stream + ", and " +
              how,
          "a cursor that is never ahead of the stored records",
          "a cursor at or after " + quoted_id(sight->id) + " (" + sight->action + ")",
          {event, first.request});
      return;
    }
  }

  // It changed since it was seen there: where it stands now is after the cursor, or was read.
  bool moved_on(const Exchange& by, const Sight& sight) const {
    const ModelStream* stream = evidence_.model.stream(by.stream);
    const ModelRecord* record = stream == nullptr ? nullptr : stream->find(sight.id);
    if (record == nullptr || sight.version + 1 >= record->versions.size()) return false;
    return record->versions[sight.version + 1].run <= by.runs;
  }

  // What the process `before` left when it had died, and this request's one began with. One that
  // was taken of an earlier process says nothing of what was read since.
  const TakenDump* dump_between(int before, const Exchange& first) const {
    const TakenDump* found = nullptr;
    for (const TakenDump& dump : evidence_.dumps) {
      const bool between = before <= dump.life && dump.life < first.life;
      if (dump.dead && between && dump.event < first.request) found = &dump;
    }
    return found;
  }

  // A dump's records of one stream, by id.
  using Held = std::unordered_map<std::string_view, const DumpRecord*>;
  static Held held_of(const TakenDump& dump, const std::string& stream) {
    Held held;
    for (const DumpRecord& record : dump.records) {
      if (record.stream == stream) held.try_emplace(record.id, &record);
    }
    return held;
  }

  bool holds(const Held& held, const std::string& stream, const Sight& sight) const {
    const bool deleted = sight.action == "DELETED";
    const auto found = held.find(sight.id);
    if (found == held.end()) return deleted;  // a client may hold no tombstones
    const DumpRecord& record = *found->second;
    return (record.deleted && deleted) || newer(stream, record, sight);
  }
  bool newer(const std::string& stream, const DumpRecord& record, const Sight& sight) const {
    const std::size_t version =
        evidence_.model.version_of(stream, record.id, record.payload, record.deleted);
    return version != kNoVersion && version >= sight.version;
  }

  // Which of the record's versions a dump may have meant: content that comes back after a change
  // is the same in several.
  struct Versions {
    std::size_t first = kNoVersion;
    std::size_t last = kNoVersion;
  };
  Versions versions_of(const DumpRecord& held) const {
    Versions versions;
    const ModelStream* stream = evidence_.model.stream(held.stream);
    const ModelRecord* record = stream == nullptr ? nullptr : stream->find(held.id);
    if (record == nullptr) return versions;
    for (std::size_t i = 0; i < record->versions.size(); ++i) {
      const RecordVersion& version = record->versions[i];
      if (version.deleted != held.deleted ||
          !serves(version, held.payload, evidence_.model.habits()))
        continue;
      if (versions.first == kNoVersion) versions.first = i;
      versions.last = i;
    }
    return versions;
  }

  // I3: a version never falls from one dump to the next.
  void check_versions_never_fall() {
    if (evidence_.dumps.size() < 2) return;
    std::map<std::pair<std::string_view, std::string_view>, std::pair<std::size_t, std::size_t>>
        best;  // the least version that it has come to, event
    for (const TakenDump& dump : evidence_.dumps) {
      for (const DumpRecord& record : dump.records) {
        const Versions versions = versions_of(record);
        if (versions.first == kNoVersion) continue;
        const auto [at, is_new] =
            best.try_emplace({record.stream, record.id}, versions.first, dump.event);
        if (!is_new && versions.last < at->second.first) {
          add("I3", "CLIENT-8", quoted_id(record.id) + " of " + record.stream + " became older",
              "version " + std::to_string(at->second.first + 1) + ", which the client had",
              "version " + std::to_string(versions.last + 1), {at->second.second, dump.event});
        }
        if (versions.first >= at->second.first) at->second = {versions.first, dump.event};
      }
    }
  }

  // V3 and I9, for the webhooks that the server sent.
  void check_webhooks() {
    for (const WebhookSight& webhook : history_.webhooks) {
      if (webhook.from_judge || webhook.life == 0) continue;
      const std::vector<std::size_t> events = webhook.answered
                                                  ? std::vector{webhook.sent, *webhook.answered}
                                                  : std::vector{webhook.sent};
      const core::Duration took = webhook.answered_at - webhook.sent_at;
      if (webhook.authentic && webhook.answered && took >= kWebhookTimeout) {
        add("V3", "CLIENT-6", "a webhook was not answered within its time-out", "an answer at once",
            "none within 20 s", events,
            took - webhook.starved >= kWebhookTimeout ? Verdict::kFail : Verdict::kInconclusive);
      } else if (webhook.authentic && webhook.status >= 300) {
        add("", "CLIENT-5", "an authentic webhook was refused", "a 2xx answer",
            std::to_string(webhook.status), events);
      } else if (!webhook.authentic && webhook.status >= 200 && webhook.status < 300) {
        add("I9", "CLIENT-5", "a forged webhook was accepted", "401",
            std::to_string(webhook.status), events);
      }
    }
  }

  void add(const std::string& invariant, const std::string& clause, std::string what,
           std::string expected, std::string actual, std::vector<std::size_t> events,
           Verdict verdict = Verdict::kFail) {
    if (evidence_.spared.contains(invariant) || evidence_.spared.contains(clause)) return;
    if (findings_.size() > kMostFindings) return;
    findings_.push_back({verdict, clause, invariant, std::move(what), std::move(expected),
                         std::move(actual), std::move(events)});
  }

  const ClientEvidence& evidence_;
  const History& history_;
  std::vector<const Exchange*> exchanges_;  // of the stream that is looked at
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> compare_with_model(const ClientEvidence& evidence, const TakenDump& dump) {
  return DumpComparison(evidence, dump).run();
}

std::size_t count_wrong(const ClientEvidence& evidence, const TakenDump& dump) {
  return DumpComparison(evidence, dump, std::numeric_limits<std::size_t>::max()).count();
}

bool is_right(const ClientEvidence& evidence, const TakenDump& dump) {
  return DumpComparison(evidence, dump, 0).run().empty();
}

std::vector<Finding> find_never_given(const ClientEvidence& evidence) {
  std::vector<Finding> findings;
  if (evidence.spared.contains("I1")) return findings;
  std::map<std::string_view, std::set<std::pair<std::string_view, std::size_t>>> given;
  for (const Exchange& exchange : evidence.history.exchanges) {
    for (const Sight& sight : exchange.records) {
      if ((exchange.whole || exchange.poisoned) && sight.version != kNoVersion) {
        given[exchange.stream].emplace(sight.id, sight.version);
      }
    }
  }
  for (const std::string& name : evidence.streams) {
    const ModelStream* stream = evidence.model.stream(name);
    if (stream == nullptr) continue;
    for (const ModelRecord& record : stream->records) {
      if (record.erased || given[name].contains({record.id, record.versions.size() - 1}) ||
          findings.size() > kMostFindings)
        continue;
      findings.push_back({Verdict::kFail, "CLIENT-3", "V1",
                          "the client never fetched the current version of " +
                              quoted_id(record.id) + " of " + name + " (" + record.now().action +
                              ")",
                          "a page with it, received completely", "none",
                          served_in(evidence.history, name, record.id)});
    }
  }
  return findings;
}

std::vector<Finding> find_broken_invariants(const ClientEvidence& evidence) {
  return HistoryJudge(evidence).run();
}

}  // namespace terapi::conformance
