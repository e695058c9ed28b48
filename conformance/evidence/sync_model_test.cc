#include "conformance/evidence/sync_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace terapi::conformance {
namespace {

namespace json = core::json;
using namespace std::chrono_literals;
using testing::ElementsAre;

// A world with one sync, hourly, of five objects in pages of two.
class SyncModelTest : public testing::Test {
 protected:
  void begin(const std::string& type, SyncModel::Runs runs = SyncModel::Runs::kScheduled) {
    syncs_.emplace(model_, runs);
    const auto world = json::Document::parse(
        R"({"integrations":[{"id":"github","syncs":[{"name":"things","models":["Issue"],"type":")" +
        type +
        R"(","collections":{"Issue":"things"},"frequency":"1h"}]}],)"
        R"("connections":[{"id":"demo","integration":"github"}],)"
        R"("upstream":[{"connection":"demo","collection":"things","page_size":2,)"
        R"("items":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"},{"id":"e"}]}]})");
    ASSERT_TRUE(world);
    syncs_->apply_world(world->root(), at(0h));
  }
  static core::Time at(core::Duration since) { return core::Time(since); }
  void change(const std::string& lists) {
    const auto document = json::Document::parse(lists);
    ASSERT_TRUE(document) << lists;
    syncs_->collection("github", "demo", "things")->change(document->root());
  }
  // The ids that are served, with "-" before those that are deleted.
  std::vector<std::string> records(const std::string& stream = "github/demo/Issue") const {
    std::vector<std::string> ids;
    const ModelStream* known = model_.stream(stream);
    if (known == nullptr) return ids;
    for (const ModelRecord& record : known->records) {
      if (!record.erased) ids.push_back((record.now().deleted ? "-" : "") + record.id);
    }
    return ids;
  }
  RunCounts last() const { return syncs_->runs().back().counts; }

  Model model_;
  std::optional<SyncModel> syncs_;
  const SyncKey key_{.sync = "things"};
};

