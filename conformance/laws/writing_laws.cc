// What must hold for a reader while others write: CUR-2, CUR-3, CUR-8. These laws write, into
// models of their own, so that what a scenario saved stays as it was.
#include <map>

#include "conformance/laws/continuity.h"
#include "conformance/laws/record_reader.h"
#include "core/json.h"
#include "core/json_writer.h"
#include "core/random.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

struct Held {
  std::uint64_t version = 0;
  bool deleted = false;
  friend bool operator==(const Held&, const Held&) = default;
};
using Holdings = std::map<std::string, Held>;

// Someone who changes a handful of records at a time, and knows what must be there.
class Scribbler {
 public:
  Scribbler(LawContext& context, core::Random random) : context_(context), random_(random) {}

  // False when the server did not take the run.
  bool write() {
    json::Writer run;
    const StreamAsked& stream = context_.given.stream;
    run.begin_object()
        .field("integration", stream.integration)
        .field("connection", stream.connection)
        .field("model", stream.model)
        .field("variant", stream.variant)
        .field("webhook", false);
    std::vector<std::string> gone;
    run.key("save").begin_array();
    for (std::uint64_t i = 1 + random_.below(5); i > 0; --i) {
      const std::string id = "w" + std::to_string(random_.below(25));
      if (random_.below(4) == 0) {
        gone.push_back(id);
        continue;
      }
      if (saved_now_.contains(id)) continue;
      saved_now_[id] = true;
      truth_[id] = {++version_, false};
      run.begin_object().field("id", id).field("version", version_).end_object();
    }
    run.end_array().key("delete").begin_array();
    for (const std::string& id : gone) {
      if (!truth_.contains(id)) continue;
      run.string(id);
      truth_[id].deleted = true;
    }
    run.end_array().end_object();
    saved_now_.clear();
    const Answer answer = context_.server.run(run.take());
    if (answer.status() == 200) return true;
    context_.findings.fail("SYNC-3", "a run was not accepted", "200",
                           std::to_string(answer.status()), answer.events);
    return false;
  }
  const Holdings& truth() const { return truth_; }

 private:
  LawContext& context_;
  core::Random random_;
  Holdings truth_;
  std::map<std::string, bool> saved_now_;
  std::uint64_t version_ = 0;
};

void take_in(const ServedPage& page, Holdings& holdings) {
  for (const ServedRecord& record : page.records) {
    const auto payload = json::Document::parse(record.payload);
    const auto version = payload ? payload->root()["version"].integer() : std::nullopt;
    holdings[record.id] = {static_cast<std::uint64_t>(version.value_or(0)),
                           record.last_action == "DELETED"};
  }
}

void compare_holdings(LawContext& context, const Holdings& truth, const Holdings& held,
                      const std::vector<std::size_t>& events) {
  const auto spelled = [](const Held& state) {
    return state.deleted ? std::string("deleted") : "version " + std::to_string(state.version);
  };
  for (const auto& [id, state] : truth) {
    const auto found = held.find(id);
    // What was pruned of a deleted record is its own affair: deleted is deleted.
    const bool same =
        found != held.end() && (found->second == state || (found->second.deleted && state.deleted));
    if (same) continue;
    context.findings.fail("CUR-3", "a reader who pages while others write has missed a change",
                          id + ": " + spelled(state),
                          found == held.end() ? "never seen" : spelled(found->second), events);
  }
  for (const auto& [id, state] : held) {
    if (truth.contains(id)) continue;
    context.findings.fail("REC-1", "a record was read that was never saved", "no such record", id,
                          events);
  }
}

// Each writer has records of its own, which it changes as a whole.
std::string run_of_writer(const StreamAsked& stream, std::size_t writer, std::uint64_t size,
                          std::uint64_t version, Holdings& truth) {
  json::Writer run;
  run.begin_object()
      .field("integration", stream.integration)
      .field("connection", stream.connection)
      .field("model", stream.model)
      .field("variant", stream.variant)
      .field("webhook", false);
  run.key("save").begin_array();
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::string id = "writer" + std::to_string(writer) + "-" + std::to_string(i);
    truth[id] = {version, false};
    run.begin_object().field("id", id).field("version", version).end_object();
  }
  run.end_array().end_object();
  return run.take();
}

}  // namespace

