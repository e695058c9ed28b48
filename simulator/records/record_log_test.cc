#include "simulator/records/record_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/breather.h"
#include "core/random.h"

namespace terapi::simulator {
namespace {

using core::Random;

constexpr std::uint32_t kTag = 7;

Time at(std::int64_t micros) { return core::VirtualClock::start_of_time() + Duration(micros); }

RecordPtr make(const std::string& id, std::int64_t micros, Action action = Action::kAdded,
               const std::string& payload = "{}", std::optional<Time> pruned_at = std::nullopt) {
  RecordFields fields;
  fields.id = id;
  fields.payload = payload;
  fields.position = {at(micros), record_uuid(kTag, id)};
  fields.first_seen = at(micros);
  fields.action = action;
  fields.pruned_at = pruned_at;
  return Record::make(fields);
}

// One version as a reader sees it.
struct Version {
  Position position;
  std::string id;
  std::string payload;
  Action action = Action::kAdded;
  bool pruned = false;
  auto operator<=>(const Version&) const = default;
};

Version seen(const Record& record) {
  return {record.position(), std::string(record.id()), std::string(record.payload()),
          record.action(), record.pruned_at().has_value()};
}

std::vector<Version> page(const RecordLog& log, const Position& after, std::size_t limit,
                          ActionSet actions = all_actions()) {
  std::vector<Version> records;
  log.walk(after, actions, [&](const Record& record) {
    records.push_back(seen(record));
    return records.size() < limit;
  });
  return records;
}

std::vector<std::string> ids(const std::vector<Version>& versions) {
  std::vector<std::string> all;
  for (const Version& version : versions) all.push_back(version.id);
  return all;
}

std::vector<std::string> all_ids(const RecordLog& log) {
  return ids(page(log, Position::start(), SIZE_MAX));
}

using Ids = std::vector<std::string>;

TEST(RecordLog, IsEmptyAtFirst) {
  const RecordLog log;
  EXPECT_EQ(log.size(), 0U);
  EXPECT_EQ(log.bytes(), 0U);
  EXPECT_EQ(log.last(), nullptr);
  EXPECT_EQ(log.find("1"), nullptr);
  EXPECT_TRUE(all_ids(log).empty());
}

TEST(RecordLog, MovesAModifiedRecordToTheEnd) {
  RecordLog log;
  log.put(make("a", 1));
  log.put(make("b", 2));
  EXPECT_FALSE(log.put(make("c", 3)));
  const RecordPtr before = log.put(make("a", 4, Action::kUpdated));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->position().time, at(1));
  EXPECT_EQ(all_ids(log), (Ids{"b", "c", "a"}));
  EXPECT_EQ(log.size(), 3U);
  EXPECT_EQ(log.count(Action::kAdded), 2U);
  EXPECT_EQ(log.count(Action::kUpdated), 1U);
  EXPECT_EQ(log.last()->id(), "a");
}

TEST(RecordLog, LeavesTheCursorsOwnRecordOut) {
  RecordLog log;
  for (int i = 1; i <= 5; ++i) log.put(make(std::to_string(i), i));
  const Position third = log.find("3")->position();
  EXPECT_EQ(ids(page(log, third, 10)), (Ids{"4", "5"}));
  log.put(make("3", 6, Action::kDeleted));
  EXPECT_EQ(ids(page(log, third, 10)), (Ids{"4", "5", "3"})) << "its record has moved";
}

TEST(RecordLog, StartsAtATimeInclusively) {
  RecordLog log;
  for (int i = 1; i <= 3; ++i) log.put(make(std::to_string(i), i));
  EXPECT_EQ(ids(page(log, Position::just_before(at(2)), 10)), (Ids{"2", "3"}));
  EXPECT_EQ(ids(page(log, Position::just_before(at(4)), 10)), Ids{});
}

TEST(RecordLog, BreaksTiesByTheStableId) {
  RecordLog log;
  std::vector<Version> expected;
  std::vector<RecordPtr> records;
  for (int i = 0; i < 2000; ++i) {
    records.push_back(make(std::to_string(i), 1));
    expected.push_back(seen(*records.back()));
  }
  std::sort(expected.begin(), expected.end());
  for (const RecordPtr& record : records) log.put(record);
  EXPECT_EQ(page(log, Position::start(), SIZE_MAX), expected);
  // A page boundary in the middle of a tie loses and repeats nothing (CUR-5).
  std::vector<Version> paged;
  Position cursor = Position::start();
  while (true) {
    const std::vector<Version> next = page(log, cursor, 7);
    paged.insert(paged.end(), next.begin(), next.end());
    ASSERT_LE(paged.size(), expected.size());
    if (next.size() < 7) break;
    cursor = next.back().position;
  }
  EXPECT_EQ(paged, expected);
}

TEST(RecordLog, PutsALateCommitWhereItBelongs) {
  RecordLog log;
  log.put(make("a", 10));
  log.put(make("c", 30));
  log.put(make("b", 20));
  log.put(make("first", 1));
  EXPECT_EQ(all_ids(log), (Ids{"first", "a", "b", "c"}));
  EXPECT_EQ(log.last()->id(), "c");
  log.put(make("c", 15, Action::kUpdated));
  EXPECT_EQ(all_ids(log), (Ids{"first", "a", "c", "b"}));
}

TEST(RecordLog, ExchangesWithoutMoving) {
  RecordLog log;
  log.put(make("a", 1, Action::kAdded, R"({"id":"a","long":"payload"})"));
  log.put(make("b", 2));
  log.exchange(make("a", 1, Action::kAdded, R"({"id":"a"})", at(9)));
  EXPECT_EQ(all_ids(log), (Ids{"a", "b"}));
  EXPECT_EQ(log.find("a")->payload(), R"({"id":"a"})");
  EXPECT_EQ(log.find("a")->pruned_at(), at(9));
  EXPECT_EQ(log.find("b")->payload(), "{}");
  EXPECT_EQ(log.bytes(), 1 + 10 + 1 + 2U);
  EXPECT_EQ(log.size(), 2U);
}

TEST(RecordLogDeathTest, RefusesAnExchangeThatMoves) {
  RecordLog log;
  log.put(make("a", 1));
  EXPECT_DEATH(log.exchange(make("a", 2)), "exchange keeps the position");
  EXPECT_DEATH(log.exchange(make("b", 1)), "exchange keeps the position");
}

TEST(RecordLog, CopiesStandOnTheirOwn) {
  RecordLog log;
  for (int i = 0; i < 1500; ++i) log.put(make(std::to_string(i), i));
  RecordLog copy = log;
  const auto before = page(copy, Position::start(), SIZE_MAX);
  for (int i = 0; i < 1500; i += 3) log.put(make(std::to_string(i), 2000 + i, Action::kDeleted));
  log.put(make("late", 700));
  EXPECT_EQ(page(copy, Position::start(), SIZE_MAX), before);
  EXPECT_EQ(copy.find("0")->action(), Action::kAdded);
  EXPECT_EQ(copy.find("late"), nullptr);
  const auto after = page(log, Position::start(), SIZE_MAX);
  copy.put(make("1", 9000, Action::kUpdated));
  EXPECT_EQ(page(log, Position::start(), SIZE_MAX), after);
  { const RecordLog gone = log; }
  EXPECT_EQ(page(log, Position::start(), SIZE_MAX), after);
}

TEST(RecordLog, IsClearedByItselfAndBreathes) {
  RecordLog log;
  for (int i = 0; i < 1500; ++i) log.put(make(std::to_string(i), i));
  const RecordLog copy = log;
  int breaths = 0;
  {
    const core::Breather breather([&] { ++breaths; });
    log.clear();
  }
  EXPECT_GT(breaths, 1);
  EXPECT_EQ(log.size(), 0U);
  EXPECT_EQ(log.bytes(), 0U);
  EXPECT_EQ(log.count(Action::kAdded), 0U);
  EXPECT_EQ(log.find("7"), nullptr);
  EXPECT_EQ(copy.size(), 1500U);
  log.put(make("7", 3));
  EXPECT_EQ(all_ids(log), Ids{"7"});
}

TEST(RecordLog, IsWalkedWithBreaths) {
  RecordLog log;
  for (int i = 0; i < 1500; ++i) log.put(make(std::to_string(i), i));
  int breaths = 0;
  const core::Breather breather([&] { ++breaths; });
  EXPECT_EQ(page(log, Position::start(), SIZE_MAX).size(), 1500U);
  EXPECT_GT(breaths, 40);
}

TEST(Record, KeepsIdsAndPayloadsByteForByte) {
  const std::string payload("{\"a\":\"\0\xE2\x80\xA8\"}", 13);
  const RecordPtr record = make(std::string("i\xC3\xA9"), 5, Action::kDeleted, payload);
  const RecordPtr copy = record;
  EXPECT_EQ(copy->id(), "i\xC3\xA9");
  EXPECT_EQ(copy->payload(), payload);
  EXPECT_TRUE(copy->deleted());
  EXPECT_EQ(copy->fields().payload, payload);
  EXPECT_EQ(copy->pruned_at(), std::nullopt);
  EXPECT_EQ(copy->action(), Action::kDeleted);
  const RecordPtr empty = Record::make({});
  EXPECT_EQ(empty->id(), "");
  EXPECT_EQ(empty->payload(), "");
}

// --- property tests ----------------------------------------------------------------------------

// The same thing without any cleverness: what RecordLog is compared with.
class NaiveLog {
 public:
  void put(const Record& record) { versions_[std::string(record.id())] = seen(record); }
  const Version* find(const std::string& id) const {
    const auto found = versions_.find(id);
    return found == versions_.end() ? nullptr : &found->second;
  }
  std::vector<Version> after(const Position& position, ActionSet actions) const {
    std::vector<Version> suffix;
    for (const auto& [id, version] : versions_) {
      const bool wanted = actions.test(static_cast<std::size_t>(version.action));
      if (wanted && version.position > position) suffix.push_back(version);
    }
    std::sort(suffix.begin(), suffix.end());
    return suffix;
  }
  const std::map<std::string, Version>& versions() const { return versions_; }

