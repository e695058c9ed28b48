#include "client/program/sync_metrics.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

constexpr core::Time kMoment{std::chrono::seconds(1704067200)};

SyncMetrics one_stream() {
  SyncMetrics metrics;
  StreamProgress stream;
  stream.stream = {"github", "demo", "Issue"};
  stream.health = Health::kRetrying;
  stream.counts = {1000, 14, 2, 345678, kMoment - 2h};
  stream.failures = 3;
  stream.full_reads = 1;
  metrics.streams = {stream};
  metrics.now = kMoment;
  return metrics;
}

bool says(const SyncMetrics& metrics, const std::string& line) {
  return ("\n" + metrics_text(metrics)).find("\n" + line + "\n") != std::string::npos;
}

int status_of(const std::string& method, const std::string& target) {
  core::Request request;
  request.method = method;
  request.target = target;
  return answer_metrics(request, one_stream()).status;
}

TEST(SyncMetrics, CountsForEachStream) {
  const std::string labels =
      R"({integration="github",connection="demo",model="Issue",variant="base"} )";
  const SyncMetrics metrics = one_stream();
  EXPECT_TRUE(says(metrics, "terapi_sync_records_total" + labels + "1000"));
  EXPECT_TRUE(says(metrics, "terapi_sync_changed_total" + labels + "14"));
  EXPECT_TRUE(says(metrics, "terapi_sync_pages_total" + labels + "2"));
  EXPECT_TRUE(says(metrics, "terapi_sync_bytes_total" + labels + "345678"));
  EXPECT_TRUE(says(metrics, "terapi_sync_failures_total" + labels + "3"));
  EXPECT_TRUE(says(metrics, "terapi_sync_full_reads_total" + labels + "1"));
  EXPECT_TRUE(says(metrics, "# TYPE terapi_sync_records_total counter"));
}

TEST(SyncMetrics, HealthIsOneOfFourStates) {
  const std::string labels =
      R"(terapi_sync_health{integration="github",connection="demo",model="Issue",variant="base",)";
  EXPECT_TRUE(says(one_stream(), labels + R"(state="retrying"} 1)"));
  EXPECT_TRUE(says(one_stream(), labels + R"(state="up_to_date"} 0)"));
}

TEST(SyncMetrics, TimesAreSecondsAndAbsentWhereThereAreNone) {
  const std::string labels =
      R"({integration="github",connection="demo",model="Issue",variant="base"} )";
  SyncMetrics metrics = one_stream();
  EXPECT_TRUE(says(metrics, "terapi_sync_lag_seconds" + labels + "7200.000000"));
  EXPECT_FALSE(metrics_text(metrics).find("terapi_sync_up_to_date_timestamp_seconds{") !=
               std::string::npos);
  metrics.streams[0].up_to_date_at = kMoment - 1500us;
  EXPECT_TRUE(says(metrics, "terapi_sync_lag_seconds" + labels + "0.001500"));
  EXPECT_TRUE(
      says(metrics, "terapi_sync_up_to_date_timestamp_seconds" + labels + "1704067199.998500"));
}

TEST(SyncMetrics, EscapesLabels) {
  SyncMetrics metrics = one_stream();
  metrics.streams[0].stream.model = "a\"b\\c\nd";
  EXPECT_NE(metrics_text(metrics).find(R"(model="a\"b\\c\nd")"), std::string::npos);
}

TEST(SyncMetrics, WebhooksByUseAndReason) {
  SyncMetrics metrics = one_stream();
  metrics.webhooks.hints = 5;
  metrics.hints_of_no_stream = 1;
  metrics.webhooks.ignored = 2;
  metrics.webhooks.rejected["invalid_signature"] = 7;
  EXPECT_TRUE(says(metrics, R"(terapi_sync_webhooks_received_total{use="hint"} 4)"));
  EXPECT_TRUE(says(metrics, R"(terapi_sync_webhooks_received_total{use="other_stream"} 1)"));
  EXPECT_TRUE(says(metrics, R"(terapi_sync_webhooks_received_total{use="ignored"} 2)"));
  EXPECT_TRUE(
      says(metrics, R"(terapi_sync_webhooks_rejected_total{reason="invalid_signature"} 7)"));
}

TEST(SyncMetrics, HealthSaysHowTheStreamsAre) {
  EXPECT_EQ(health_json(one_stream().streams),
            R"({"status":"degraded","streams":{"syncing":0,"up_to_date":0,"retrying":1,)"
            R"("stopped":0}})"
            "\n");
  EXPECT_EQ(health_json({}).substr(0, 15), R"({"status":"ok",)");
}

TEST(SyncMetrics, AnswersItsTwoPathsOnly) {
  EXPECT_EQ(status_of("GET", "/metrics"), 200);
  EXPECT_EQ(status_of("HEAD", "/metrics?x=1"), 200);
  EXPECT_EQ(status_of("GET", "/health"), 200);
  EXPECT_EQ(status_of("POST", "/metrics"), 405);
  EXPECT_EQ(status_of("GET", "/"), 404);
  EXPECT_EQ(status_of("GET", "/%"), 404);
}

}  // namespace
}  // namespace terapi::client
