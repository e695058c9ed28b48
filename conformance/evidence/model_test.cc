#include "conformance/evidence/model.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

namespace json = core::json;

class ModelTest : public testing::Test {
 protected:
  RunCounts run(const std::string& members) {
    const auto body = json::Document::parse(
        R"({"integration":"github","connection":"demo","model":"Issue",)" + members + "}");
    EXPECT_TRUE(body) << members;
    return model_.apply_run(body->root());
  }
  const ModelRecord& record(const std::string& id) {
    return *model_.stream("github/demo/Issue")->find(id);
  }
  Model model_;
};

TEST_F(ModelTest, CountsWhatARunChanges) {
  EXPECT_EQ(run(R"("save":[{"id":"1","n":1},{"id":"2","n":1}])"), (RunCounts{2, 0, 0, 0}));
  EXPECT_EQ(run(R"("save":[{"n":1,"id":"1"},{"id":"2","n":2}],"delete":["1","9"])"),
            (RunCounts{0, 1, 1, 1}));
  EXPECT_EQ(run(R"("delete":["1"])"), RunCounts{});
}

TEST_F(ModelTest, AnAddedAgainRecordBeginsANewLife) {
  run(R"("save":[{"id":"1","n":1}])");
  run(R"("delete":["1"])");
  EXPECT_EQ(record("1").now().payload, R"({"id":"1","n":1})");  // META-6: the last payload stays
  run(R"("save":[{"id":"1","n":1}])");
  EXPECT_EQ(record("1").now().action, "ADDED");
  EXPECT_EQ(record("1").now().first_run, 3U);
  EXPECT_FALSE(record("1").now().deleted);
}

TEST_F(ModelTest, UpdatesAreMergedMemberByMember) {
  run(R"("save":[{"id":"1","a":{"x":1,"y":2},"b":[1,2]}])");
  run(R"("update":[{"id":"1","a":{"y":3},"b":[4]},{"id":"unknown","a":1}])");
  EXPECT_TRUE(same_payload(record("1").now().payload, R"({"id":"1","a":{"x":1,"y":3},"b":[4]})"));
  EXPECT_EQ(model_.stream("github/demo/Issue")->records.size(), 1U);
}

TEST_F(ModelTest, AFullDataSetDeletesWhatItLacksUnlessTheRunFails) {
  run(R"("save":[{"id":"1"},{"id":"2"}])");
  EXPECT_EQ(run(R"("replace":[{"id":"1"}],"error":"no")"), (RunCounts{0, 0, 0, 1}));
  EXPECT_EQ(run(R"("replace":[{"id":"1"}])"), (RunCounts{0, 0, 1, 1}));
  EXPECT_TRUE(record("2").now().deleted);
}

TEST_F(ModelTest, APrunedRecordSavedAgainIsModified) {
  run(R"("save":[{"id":"1","n":1}])");
  model_.prune("github/demo/Issue", "1");
  EXPECT_EQ(run(R"("save":[{"id":"1","n":1}])"), (RunCounts{0, 1, 0, 0}));
}

TEST_F(ModelTest, FindsTheVersionThatWasServed) {
  run(R"("save":[{"id":"1","n":1}])");
  run(R"("save":[{"id":"1","n":2}])");
  const std::string stream = "github/demo/Issue";
  EXPECT_EQ(model_.version_of(stream, "1", R"({"n":1.0,"id":"1"})", false), 0U);
  EXPECT_EQ(model_.version_of(stream, "1", R"({"id":"1","n":2})", false), 1U);
  EXPECT_EQ(model_.version_of(stream, "1", R"({"id":"1","n":2})", true), std::size_t(-1));
  EXPECT_EQ(model_.version_of(stream, "1", R"({"id":"1","n":3})", false), std::size_t(-1));
}

TEST_F(ModelTest, ServesNumericIdsAsStrings) {
  run(R"("save":[{"id":7,"n":1}])");
  EXPECT_EQ(record("7").now().payload, R"({"id":"7","n":1})");
}

TEST_F(ModelTest, MergesIntoWhatPruningLeft) {
  run(R"("save":[{"id":"1","old":true}])");
  model_.prune("github/demo/Issue", "1");
  run(R"("update":[{"id":"1","new":true}])");
  EXPECT_EQ(record("1").now().payload, R"({"id":"1","new":true})");
  EXPECT_FALSE(record("1").pruned);
}

