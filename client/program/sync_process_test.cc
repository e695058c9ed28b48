#include "client/program/sync_process.h"

#include <gtest/gtest.h>
#include <filesystem>

#include "client/program/fake_records.h"
#include "client/program/open_store.h"

namespace terapi::client {
namespace {

std::vector<StreamStatus> status_in(const std::string& database) {
  const auto store = open_store_to_read(database);
  if (!store) throw std::runtime_error(store.error().message);
  return (*store)->status().value();
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(SyncProcess, OnceStoresEverythingAndEnds) {
  FakeRecords api(2500);
  SyncUnderTest sync(api, {"--once"});
  EXPECT_EQ(sync.wait(), 0);
  const auto streams = status_in(sync.database());
  ASSERT_EQ(streams.size(), 1U);
  EXPECT_EQ(streams[0].position.records, 2500U);
  EXPECT_EQ(streams[0].health, "up_to_date");
  EXPECT_EQ(api.asked().size(), 3U);
  EXPECT_TRUE(holds(sync.stderr_text(),
                    "terapi-sync: info: github/demo/Issue: 2,500 records in 3 pages, 2,500 new or "
                    "changed, "))
      << sync.stderr_text();
}

TEST(SyncProcess, LimitIsAsked) {
  FakeRecords api(20);
  SyncUnderTest sync(api, {"--once", "--limit", "7"});
  EXPECT_EQ(sync.wait(), 0);
  EXPECT_TRUE(holds(api.asked()[0], "limit=7")) << api.asked()[0];
}

TEST(SyncProcess, AStoppedStreamMakesOnceFail) {
  FakeRecords api(3);
  api.add_poison();
  SyncUnderTest sync(api, {"--once"});
  EXPECT_EQ(sync.wait(), 1);
  const auto streams = status_in(sync.database());
  ASSERT_EQ(streams.size(), 1U);
  EXPECT_EQ(streams[0].health, "stopped");
  EXPECT_EQ(streams[0].position.records, 3U);
  EXPECT_FALSE(streams[0].record.empty());
  EXPECT_TRUE(holds(sync.stderr_text(), "terapi-sync: error: github/demo/Issue: "))
      << sync.stderr_text();
}

TEST(SyncProcess, AnOverlapThatTheServerRefusesIsToldAndMakesOnceFail) {
  FakeRecords api(3);
  api.refuse_windows();
  SyncUnderTest sync(api, {"--once", "--overlap", "5m"});
  EXPECT_EQ(sync.wait(), 1);
  const auto streams = status_in(sync.database());
  ASSERT_EQ(streams.size(), 1U);
  EXPECT_EQ(streams[0].health, "up_to_date");
  EXPECT_EQ(streams[0].error.code, "overlap_refused");
  EXPECT_EQ(streams[0].position.records, 3U);
  const std::string text = sync.stderr_text();
  EXPECT_TRUE(holds(text,
                    "terapi-sync: warning: github/demo/Issue: the overlap could not be read "
                    "again, so that records that became visible late may be missing: the "
                    "server answered 400: no windows"))
      << text;
  EXPECT_TRUE(holds(text, "; up to date (overlap_refused)")) << text;
}

TEST(SyncProcess, EndsWithAnErrorWhenItsDatabaseIsTakenAway) {
  FakeRecords api(3);
  SyncUnderTest sync(api, {"--poll", "5ms"});
  ASSERT_TRUE(sync.wait_until_up_to_date_with(3));
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(sync.database() + part);
  EXPECT_EQ(sync.wait(), 1);
  EXPECT_TRUE(holds(sync.stderr_text(), "was deleted, moved or replaced")) << sync.stderr_text();
}

TEST(SyncProcess, EndsByItselfWhenEveryStreamHasStopped) {
  FakeRecords api(0);
  api.add_poison();
  SyncUnderTest sync(api, {});
  EXPECT_EQ(sync.wait(), 1);
  EXPECT_TRUE(holds(sync.stderr_text(), "every stream has stopped")) << sync.stderr_text();
}

TEST(SyncProcess, AKeyThatTheServerSendsBackIsNotTold) {
  FakeRecords api(0);
  api.always({401, {}, std::string(R"({"error":{"code":"x","message":"bad )") + kTestKey + "\"}}"});
  SyncUnderTest sync(api, {"--once", "--log-format", "json"});
  EXPECT_EQ(sync.wait(), 1);
  EXPECT_TRUE(holds(sync.stderr_text(), "401")) << sync.stderr_text();
  EXPECT_FALSE(holds(sync.stderr_text(), kTestKey)) << sync.stderr_text();
}

TEST(SyncProcess, ASignedWebhookMakesItFetchAgain) {
  FakeRecords api(10);
  SyncUnderTest sync(api, {"--listen", "127.0.0.1:0"});
  ASSERT_TRUE(sync.wait_until_up_to_date_with(10));
  api.add(5);
  EXPECT_EQ(send_over_socket(signed_webhook(sync.webhook_url(), kTestKey)).status, 200);
  EXPECT_TRUE(sync.wait_until_up_to_date_with(15));
  EXPECT_EQ(sync.stop(), 0);
  EXPECT_EQ(status_in(sync.database())[0].position.records, 15U);
  EXPECT_TRUE(holds(api.asked().back(), "cursor=c10")) << api.asked().back();
}

TEST(SyncProcess, AForgedWebhookIsToldOnceAndLeadsToNothing) {
  FakeRecords api(1);
  SyncUnderTest sync(api, {"--listen", "127.0.0.1:0"});
  ASSERT_TRUE(sync.wait_until_up_to_date_with(1));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(send_over_socket(signed_webhook(sync.webhook_url(), "forged")).status, 401);
  }
  EXPECT_EQ(sync.stop(), 0);
  EXPECT_EQ(api.asked().size(), 1U);
  const std::string text = sync.stderr_text();
  const std::size_t first = text.find("a webhook was rejected");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("a webhook was rejected", first + 1), std::string::npos);
}

TEST(SyncProcess, BothKeysOfARotationAreTaken) {
  FakeRecords api(1);
  SyncUnderTest sync(api,
                     {"--listen", "127.0.0.1:0", "--signing-key", "new", "--signing-key", "old"});
  EXPECT_EQ(send_over_socket(signed_webhook(sync.webhook_url(), "new")).status, 200);
  EXPECT_EQ(send_over_socket(signed_webhook(sync.webhook_url(), "old")).status, 200);
  EXPECT_EQ(send_over_socket(signed_webhook(sync.webhook_url(), kTestKey)).status, 401);
}

TEST(SyncProcess, AnswersAWebhookWhileTheServerLeavesItWaiting) {
  FakeRecords api(1);
  api.hold();
  SyncUnderTest sync(api, {"--listen", "127.0.0.1:0"});
  ASSERT_TRUE(api.wait_for_requests(1));
  EXPECT_EQ(send_over_socket(signed_webhook(sync.webhook_url(), kTestKey)).status, 200);
  EXPECT_EQ(api.asked().size(), 1U);
  api.answer_held();
  EXPECT_TRUE(sync.wait_until_up_to_date_with(1));
}

TEST(SyncProcess, StopsAtOnceWhileARequestIsUnderWay) {
  FakeRecords api(1);
  api.hold();
  SyncUnderTest sync(api, {"--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"});
  ASSERT_TRUE(api.wait_for_requests(1));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(sync.stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_EQ(sync.stderr_text(), "");
}

TEST(SyncProcess, PollsWithoutWebhooks) {
  FakeRecords api(1);
  SyncUnderTest sync(api, {"--poll", "5ms"});
  ASSERT_TRUE(sync.wait_until_up_to_date_with(1));
  api.add(1);
  EXPECT_TRUE(
      sync.wait_until([](const StreamProgress& stream) { return stream.counts.records >= 2; }));
}

TEST(SyncProcess, ServesMetricsAndHealth) {
  FakeRecords api(10);
  SyncUnderTest sync(api, {"--metrics", "127.0.0.1:0", "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(sync.wait_until_up_to_date_with(10));
  core::Request webhook = signed_webhook(sync.webhook_url(), kTestKey);
  EXPECT_EQ(send_over_socket(webhook).status, 200);
  const core::Response metrics = get_over_socket(sync.metrics_url());
  EXPECT_EQ(metrics.status, 200);
  EXPECT_TRUE(holds(metrics.body,
                    R"(terapi_sync_records_total{integration="github",connection="demo",)"
                    R"(model="Issue",variant="base"} 10)"))
      << metrics.body;
  EXPECT_TRUE(holds(metrics.body, R"(terapi_sync_webhooks_received_total{use="hint"} 1)"));
  std::string health = sync.metrics_url();
  health.replace(health.rfind('/'), std::string::npos, "/health");
  EXPECT_TRUE(holds(get_over_socket(health).body, R"("status":"ok")"));
}

TEST(SyncProcess, APortInUseIsSaidBeforeADatabaseIsMade) {
  core::TestServer other;
  core::TemporaryFolder folder;
  SyncSettings settings;
  settings.streams = {Stream{"a", "b", "c"}};
  settings.database = folder.file("sync.db");
  settings.listen = ListenAddress{"127.0.0.1", other.port()};
  const auto process = SyncProcess::start(
      std::move(settings), Console([](std::string_view) {}, [] { return std::size_t{80}; }), false);
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().code, "port_in_use");
  EXPECT_TRUE(holds(process.error().message, "--listen: ")) << process.error().message;
  EXPECT_FALSE(std::filesystem::exists(folder.file("sync.db")));
}

}  // namespace
}  // namespace terapi::client
