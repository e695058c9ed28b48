#include "conformance/harness/play/background_runs.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "core/json.h"

namespace terapi::conformance {

namespace json = core::json;
using namespace std::chrono_literals;

namespace {

constexpr core::Duration kTick = 1ms;  // in which what is due on a virtual clock happens
constexpr core::Duration kBetweenAnswers = 20ms;
constexpr core::Duration kSteady = 1s;  // real time: nothing runs, and nothing new has ended
constexpr core::Duration kToRun = 15s;
constexpr int kTicks = 50;

std::string counts_text(const RunCounts& counts) {
  return std::to_string(counts.added) + " added, " + std::to_string(counts.updated) + " updated, " +
         std::to_string(counts.deleted) + " deleted";
}

std::string run_text(const BackgroundRun& run) {
  return run.key.sync + " of " + run.stream + ": " + counts_text(run.counts) +
         (run.failed ? ", failed" : "");
}

bool fits(const BackgroundRun& run, const json::Value& body) {
  const bool failed = body["success"].is_boolean() && !body["success"].boolean();
  if (run.failed != failed) return false;
  if (run.type_known) {
    const bool initial = body["syncType"].string() == "INITIAL";
    if (initial != run.first) return false;
  }
  if (failed) return true;  // it counts nothing
  const json::Value results = body["responseResults"];
  const auto is = [&](const char* name, std::uint64_t count) {
    return results[name].integer() == static_cast<std::int64_t>(count);
  };
  return is("added", run.counts.added) && is("updated", run.counts.updated) &&
         is("deleted", run.counts.deleted);
}

}  // namespace

void BackgroundRuns::look() {
  finished_.clear();
  if (stage_.exact_time()) return;
  for (const SyncKey& key : stage_.syncs().keys()) {
    const auto status = acts_.status(key);
    if (status) finished_[key] = status->finished_at;
  }
}

void BackgroundRuns::settle(const std::optional<SyncKey>& triggered,
                            const std::function<void(core::Duration)>& wait,
                            const std::function<core::Time()>& now) {
  std::vector<SyncKey> run = stage_.syncs().due(now());
  if (triggered) run.push_back(*triggered);
  if (run.empty()) return;
  if (!stage_.exact_time()) {
    for (const SyncKey& key : run) {
      const auto before = finished_.find(key);
      wait_for(key, before == finished_.end() ? "" : before->second);
    }
    return stage_.syncs().run_due(now());
  }
  wait(kTick);
  for (const SyncKey& key : run) {
    for (int i = 0; i < kTicks; ++i) {
      const auto status = acts_.status(key);
      if (!status || status->status != "RUNNING") break;
      wait(100ms);
    }
  }
  stage_.syncs().run_due(now());
}

// Until it has ended anew, or plainly does nothing.
void BackgroundRuns::wait_for(const SyncKey& key, const std::string& finished_before) {
  const core::Time began = stage_.now();
  const core::Duration slow = stage_.slack();
  // What the machine has kept for itself is not the server's.
  while (stage_.now() - began < kToRun + (stage_.slack() - slow)) {
    const auto status = acts_.status(key);
    if (!status) return;
    const bool running = status->status == "RUNNING";
    const bool ended = !status->finished_at.empty() && status->finished_at != finished_before;
    if (!running && (ended || (!finished_before.empty() && stage_.now() - began >= kSteady)))
      return;
    stage_.run_until([] { return false; }, kBetweenAnswers);
  }
}

// --- what announces them ------------------------------------------------------------------------

std::size_t BackgroundRuns::urls_of(const BackgroundRun& run, const AnnouncePolicy& policy) const {
  const auto urls = policy.urls_of(run.key.integration, run.key.connection);
  return static_cast<std::size_t>(std::count_if(urls.begin(), urls.end(), [&](const auto& url) {
    return url.starts_with(stage_.receiver_url("/"));
  }));
}

// A webhook may have been sent under any settings that there were since the world began.
std::size_t BackgroundRuns::most_urls_of(const BackgroundRun& run) const {
  std::size_t most = 1;
  for (const AnnouncePolicy& policy : policies_) most = std::max(most, urls_of(run, policy));
  return most;
}

bool BackgroundRuns::ever_announced_all() const {
  return std::any_of(policies_.begin(), policies_.end(),
                     [](const AnnouncePolicy& policy) { return policy.always(); });
}

void BackgroundRuns::set_policy(AnnouncePolicy policy) {
  policies_.push_back(std::move(policy));
  first_ = stage_.syncs().runs().size();
}

void BackgroundRuns::forget() {
  claimed_.clear();
  acts_.forget();
  policies_.clear();
  first_ = 0;
}

std::optional<RunSeen> BackgroundRuns::announced_by(const WebhookSeen& webhook) {
  const auto body = json::Document::parse(webhook.request.body);
  if (!body) return std::nullopt;
  const json::Value root = body->root();
  const std::string stream =
      stream_name(root["providerConfigKey"].string(), root["connectionId"].string(),
                  root["model"].string(), root["syncVariant"].string());
  // One that changed nothing is announced, where all are; which of them nobody can tell.
  const json::Value results = root["responseResults"];
  const bool nothing = results["added"].integer() == 0 && results["updated"].integer() == 0 &&
                       results["deleted"].integer() == 0;
  if (ever_announced_all() && nothing) return std::nullopt;
  std::string expected;
  const auto& runs = stage_.syncs().runs();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const BackgroundRun& run = runs[i];
    if (run.stream != stream) continue;
    std::size_t& claimed = claimed_[i];
    if (claimed >= most_urls_of(run)) continue;
    if (!fits(run, root)) {
      if (run.changed() || run.failed) expected += (expected.empty() ? "" : "; ") + run_text(run);
      continue;
    }
    ++claimed;
    RunSeen seen;
    seen.stream = run.stream;
    seen.number = run.number;
    seen.integration = run.key.integration;
    seen.connection = run.key.connection;
    seen.counts = run.counts;
    seen.failed = run.failed;
    return seen;
  }
  findings_.fail("HOOK-2", "a webhook announces a run that did not take place so",
                 expected.empty() ? "no run of " + stream + " to announce" : expected,
                 shortened(webhook.request.body, 400), {webhook.event});
  return std::nullopt;
}

