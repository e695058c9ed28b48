#include "simulator/runs/run.h"

#include <gmock/gmock.h>

#include <memory>

#include "core/transport.h"
#include "simulator/webhooks/webhook_queue.h"

namespace terapi::simulator {
namespace {

using testing::IsEmpty;

using SyncRun = Run;  // in a fixture, Run is GoogleTest's

class RunTest : public testing::Test {
 public:
  RunTest()
      : receiver_(
            [](const core::Request&, const std::function<void(core::Outcome)>& done) { done({}); }),
        engine_(clock_, terapi_dialect(), 1),
        webhooks_(engine_, receiver_) {
    engine_.state().environments.emplace_back();
    environment().settings.webhook_urls = {"http://receiver.test/"};
  }
  Environment& environment() { return engine_.state().environments.front(); }
  static RunSpec spec() {
    RunSpec spec;
    spec.integration = "github";
    spec.connection = "demo";
    spec.model = "Issue";
    return spec;
  }
  SyncRun run(RunSpec with = spec()) {
    return SyncRun(engine_, webhooks_, environment(), std::move(with));
  }
  static std::vector<Payload> payloads(const std::vector<std::string>& ids, int n = 0) {
    std::vector<Payload> all;
    for (const std::string& id : ids) {
      all.push_back({id, R"({"id":")" + id + R"(","n":)" + std::to_string(n) + "}"});
    }
    return all;
  }
  RunResult save(const std::vector<std::string>& ids, int n = 0) {
    SyncRun saving = run();
    saving.save(payloads(ids, n));
    return saving.finish();
  }
  const RecordLog& log() {
    return environment().find_stream({"github", "demo", "Issue", "base"})->log;
  }
  const Record& record(std::string_view id) { return *log().find(id); }

 protected:
  core::VirtualClock clock_;
  core::HandlerTransport receiver_;
  Engine engine_;
  WebhookQueue webhooks_;
};

// CUR-9: one save is one commit; the next is later, though time stands still.
TEST_F(RunTest, GivesEachSaveACommitTimeOfItsOwn) {
  SyncRun saving = run();
  saving.save(payloads({"a", "b"}));
  saving.save(payloads({"c"}));
  saving.remove({"a"});
  saving.finish();
  EXPECT_EQ(record("b").last_modified(), clock_.now());
  EXPECT_EQ(record("c").last_modified(), clock_.now() + Duration(1));
  EXPECT_EQ(record("a").last_modified(), clock_.now() + Duration(2));
}

// META-5: a save that changes nothing takes no commit time.
TEST_F(RunTest, TakesNoCommitTimeForNothing) {
  save({"a"});
  save({"a"});
  save({"b"});
  EXPECT_EQ(record("b").last_modified(), clock_.now() + Duration(1));
}

// META-4
TEST_F(RunTest, KeepsWhenARecordWasFirstSeenThroughUpdates) {
  save({"a"});
  const Time first = clock_.now();
  for (int n = 1; n < 4; ++n) {
    clock_.advance_by(std::chrono::seconds(1));
    save({"a"}, n);
    EXPECT_EQ(record("a").first_seen(), first);
    EXPECT_EQ(record("a").last_modified(), clock_.now());
    EXPECT_EQ(record("a").action(), Action::kUpdated);
  }
}

// An id that comes twice in one save is one record, its last payload wins, and stands once.
TEST_F(RunTest, PutsAnIdThatComesTwiceInOneSaveOnce) {
  SyncRun saving = run();
  std::vector<Payload> twice = payloads({"a"}, 1);
  twice.push_back({"a", R"({"id":"a","n":2})"});
  saving.save(twice);
  saving.finish();
  EXPECT_EQ(log().size(), 1U);
  EXPECT_EQ(record("a").payload(), R"({"id":"a","n":2})");
}

// SYNC-4
TEST_F(RunTest, ReplaceDeletesWhatIsMissingUnlessTheRunFailed) {
  save({"a", "b", "c"});
  RunSpec failing = spec();
  failing.error = RunError{"script_error", "broke"};
  SyncRun failed = run(failing);
  failed.replace(payloads({"a"}));
  EXPECT_EQ(failed.finish().counts.deleted, 0);
  SyncRun good = run();
  good.replace(payloads({"a", "d"}));
  const RunCounts counts = good.finish().counts;
  EXPECT_EQ(counts.deleted, 2);
  EXPECT_EQ(counts.added, 1);
  EXPECT_EQ(counts.unchanged, 1);
}

// SYNC-3: the first run of a (connection, sync, variant) is INITIAL.
TEST_F(RunTest, IsInitialOnceForEachConnectionSyncAndVariant) {
  const auto type = [&](const std::string& connection, const std::string& variant) {
    RunSpec with = spec();
    with.connection = connection;
    with.variant = variant;
    SyncRun saving = run(with);
    saving.save(payloads({std::to_string(clock_.now().time_since_epoch().count())}));
    clock_.advance_by(std::chrono::seconds(1));
    const RunResult result = saving.finish();
    const std::string& body = std::as_const(webhooks_).find(result.deliveries.at(0))->body;
    return body.find("INITIAL") != std::string::npos;
  };
  EXPECT_TRUE(type("demo", "base"));
  EXPECT_FALSE(type("demo", "base"));
  EXPECT_TRUE(type("demo", "v1"));
  EXPECT_TRUE(type("other", "base"));
  EXPECT_FALSE(type("demo", "v1"));
}

// HOOK-3: from the first modification on, not from the last.
TEST_F(RunTest, AnnouncesTheTimeOfItsFirstModification) {
  SyncRun saving = run();
  clock_.advance_by(std::chrono::seconds(1));
  saving.save(payloads({"a"}));
  clock_.advance_by(std::chrono::seconds(1));
  saving.save(payloads({"b"}));
  const RunResult result = saving.finish();
  EXPECT_THAT(std::as_const(webhooks_).find(result.deliveries.at(0))->body,
              testing::HasSubstr(R"("modifiedAfter":"2024-01-01T00:00:01.000Z")"));
}

// HOOK-5
TEST_F(RunTest, AnnouncesNothingWhenNothingChanged) {
  EXPECT_EQ(save({"a"}).deliveries.size(), 1U);
  EXPECT_THAT(save({"a"}).deliveries, IsEmpty());
  environment().settings.always_send = true;
  EXPECT_EQ(save({"a"}).deliveries.size(), 1U);
}

TEST_F(RunTest, NamesASyncAfterTheModelWhereTheWorldHasNone) {
  save({"a"});
  ASSERT_EQ(environment().integrations.size(), 1U);
  ASSERT_EQ(environment().integrations[0].syncs.size(), 1U);
  EXPECT_EQ(environment().integrations[0].syncs[0].name, "github-issues");
  save({"b"});
  EXPECT_EQ(environment().integrations[0].syncs.size(), 1U);
}

}  // namespace
}  // namespace terapi::simulator