void check_reachable(LawContext& context) {
  const core::Random random(context.given.seed);
  const std::string model = context.given.stream.model;
  for (std::uint64_t round = 0; round < 1 + context.given.rounds / 5; ++round) {
    context.given.stream.model = "Paged" + std::to_string(round);
    RecordReader reader(context);
    Scribbler writer(context, random.stream("writes " + std::to_string(round)));
    core::Random draws = random.stream("reads " + std::to_string(round));
    for (int i = 0; i < 8; ++i) {
      if (!writer.write()) return;
    }
    Holdings held;
    std::string cursor;
    std::vector<std::size_t> events;
    for (std::uint64_t pages = 0; pages < 400; ++pages) {
      Query query = {{"limit", std::to_string(1 + draws.below(6))}};
      if (!cursor.empty()) query.emplace_back("cursor", cursor);
      const auto page = reader.page(query);
      if (!page.good) break;
      events = page.answer.events;
      take_in(page.page, held);
      if (!page.page.records.empty()) cursor = page.page.records.back().cursor;
      if (pages < 12) {
        if (!writer.write()) return;
      } else if (!page.page.next_cursor) {
        compare_holdings(context, writer.truth(), held, events);
        break;
      }
    }
  }
  context.given.stream.model = model;
}

void check_nothing_behind(LawContext& context) {
  const std::string model = context.given.stream.model;
  context.given.stream.model = "Behind";
  RecordReader reader(context);
  Scribbler writer(context, core::Random(context.given.seed).stream("behind"));
  Walk before;
  std::string cursor;
  Holdings held;
  for (std::uint64_t i = 0; i < context.given.rounds; ++i) {
    if (!writer.write()) break;
    // The reader goes on from where it was; then the whole list is looked at.
    Query query;
    if (!cursor.empty()) query.emplace_back("cursor", cursor);
    const Walk news = reader.walk(1000, query);
    for (const ServedRecord& record : news.records) cursor = record.cursor;
    take_in({news.records, std::nullopt}, held);
    const Walk now = reader.walk(1000);
    check_continuity(before, now, context.server.dialect(), context.findings);
    before = now;
  }
  compare_holdings(context, writer.truth(), held, before.events);
  context.given.stream.model = model;
}

void check_side_by_side(LawContext& context) {
  const std::string model = context.given.stream.model;
  context.given.stream.model = "SideBySide";
  RecordReader reader(context);
  Holdings truth;
  Holdings held;
  std::string cursor;
  const auto take_pages = [&](const std::vector<ServedRecord>& records) {
    take_in({records, std::nullopt}, held);
    if (!records.empty()) cursor = records.back().cursor;
  };
  const auto since_cursor = [&] { return cursor.empty() ? Query{} : Query{{"cursor", cursor}}; };
  for (std::uint64_t round = 1; round <= context.given.rounds; ++round) {
    // The first takes longer: it begins first, and may well end last.
    std::vector<std::string> runs;
    for (const std::uint64_t size : {std::uint64_t{200}, std::uint64_t{3}, std::uint64_t{1}}) {
      runs.push_back(run_of_writer(context.given.stream, runs.size(), size, round, truth));
    }
    const auto answers = context.server.run_side_by_side(runs, reader.request(since_cursor()));
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (answers[i].status() == 200) continue;
      context.findings.fail("SYNC-3", "a run was not accepted", "200",
                            std::to_string(answers[i].status()), answers[i].events);
      context.given.stream.model = model;
      return;
    }
    const auto page = read_page(answers.back().body(), context.server.dialect());
    if (page) take_pages(page->records);
    take_pages(reader.walk(1000, since_cursor()).records);
  }
  const Walk last = reader.walk(1000, since_cursor());
  take_pages(last.records);
  compare_holdings(context, truth, held, last.events);
  context.given.stream.model = model;
}

}  // namespace terapi::conformance