void BackgroundRuns::check_notices(const std::vector<WebhookSeen>& seen, std::size_t until) {
  if (policies_.empty()) return;
  std::set<std::string> claimed;  // deliveries
  for (std::size_t i = 0; i < std::min(until, acts_.notices().size()); ++i) {
    const SyncActs::Notice& notice = acts_.notices()[i];
    const auto urls = policies_.front().urls_of(notice.integration, notice.connection);
    const bool told = std::any_of(seen.begin(), seen.end(), [&](const WebhookSeen& webhook) {
      const auto body = json::Document::parse(webhook.request.body);
      return body && body->root()["type"].string() == notice.type &&
             body->root()["connectionId"].string() == notice.connection &&
             claimed.insert(webhook.delivery).second;
    });
    const bool heard = std::any_of(urls.begin(), urls.end(), [&](const std::string& url) {
      return url.starts_with(stage_.receiver_url("/"));
    });
    if (told || !heard) continue;
    findings_.fail("HOOK-13", "a webhook of another type did not come",
                   notice.type + " of " + notice.integration + "/" + notice.connection, "none");
  }
}

void BackgroundRuns::check_all_announced(std::size_t until) {
  if (policies_.empty()) return;
  const AnnouncePolicy& policy = policies_.back();
  const auto& runs = stage_.syncs().runs();
  for (std::size_t i = first_; i < std::min(until, runs.size()); ++i) {
    const BackgroundRun& run = runs[i];
    if ((!run.changed() && !run.failed) || run.dropped) continue;
    const std::size_t urls = urls_of(run, policy);
    if (claimed_[i] >= urls) continue;
    findings_.fail("HOOK-1", "a run in the background was not announced to each URL",
                   std::to_string(urls) + " times: " + run_text(run), std::to_string(claimed_[i]));
  }
  first_ = runs.size();
}

}  // namespace terapi::conformance