 private:
  std::map<std::string, Version> versions_;
};

// A log, its model, and random changes made to both.
class Pair {
 public:
  void change(Random& random, std::int64_t& now, int most_ids, std::uint64_t most_at_once) {
    switch (random.below(10)) {
      case 0:
        prune(random);
        break;
      case 1: {  // a late commit, anywhere in the past
        const std::string id = std::to_string(random.below(most_ids));
        put(id, static_cast<std::int64_t>(random.below(now + 1)), random, pick(random));
        break;
      }
      case 2:
        save(random, ++now, most_ids, most_at_once, Action::kDeleted);
        break;
      default:
        now += 1 + random.below(3);
        save(random, now, most_ids, most_at_once, pick(random));
    }
  }

  void check(Random& random, std::int64_t now) const {
    ASSERT_EQ(log.size(), model.versions().size());
    std::size_t bytes = 0;
    std::array<std::size_t, kActions> counts{};
    for (const auto& [id, version] : model.versions()) {
      const Record* record = log.find(id);
      ASSERT_NE(record, nullptr) << id;
      ASSERT_EQ(seen(*record), version) << id;
      bytes += id.size() + version.payload.size();
      ++counts[static_cast<std::size_t>(version.action)];
    }
    ASSERT_EQ(log.bytes(), bytes);
    for (const Action action : {Action::kAdded, Action::kUpdated, Action::kDeleted}) {
      ASSERT_EQ(log.count(action), counts[static_cast<std::size_t>(action)]);
    }
    ASSERT_EQ(log.find("never saved"), nullptr);
    const auto everything = model.after(Position::start(), all_actions());
    ASSERT_EQ(page(log, Position::start(), SIZE_MAX), everything);
    if (!everything.empty()) {
      ASSERT_EQ(seen(*log.last()), everything.back());
    }
    for (int i = 0; i < 4; ++i) check_paging(random, now);
  }