TEST_F(SyncModelTest, RunsAtOnceAndThenAtItsFrequency) {
  begin("incremental");
  syncs_->run_due(at(0h));
  EXPECT_THAT(records(), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_EQ(last(), (RunCounts{5, 0, 0, 0}));
  EXPECT_TRUE(syncs_->runs().back().first);
  change(R"({"save":[{"id":"f"}],"update":[{"id":"a","n":1}],"delete":["b"]})");
  syncs_->run_due(at(59min));
  EXPECT_EQ(syncs_->runs().size(), 1U);
  syncs_->run_due(at(1h));
  EXPECT_EQ(last(), (RunCounts{1, 1, 1, 0}));
  EXPECT_FALSE(syncs_->runs().back().first);
  EXPECT_THAT(records(), ElementsAre("a", "-b", "c", "d", "e", "f"));
}

TEST_F(SyncModelTest, AFullRunTakesForDeletedWhatItDoesNotFind) {
  begin("full");
  syncs_->run_due(at(0h));
  change(R"({"delete":["a","e"]})");
  syncs_->run(key_, {}, at(1min));
  EXPECT_EQ(last(), (RunCounts{0, 0, 2, 3}));
  EXPECT_THAT(records(), ElementsAre("-a", "b", "c", "d", "-e"));
}

TEST_F(SyncModelTest, ARunThatFailsKeepsWhatItSavedAndDeletesNothing) {
  for (const char* type : {"full", "incremental"}) {
    begin(type);
    model_.apply_world({});
    syncs_->run_due(at(0h));
    change(R"({"delete":["e"],"update":[{"id":"a","n":1},{"id":"b","n":1}]})");
    syncs_->run(key_, {.fails_after = 1}, at(1min));
    EXPECT_TRUE(syncs_->runs().back().failed);
    EXPECT_THAT(records(), ElementsAre("a", "b", "c", "d", "e")) << type;
    syncs_->run(key_, {}, at(2min));
    EXPECT_THAT(records(), ElementsAre("a", "b", "c", "d", "-e")) << type;
    EXPECT_EQ(model_.stream("github/demo/Issue")->find("b")->now().action, "UPDATED");
  }
}

TEST_F(SyncModelTest, NobodyKnowsTheTypeOfARunAfterAFirstThatFailed) {
  begin("incremental");
  syncs_->run(key_, {.fails_after = 1}, at(0h));
  EXPECT_TRUE(syncs_->runs().back().first);
  syncs_->run(key_, {}, at(1min));
  EXPECT_FALSE(syncs_->runs().back().type_known);
  syncs_->run(key_, {}, at(2min));
  EXPECT_TRUE(syncs_->runs().back().type_known);
}

TEST_F(SyncModelTest, APausedSyncWaitsAndAnEmptiedOneBeginsAnew) {
  begin("incremental");
  syncs_->run_due(at(0h));
  syncs_->pause(key_);
  change(R"({"delete":["a"]})");
  syncs_->run_due(at(5h));
  EXPECT_THAT(records(), ElementsAre("a", "b", "c", "d", "e"));
  syncs_->start(key_, at(5h));
  syncs_->run(key_, {.reset = true, .empty_cache = true}, at(5h));
  EXPECT_EQ(last(), (RunCounts{4, 0, 0, 0}));
  EXPECT_TRUE(syncs_->runs().back().first);
  EXPECT_THAT(records(), ElementsAre("b", "c", "d", "e"));
  EXPECT_TRUE(model_.stream("github/demo/Issue")->find("a")->erased);
}

TEST_F(SyncModelTest, AVariantIsAStreamOfItsOwn) {
  begin("incremental");
  syncs_->run_due(at(0h));
  SyncKey eu = key_;
  eu.variant = "eu";
  syncs_->add_variant(eu, at(1min));
  syncs_->run_due(at(1min));
  EXPECT_EQ(records("github/demo/Issue/eu").size(), 5U);
  syncs_->remove_variant(eu);
  EXPECT_EQ(records("github/demo/Issue/eu").size(), 0U);
  EXPECT_EQ(records().size(), 5U);
}

TEST_F(SyncModelTest, ARunByHandTellsTheExternalApi) {
  begin("full");
  syncs_->run_due(at(0h));
  const auto run = json::Document::parse(
      R"({"integration":"github","connection":"demo","model":"Issue","save":[{"id":"f"}],)"
      R"("update":[{"id":"unknown","n":1}],"delete":["a"]})");
  model_.apply_run(run->root());
  syncs_->saved_by_hand(run->root());
  syncs_->run(key_, {}, at(1min));
  EXPECT_EQ(last(), (RunCounts{0, 0, 0, 5}));
  EXPECT_THAT(records(), ElementsAre("-a", "b", "c", "d", "e", "f"));
}

TEST_F(SyncModelTest, APageHoldsWhatWasThereWhenItWasAskedFor) {
  begin("full", SyncModel::Runs::kWatched);
  syncs_->begin(key_, {});
  syncs_->ask(key_, "Issue");
  change(R"({"update":[{"id":"a","n":1}]})");
  syncs_->page(key_, "Issue", 2);
  EXPECT_EQ(model_.stream("github/demo/Issue")->find("a")->now().payload, R"({"id":"a"})");
  syncs_->ask(key_, "Issue");
  syncs_->page(key_, "Issue", 2);
  syncs_->ask(key_, "Issue");
  syncs_->page(key_, "Issue", 2);
  syncs_->end(key_);
  // What moved behind what was read came once more.
  EXPECT_EQ(model_.stream("github/demo/Issue")->find("a")->now().payload, R"({"id":"a","n":1})");
  EXPECT_THAT(records(), ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(SyncModelTest, RunsThatComeByTheClockAreNotWatched) {
  begin("full", SyncModel::Runs::kWatched);
  syncs_->run_due(at(5h));
  syncs_->run(key_, {}, at(5h));
  EXPECT_TRUE(syncs_->runs().empty());
}

}  // namespace
}  // namespace terapi::conformance
