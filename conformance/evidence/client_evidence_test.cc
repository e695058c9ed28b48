// What the judge holds against a client, and what it does not: histories written by hand.
#include "conformance/evidence/client_evidence.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "conformance/contract/cursor.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

constexpr const char* kStream = "github/demo/Issue";

class ClientEvidenceTest : public testing::Test {
 protected:
  // A run; its records stand at position `time_`, one after the other.
  void run(const std::string& members) {
    const auto body = core::json::Document::parse(
        R"({"integration":"github","connection":"demo","model":"Issue",)" + members + "}");
    ASSERT_TRUE(body) << members;
    model_.apply_run(body->root());
  }

  static std::string cursor(int place) {
    Position position;
    position.time = core::Time(std::chrono::seconds(1'704'067'200 + place));
    position.id = "00000000-0000-4000-8000-000000000001";
    return write_cursor(position, terapi_dialect());
  }

  // A request of that process, answered with these records whole.
  Exchange& asks(int life, int after, std::vector<Sight> records = {}, int next = 0) {
    Exchange exchange;
    exchange.life = life;
    exchange.stream = kStream;
    if (after > 0) exchange.cursor = cursor(after);
    exchange.status = 200;
    exchange.whole = true;
    exchange.runs = model_.runs();
    exchange.records = std::move(records);
    if (next > 0) exchange.next_cursor = cursor(next);
    exchange.asked_at = exchange.answered_at = exchange.handed_at = now_ += between_;
    exchange.request = history_.add({.at = now_, .kind = EventKind::kRequest, .life = life});
    exchange.response = history_.add({.at = now_, .kind = EventKind::kResponse, .life = life});
    history_.exchanges.push_back(std::move(exchange));
    return history_.exchanges.back();
  }
  static Sight sight(const std::string& id, int place, std::size_t version) {
    return {id, cursor(place), version == 0 ? "ADDED" : "UPDATED", version, false};
  }

  void dump(int life, bool dead, std::vector<std::pair<std::string, std::string>> records) {
    TakenDump taken;
    taken.event = history_.add({.at = now_, .kind = EventKind::kDump});
    taken.life = life;
    taken.dead = dead;
    for (auto& [id, payload] : records) {
      taken.records.push_back({kStream, id, false, std::move(payload), ""});
    }
    dumps_.push_back(std::move(taken));
  }

  std::vector<Finding> findings(bool several_workers) const {
    return find_broken_invariants({.history = history_,
                                   .model = model_,
                                   .dialect = terapi_dialect(),
                                   .streams = {kStream},
                                   .dumps = dumps_,
                                   .spared = {},
                                   .several_workers = several_workers});
  }

  // The invariants and clauses that are broken.
  std::vector<std::string> broken(bool several_workers = false) const {
    std::vector<std::string> names;
    for (const Finding& finding : findings(several_workers)) {
      names.push_back(finding.invariant.empty() ? finding.clause : finding.invariant);
    }
    return names;
  }
  std::vector<Verdict> verdicts() const {
    std::vector<Verdict> verdicts;
    for (const Finding& finding : findings(false)) verdicts.push_back(finding.verdict);
    return verdicts;
  }

  Model model_;
  History history_;
  std::vector<TakenDump> dumps_;
  core::Time now_{};
  core::Duration between_ = 1s;  // requests
};

using Names = std::vector<std::string>;

TEST_F(ClientEvidenceTest, FindsAVersionThatFell) {
  run(R"("save":[{"id":"1","n":1}])");
  run(R"("save":[{"id":"1","n":2}])");
  dump(1, true, {{"1", R"({"id":"1","n":2})"}});
  dump(1, true, {{"1", R"({"id":"1","n":1})"}});
  EXPECT_EQ(broken(), Names{"I3"});
}

TEST_F(ClientEvidenceTest, TakesContentThatCameBackForEitherOfItsVersions) {
  run(R"("save":[{"id":"1","n":1}])");
  run(R"("save":[{"id":"1","n":2}])");
  run(R"("save":[{"id":"1","n":1}])");
  dump(1, true, {{"1", R"({"id":"1","n":1})"}});
  dump(1, true, {{"1", R"({"id":"1","n":2})"}});
  dump(1, true, {{"1", R"({"id":"1","n":1})"}});
  EXPECT_EQ(broken(), Names{});
}

TEST_F(ClientEvidenceTest, FindsACursorAheadOfWhatTheDeadProcessHadStored) {
  run(R"("save":[{"id":"1","n":1}])");
  asks(1, 0, {sight("1", 5, 0)});
  dump(1, true, {});
  asks(2, 5);
  EXPECT_EQ(broken(), Names{"I5"});
}

TEST_F(ClientEvidenceTest, DoesNotAskAnOldDumpForWhatWasReadSince) {
  run(R"("save":[{"id":"1","n":1}])");
  asks(1, 0);
  dump(1, true, {});
  asks(2, 0, {sight("1", 5, 0)});  // it dies without a dump
  asks(3, 5);
  EXPECT_EQ(broken(), Names{});
}

TEST_F(ClientEvidenceTest, LetsARecordMoveOnBetweenTwoLives) {
  run(R"("save":[{"id":"1","n":1},{"id":"2","n":1}])");
  asks(1, 0, {sight("1", 5, 0)});
  run(R"("save":[{"id":"1","n":2}])");  // stands at 9 now
  dump(1, true, {});
  asks(2, 0, {sight("2", 7, 0)}, 7);
  dump(2, true, {{"2", R"({"id":"2","n":1})"}});
  asks(3, 7);
  EXPECT_EQ(broken(), Names{});
}

TEST_F(ClientEvidenceTest, FindsACursorThatWentBack) {
  run(R"("save":[{"id":"1","n":1},{"id":"2","n":1}])");
  asks(1, 7).struck = true;
  asks(1, 5);
  EXPECT_EQ(broken(), Names{"I6"});
}

TEST_F(ClientEvidenceTest, AFullReadAfterARefusalBeginsAnew) {
  run(R"("save":[{"id":"1","n":1},{"id":"2","n":1}])");
  asks(1, 7).status = 400;
  asks(1, 0, {sight("1", 3, 0)}, 3).struck = true;
  asks(1, 3).struck = true;  // broken off, and gone on with twice
  asks(1, 5).struck = true;
  EXPECT_EQ(broken(), Names{});
}

TEST_F(ClientEvidenceTest, TwoWorkersWalkEachAtItsOwnPace) {
  run(R"("save":[{"id":"1","n":1},{"id":"2","n":1},{"id":"3","n":1}])");
  asks(1, 0, {sight("1", 3, 0)}, 3);
  asks(2, 0, {sight("1", 3, 0)}, 3);
  asks(2, 3, {sight("2", 5, 0)}, 5);
  asks(2, 5, {sight("3", 7, 0)});
  asks(2, 7);
  asks(1, 3, {sight("2", 5, 0)}, 5);  // goes on with its own walk
  EXPECT_EQ(broken(true), Names{});
}

// Over HTTP nobody knows which of them asks: life 0.
TEST_F(ClientEvidenceTest, TwoWorkersNobodyCanTellApartWalkEachAtItsOwnPace) {
  run(R"("save":[{"id":"1","n":1},{"id":"2","n":1},{"id":"3","n":1}])");
  asks(0, 0, {sight("1", 3, 0)}, 3);
  asks(0, 0, {sight("1", 3, 0)}, 3);
  asks(0, 3, {sight("2", 5, 0)}, 5);
  asks(0, 5, {sight("3", 7, 0)});
  asks(0, 3, {sight("2", 5, 0)}, 5);  // the other
  asks(0, 7);
  asks(0, 5, {sight("3", 7, 0)});
  EXPECT_EQ(broken(true), Names{});
  // One had its cursor from before the other stored a later one; but a cursor that stays behind has
  // gone back.
  asks(0, 5, {sight("3", 7, 0)});
  EXPECT_EQ(broken(true), Names{});
  asks(0, 5, {sight("3", 7, 0)});
  EXPECT_EQ(broken(true), Names{"I6"});
}

TEST_F(ClientEvidenceTest, AFullReadOfOneWorkerTakesTheCursorOfBothBack) {
  run(R"("save":[{"id":"1","n":1},{"id":"2","n":1},{"id":"3","n":1}])");
  asks(1, 7).status = 400;
  asks(1, 0, {sight("1", 3, 0)}, 3);
  asks(2, 7);
  asks(1, 3).struck = true;
  asks(2, 3);
  EXPECT_EQ(broken(true), Names{});
  EXPECT_EQ(broken(false), Names{"I6"});
}

TEST_F(ClientEvidenceTest, AHeadIsOneLookWithTheReadAfterIt) {
  between_ = 50ms;
  for (int look = 0; look < 40; ++look) {
    asks(1, 3).for_records = false;
    asks(1, 3).for_records = true;
  }
  EXPECT_EQ(broken(), std::vector<std::string>{}) << "twenty looks in two seconds";
  for (int look = 0; look < 40; ++look) asks(1, 3).for_records = true;
  EXPECT_EQ(broken(), std::vector<std::string>{"I10"});
}

TEST_F(ClientEvidenceTest, AHeadThatIsAskedAgainAndAgainIsAHotLoopToo) {
  between_ = 50ms;
  for (int look = 0; look < 40; ++look) asks(1, 3).for_records = false;
  EXPECT_EQ(broken(), std::vector<std::string>{"I10"});
}

TEST_F(ClientEvidenceTest, ARequestThatTheClientGaveUpDoesNotRunBesideTheNext) {
  between_ = 1500ms;
  asks(1, 3).handed_at += 4s;  // it is held back
  asks(1, 3);
  Exchange& first = history_.exchanges.front();
  EXPECT_EQ(broken(), Names{"I10"});
  first.hung_up = true;
  EXPECT_EQ(broken(), Names{});
  first.hung_up = false;
  first.in_doubt = true;
  EXPECT_EQ(broken(), Names{});
}

TEST_F(ClientEvidenceTest, AWebhookIsNotAnsweredLateByAClientThatHadNoProcessor) {
  WebhookSight webhook;
  webhook.life = 1;
  webhook.status = 200;
  webhook.sent_at = now_;
  webhook.answered_at = now_ + 25s;
  webhook.sent = history_.add({.kind = EventKind::kWebhook});
  webhook.answered = history_.add({.kind = EventKind::kWebhookAnswer});
  history_.webhooks.push_back(webhook);
  EXPECT_EQ(verdicts(), std::vector{Verdict::kFail});
  history_.webhooks.front().starved = 4s;
  EXPECT_EQ(verdicts(), std::vector{Verdict::kFail});
  history_.webhooks.front().starved = 6s;
  EXPECT_EQ(verdicts(), std::vector{Verdict::kInconclusive});
}

}  // namespace
}  // namespace terapi::conformance