 private:
  // Pages from a random cursor to the end; the pages have to be the exact suffix.
  void check_paging(Random& random, std::int64_t now) const {
    const Position start = cursor(random, now);
    const ActionSet actions(1 + random.below(7));
    const std::size_t limit = 1 + random.below(50);
    const std::vector<Version> expected = model.after(start, actions);
    std::vector<Version> paged;
    Position after = start;
    while (true) {
      const std::vector<Version> next = page(log, after, limit, actions);
      ASSERT_LE(next.size(), limit);
      paged.insert(paged.end(), next.begin(), next.end());
      ASSERT_LE(paged.size(), expected.size()) << "something comes twice";
      if (next.size() < limit) break;
      after = next.back().position;
    }
    ASSERT_EQ(paged, expected) << "limit " << limit << " actions " << actions;
  }

  Position cursor(Random& random, std::int64_t now) const {
    const Time time = at(static_cast<std::int64_t>(random.below(now + 2)));
    switch (random.below(5)) {
      case 0:
        return Position::start();
      case 1:
        return Position::just_before(time);
      case 2:
        return {time, random_uuid(random.next(), random.next())};
      case 3:
        if (log.last() != nullptr) return log.last()->position();
        [[fallthrough]];
      default: {
        if (model.versions().empty()) return Position::start();
        auto found = model.versions().begin();
        std::advance(found, random.below(model.versions().size()));
        return found->second.position;
      }
    }
  }

  static Action pick(Random& random) { return kActionWords[random.below(kActions)].value; }

