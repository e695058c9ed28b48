#include "client/program/sync_metrics.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "client/program/progress_line.h"
#include "core/json_writer.h"
#include "core/prometheus_text.h"
#include "core/url.h"

namespace terapi::client {
namespace {

constexpr std::array<Health, 4> kHealths = {Health::kSyncing, Health::kUpToDate, Health::kRetrying,
                                            Health::kStopped};

core::PrometheusText::Labels labels_of(const Stream& stream) {
  return {{"integration", stream.integration},
          {"connection", stream.connection},
          {"model", stream.model},
          {"variant", stream.variant}};
}

class SyncMetricsText {
 public:
  explicit SyncMetricsText(const SyncMetrics& metrics) : metrics_(metrics) {}

  void family(const std::string& name, std::string_view type, std::string_view help) {
    out_.family("terapi_sync_" + name, type, help);
  }
  void sample(const core::PrometheusText::Labels& labels, std::uint64_t value) {
    out_.sample(labels, value);
  }
  // A family with a whole number for each stream.
  void numbers(const std::string& name, std::string_view type, std::string_view help,
               const std::function<std::uint64_t(const StreamProgress&)>& of) {
    family(name, type, help);
    for (const StreamProgress& stream : metrics_.streams) {
      out_.sample(labels_of(stream.stream), of(stream));
    }
  }
  // A family with a span in seconds for each stream that has one.
  void spans(const std::string& name, std::string_view help,
             const std::function<std::optional<core::Duration>(const StreamProgress&)>& of) {
    family(name, "gauge", help);
    for (const StreamProgress& stream : metrics_.streams) {
      if (const auto span = of(stream)) out_.sample(labels_of(stream.stream), *span);
    }
  }
  std::string take() { return out_.take(); }

 private:
  const SyncMetrics& metrics_;
  core::PrometheusText out_;
};

std::optional<core::Duration> since_epoch(const std::optional<core::Time>& time) {
  return time ? std::optional(time->time_since_epoch()) : std::nullopt;
}

void add_counters(SyncMetricsText& out) {
  using Progress = const StreamProgress&;
  out.numbers("records_total", "counter", "Records received.",
              [](Progress stream) { return stream.counts.records; });
  out.numbers("changed_total", "counter", "Records that were new or newer than what was stored.",
              [](Progress stream) { return stream.counts.changed; });
  out.numbers("pages_total", "counter", "Pages received.",
              [](Progress stream) { return stream.counts.pages; });
  out.numbers("bytes_total", "counter", "Bytes of these pages.",
              [](Progress stream) { return stream.counts.bytes; });
  out.numbers("failures_total", "counter", "Walks that ended in a failure.",
              [](Progress stream) { return stream.failures; });
  out.numbers("full_reads_total", "counter", "Full reads after a cursor that the server refused.",
              [](Progress stream) { return stream.full_reads; });
}

void add_gauges(SyncMetricsText& out, const SyncMetrics& metrics) {
  out.numbers("running", "gauge", "1 while pages are being read.",
              [](const StreamProgress& stream) { return stream.running ? 1U : 0U; });
  out.family("health", "gauge", "1 for the state that the stream is in.");
  for (const StreamProgress& stream : metrics.streams) {
    for (const Health health : kHealths) {
      core::PrometheusText::Labels labels = labels_of(stream.stream);
      labels.emplace_back("state", to_string(health));
      out.sample(labels, stream.health == health ? 1 : 0);
    }
  }
  out.spans("up_to_date_timestamp_seconds", "When everything served was last stored.",
            [](const StreamProgress& stream) { return since_epoch(stream.up_to_date_at); });
  out.spans("newest_timestamp_seconds", "last_modified_at of the newest record received.",
            [](const StreamProgress& stream) { return since_epoch(stream.counts.newest); });
  out.spans("lag_seconds", "How old the newest information is.",
            [now = metrics.now](const StreamProgress& stream) { return lag_of(stream, now); });
}

void add_webhooks(SyncMetricsText& out, const SyncMetrics& metrics) {
  const WebhookCounters& webhooks = metrics.webhooks;
  out.family("webhooks_received_total", "counter", "Webhooks that were verified, by use.");
  out.sample({{"use", "hint"}}, webhooks.hints - metrics.hints_of_no_stream);
  out.sample({{"use", "other_stream"}}, metrics.hints_of_no_stream);
  out.sample({{"use", "ignored"}}, webhooks.ignored);
  out.family("webhooks_rejected_total", "counter", "Webhooks that were rejected, by reason.");
  for (const auto& [reason, count] : webhooks.rejected) {
    out.sample({{"reason", reason}}, count);
  }
}

core::Response metrics_error(int status, std::string_view code, std::string_view message) {
  core::json::Writer out;
  out.begin_object().key("error").begin_object();
  out.field("code", code).field("message", message).end_object().end_object();
  return {status, {{"Content-Type", "application/json"}}, out.take() + "\n"};
}

}  // namespace

std::string metrics_text(const SyncMetrics& metrics) {
  SyncMetricsText out(metrics);
  add_counters(out);
  add_gauges(out, metrics);
  add_webhooks(out, metrics);
  return out.take();
}

std::string health_json(const std::vector<StreamProgress>& streams) {
  std::array<std::uint64_t, kHealths.size()> counts{};
  bool well = true;
  for (const StreamProgress& stream : streams) {
    ++counts[static_cast<std::size_t>(stream.health)];
    well = well && stream.health != Health::kRetrying && stream.health != Health::kStopped &&
           stream.error.code.empty();
  }
  core::json::Writer out;
  out.begin_object().field("status", well ? "ok" : "degraded").key("streams").begin_object();
  for (const Health health : kHealths) {
    out.field(to_string(health), counts[static_cast<std::size_t>(health)]);
  }
  out.end_object().end_object();
  return out.take() + "\n";
}

core::Response answer_metrics(const core::Request& request, const SyncMetrics& metrics) {
  const auto target = core::parse_target(request.target);
  const std::string path = target ? target->path : "";
  if (path != "/metrics" && path != "/health") {
    return metrics_error(404, "not_found", "there are only GET /metrics and GET /health");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    core::Response response = metrics_error(405, "method_not_allowed", "expected GET");
    response.headers.add("Allow", "GET, HEAD");
    return response;
  }
  if (path == "/health") {
    return {200, {{"Content-Type", "application/json"}}, health_json(metrics.streams)};
  }
  return {200,
          {{"Content-Type", std::string(core::PrometheusText::kContentType)}},
          metrics_text(metrics)};
}

}  // namespace terapi::client