class NangoModelTest : public ModelTest {
 protected:
  NangoModelTest() { model_ = Model(nango_dialect().habits); }
};

TEST_F(NangoModelTest, ADeletionIsWrittenDownEachTime) {
  EXPECT_EQ(run(R"("save":[{"id":"1","n":1}])"), (RunCounts{1, 0, 0, 0}));
  EXPECT_EQ(run(R"("delete":["1","9"])"), (RunCounts{0, 0, 1, 0})) << "of what was there";
  EXPECT_EQ(run(R"("delete":["1"])"), RunCounts{});
  EXPECT_EQ(record("1").now().run, 3U);
  EXPECT_EQ(record("9").now().action, "DELETED");
}

TEST_F(NangoModelTest, ASyncDeletesOnlyWhatItsCacheKnows) {
  run(R"("save":[{"id":"1","n":1}])");
  std::size_t number = 0;
  const Model::Part part{{}, {"1", "9"}};
  EXPECT_EQ(model_.apply_part(StreamAsked{}, part, number), (RunCounts{0, 0, 1, 0}));
  EXPECT_EQ(model_.apply_part(StreamAsked{}, part, number), RunCounts{});
}

TEST_F(NangoModelTest, OfADeletedRecordTheIdAloneMayBeServed) {
  run(R"("save":[{"id":"1","n":1}])");
  const Habits& habits = model_.habits();
  EXPECT_FALSE(serves(record("1").now(), R"({"id":"1"})", habits));
  run(R"("delete":["1"])");
  EXPECT_TRUE(serves(record("1").now(), R"({"id":"1"})", habits));
  EXPECT_TRUE(serves(record("1").now(), R"({"id":"1","n":1})", habits));
  EXPECT_FALSE(serves(record("1").now(), R"({"id":"1","n":2})", habits));
  EXPECT_FALSE(serves(record("1").now(), R"({"id":"1"})", terapi_dialect().habits));
}

TEST_F(NangoModelTest, WhatWasSentLastIsNoChangeWhenItIsSentAgainWhateverHasBecomeOfIt) {
  run(R"("save":[{"id":"1","a":1,"b":1}])");
  // A merge that changes nothing is one all the same, once.
  EXPECT_EQ(run(R"("update":[{"id":"1","a":1}])"), (RunCounts{0, 1, 0, 0}));
  EXPECT_EQ(run(R"("update":[{"id":"1","a":1}])"), RunCounts{});
  // And a save of just that does not take the rest away.
  EXPECT_EQ(run(R"("save":[{"id":"1","a":1}])"), (RunCounts{0, 0, 0, 1}));
  EXPECT_EQ(record("1").now().payload, R"({"id":"1","a":1,"b":1})");
}

TEST_F(NangoModelTest, OfAnIdThatASaveHasTwiceTheFirstCounts) {
  EXPECT_EQ(run(R"("save":[{"id":"1","n":1},{"id":"1","n":2}])"), (RunCounts{1, 0, 0, 1}));
  EXPECT_EQ(record("1").now().payload, R"({"id":"1","n":1})");
}

TEST_F(NangoModelTest, AbsenceKeepsAPruningAndADeletionEndsIt) {
  run(R"("save":[{"id":"1","n":1},{"id":"2","n":1}])");
  model_.prune("github/demo/Issue", "1");
  model_.prune("github/demo/Issue", "2");
  run(R"("delete":["2"])");
  run(R"("replace":[])");
  EXPECT_TRUE(record("1").pruned);
  EXPECT_FALSE(record("2").pruned);
}

TEST_F(NangoModelTest, AnotherOrderOfKeysIsAChangeAndAnotherSpellingOfANumberIsNone) {
  run(R"("save":[{"id":"1","a":1,"b":2}])");
  EXPECT_EQ(run(R"("save":[{"a":1.0,"b":2,"id":"1"}])"), (RunCounts{0, 0, 0, 1}));
  EXPECT_EQ(run(R"("save":[{"id":"1","b":2,"a":1}])"), (RunCounts{0, 1, 0, 0}));
}

}  // namespace
}  // namespace terapi::conformance