  void put(const std::string& id, std::int64_t time, Random& random, Action action) {
    const RecordPtr record =
        make(id, time, action, "{\"v\":" + std::to_string(random.below(100000)) + "}");
    const Version* known = model.find(id);
    const RecordPtr before = log.put(record);
    ASSERT_EQ(static_cast<bool>(before), known != nullptr) << id;
    if (before) {
      ASSERT_EQ(seen(*before), *known);
    }
    model.put(*record);
  }

  void save(Random& random, std::int64_t time, int most_ids, std::uint64_t most, Action action) {
    const std::uint64_t count = 1 + random.below(most);
    for (std::uint64_t i = 0; i < count; ++i) {
      put(std::to_string(random.below(most_ids)), time, random, action);
    }
  }

  void prune(Random& random) {
    if (model.versions().empty()) return;
    auto found = model.versions().begin();
    std::advance(found, random.below(model.versions().size()));
    RecordFields fields = log.find(found->first)->fields();
    fields.payload = "{}";
    fields.pruned_at = at(1);
    const RecordPtr pruned = Record::make(fields);
    log.exchange(pruned);
    model.put(*pruned);
  }

 public:
  RecordLog log;
  NaiveLog model;
};

class RecordLogProperty : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RecordLogProperty, AgreesWithANaiveModelThroughChangesAndCopies) {
  Random random = Random(GetParam()).stream("record-log");
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  const int most_ids = 20 + static_cast<int>(random.below(3000));
  const std::uint64_t most_at_once = 1 + random.below(40);
  const int operations = 200 + static_cast<int>(random.below(200));
  std::int64_t now = 0;
  Pair pair;
  std::vector<Pair> copies;
  for (int i = 0; i < operations; ++i) {
    SCOPED_TRACE("operation " + std::to_string(i));
    pair.change(random, now, most_ids, most_at_once);
    if (random.below(40) == 0) copies.push_back(pair);
    if (copies.size() > 3) copies.erase(copies.begin());
    if (!copies.empty() && random.below(60) == 0) std::swap(pair, copies.front());
    if (i % 50 == 0) pair.check(random, now);
    if (HasFatalFailure()) return;
  }
  pair.check(random, now);
  for (const Pair& copy : copies) copy.check(random, now);
}

// CUR-3, CUR-5: a reader that pages while records are written gets every final version, and none
// twice.
TEST_P(RecordLogProperty, GivesAReaderEveryFinalVersionWhileItIsWrittenTo) {
  Random random = Random(GetParam()).stream("reader");
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  RecordLog log;
  std::set<Version> given;
  std::map<std::string, Version> held;
  Position cursor = Position::start();
  std::int64_t now = 0;
  const std::uint64_t most_ids = 1 + random.below(400);
  int writes = 150;
  while (true) {
    if (writes > 0 && random.below(2) == 0) {
      --writes;
      ++now;
      const std::uint64_t count = 1 + random.below(30);
      std::set<std::string> saved;
      while (saved.size() < std::min(count, most_ids)) {
        saved.insert(std::to_string(random.below(most_ids)));
      }
      for (const std::string& id : saved) {
        log.put(make(id, now, kActionWords[random.below(kActions)].value, std::to_string(now)));
      }
      continue;
    }
    const std::size_t limit = 1 + random.below(50);
    const std::vector<Version> next = page(log, cursor, limit);
    for (const Version& version : next) {
      ASSERT_TRUE(given.insert(version).second) << version.id << " was given twice";
      held[version.id] = version;
    }
    if (!next.empty()) cursor = next.back().position;
    if (next.size() < limit && writes == 0) break;
  }
  ASSERT_EQ(held.size(), log.size());
  for (const auto& [id, version] : held) ASSERT_EQ(version, seen(*log.find(id)));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RecordLogProperty, testing::Range<std::uint64_t>(1, 201));

TEST(RecordLogLarge, AgreesWithANaiveModelAcrossManyChunks) {
  constexpr std::uint64_t kSeed = 20231117;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Random random(kSeed);
  Pair pair;
  std::int64_t now = 0;
  for (int i = 0; i < 25000; ++i) {
    if (i % 10 == 0) ++now;
    const RecordPtr record = make(std::to_string(i), now);
    pair.log.put(record);
    pair.model.put(*record);
  }
  pair.check(random, now);
  const Pair copy = pair;
  for (int i = 0; i < 1500; ++i) {
    pair.change(random, now, 30000, 30);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(pair.log.size(), 20000U);
  pair.check(random, now);
  copy.check(random, now);
}

}  // namespace
}  // namespace terapi::simulator
