#include "simulator/engine/engine.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "simulator/records/uuid.h"

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;

class EngineTest : public testing::Test {
 protected:
  RecordPtr record(const Stream& stream, const std::string& id, Time time) {
    RecordFields fields;
    fields.id = id;
    fields.payload = "{}";
    fields.position = {time, record_uuid(stream.tag, id)};
    fields.first_seen = time;
    return Record::make(fields);
  }

  core::VirtualClock clock;
  Engine engine{clock, terapi_dialect(), 42};
  Environment environment;
};

// CUR-9: two commits never share a timestamp.
TEST_F(EngineTest, GivesEachCommitATimeOfItsOwnWhileTheClockStandsStill) {
  const Time now = clock.now();
  EXPECT_EQ(engine.take_commit_time(), now);
  for (int i = 1; i <= 1000; ++i) EXPECT_EQ(engine.take_commit_time(), now + Duration(i));
}

TEST_F(EngineTest, CommitsAtTheClocksTimeOnceItHasMovedOn) {
  static_cast<void>(engine.take_commit_time());
  static_cast<void>(engine.take_commit_time());
  clock.advance_by(1us);
  EXPECT_EQ(engine.take_commit_time(), clock.now() + 1us) << "that microsecond is taken";
  clock.advance_by(5s);
  EXPECT_EQ(engine.take_commit_time(), clock.now());
}

TEST_F(EngineTest, NeverCommitsBeforeWhatWasCommittedWhenTheClockGoesBack) {
  const Time first = engine.take_commit_time();
  clock.set(first - 24h);
  EXPECT_EQ(engine.take_commit_time(), first + 1us);
  EXPECT_EQ(engine.take_commit_time(), first + 2us);
}

TEST_F(EngineTest, GoesOnFromAStoredCommitTime) {
  engine.state().last_commit = clock.now() + 1h;
  EXPECT_EQ(engine.take_commit_time(), clock.now() + 1h + 1us);
}

TEST_F(EngineTest, MakesIdsOfSeedKindAndNumberAlone) {
  EXPECT_EQ(engine.make_id("run", 1), Engine(clock, terapi_dialect(), 42).make_id("run", 1));
  EXPECT_NE(engine.make_id("run", 1), Engine(clock, terapi_dialect(), 43).make_id("run", 1));
  std::set<std::string> ids;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    for (const char* kind : {"run", "delivery"}) {
      const std::string id = engine.make_id(kind, i);
      EXPECT_TRUE(parse_uuid(id)) << id;
      EXPECT_TRUE(ids.insert(id).second) << kind << i;
    }
  }
}

TEST_F(EngineTest, MakesAStreamOnceAndNumbersIt) {
  Stream& first = engine.stream(environment, {"github", "demo", "Issue", "base"});
  EXPECT_EQ(first.number, 1U);
  EXPECT_EQ(&engine.stream(environment, {"github", "demo", "Issue", "base"}), &first);
  EXPECT_EQ(engine.stream(environment, {"github", "demo", "Issue", "v"}).number, 2U);
  EXPECT_EQ(engine.state().last_stream, 2U);
}

// CUR-7: by its tag a cursor of another stream is recognised.
TEST_F(EngineTest, TagsEveryStreamDifferently) {
  std::set<std::uint32_t> tags;
  for (const StreamKey& key : {StreamKey{"a", "bc", "d", "e"}, StreamKey{"ab", "c", "d", "e"},
                               StreamKey{"a", "b", "cd", "e"}, StreamKey{"a", "b", "c", "de"},
                               StreamKey{"", "abc", "d", "e"}, StreamKey{"1:a", "b", "c", "d"}}) {
    EXPECT_TRUE(tags.insert(engine.stream(environment, key).tag).second) << describe(key);
  }
  Environment other;
  other.settings.name = "prod";
  EXPECT_TRUE(tags.insert(engine.stream(other, {"a", "bc", "d", "e"}).tag).second);
  Engine again(clock, terapi_dialect(), 7);
  Environment same;
  EXPECT_TRUE(tags.contains(again.stream(same, {"a", "bc", "d", "e"}).tag)) << "whatever the seed";
}

TEST_F(EngineTest, KeepsWhatAPutReplaced) {
  Stream& stream = engine.stream(environment, {"github", "demo", "Issue", "base"});
  const Time start = clock.now();
  engine.put(stream, record(stream, "1", start));
  EXPECT_TRUE(stream.superseded.empty());
  clock.advance_by(1h);
  engine.put(stream, record(stream, "1", clock.now()));
  ASSERT_EQ(stream.superseded.size(), 1U);
  EXPECT_EQ(stream.superseded[0].record->last_modified(), start);
  EXPECT_EQ(stream.superseded[0].until, start + 1h);
  EXPECT_EQ(engine.changes().records.size(), 2U);
  EXPECT_EQ(engine.changes().records[1].first, stream.number);
}

TEST_F(EngineTest, KeepsABoundedNumberOfReplacedVersions) {
  Stream& stream = engine.stream(environment, {"github", "demo", "Issue", "base"});
  for (int i = 0; i <= 10050; ++i) {
    engine.put(stream, record(stream, "1", engine.take_commit_time()));
  }
  EXPECT_EQ(stream.superseded.size(), 10000U);
  EXPECT_EQ(stream.superseded.front().record->last_modified(), clock.now() + Duration(50));
  EXPECT_EQ(stream.superseded.back().record->last_modified(), clock.now() + Duration(10049));
}

TEST_F(EngineTest, SettlesAfterEachTimer) {
  std::string order;
  engine.set_settle([&] { order += "settle "; });
  engine.at(clock.now() + 2s, [&] { order += "second "; });
  engine.at(clock.now() + 1s, [&] { order += "first "; });
  const core::TimerId cancelled = engine.at(clock.now() + 1s, [&] { order += "never "; });
  EXPECT_TRUE(engine.cancel(cancelled));
  clock.advance_by(3s);
  EXPECT_EQ(order, "first settle second settle ");
}

TEST_F(EngineTest, LogsAtItsClocksTime) {
  clock.advance_by(5s);
  engine.log(LogLevel::kInfo, "run", "a run ended", {{"run", "1"}});
  ASSERT_NE(engine.logs().find(1), nullptr);
  EXPECT_EQ(engine.logs().find(1)->at, clock.now());
}

}  // namespace
}  // namespace terapi::simulator
