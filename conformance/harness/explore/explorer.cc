#include "conformance/harness/explore/explorer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/check_note.h"

namespace terapi::conformance {

using SteadyTime = std::chrono::steady_clock::time_point;

// What the threads of a run have in common, and what each has counted.
struct Explorer::Share {
  struct Common {
    std::atomic<std::uint64_t> next;
    std::atomic<std::uint64_t> played{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> lowest{UINT64_MAX};  // that failed
    std::atomic<std::size_t> working;
    std::optional<SteadyTime> until;
    const std::atomic<bool>& stop;
    std::mutex mutex;
    std::condition_variable ended;
  };
  Common& common;
  Exploration counted;
};

std::string FoundFailure::name() const {
  if (verdict == Verdict::kError) return "error";
  return finding.invariant.empty() ? finding.clause : finding.clause + " " + finding.invariant;
}

void Explorer::play(std::uint64_t seed, Share& share) const {
  const core::CheckNote note("seed " + std::to_string(seed) + " is played");
  const DrawnSchedule drawn =
      options_.draw ? options_.draw(seed) : draw_schedule(seed, options_.play.draw);
  const Explored explored =
      options_.how ? options_.how(drawn.scenario) : explore(drawn.scenario, options_.play);
  Exploration& counted = share.counted;
  ++counted.schedules;
  counted.requests += explored.requests;
  counted.inconclusive += explored.verdict == Verdict::kInconclusive ? 1 : 0;
  if (drawn.scenario.judges == Subject::kServer) {
    counted.steps.count(drawn.scenario);
  } else {
    counted.coverage.count(drawn.scenario.plan, explored.history);
  }
  ++share.common.played;
  if (!explored.found()) return;
  // That a story could not be played is no failure of the one who is looked for.
  if (options_.stop_at_first && explored.verdict == Verdict::kError) return;
  ++share.common.failed;
  FoundFailure failure{seed, 1, explored.verdict, explored.reason, {}};
  for (const Finding& finding : explored.findings) {
    if (finding.verdict != Verdict::kFail) continue;
    failure.finding = finding;
    break;
  }
  const auto [at, is_new] = counted.found.try_emplace(failure.name(), failure);
  if (!is_new) ++at->second.seeds;  // a thread's seeds only grow
  std::uint64_t lowest = share.common.lowest;
  while (seed < lowest && !share.common.lowest.compare_exchange_weak(lowest, seed)) {
  }
}

void Explorer::work(Share& share) const {
  Share::Common& common = share.common;
  while (!common.stop) {
    if (common.until && std::chrono::steady_clock::now() >= *common.until) break;
    const std::uint64_t seed = common.next.fetch_add(options_.stride);
    if (seed > options_.last || seed < options_.first) break;
    if (options_.stop_at_first && seed > common.lowest) break;
    play(seed, share);
  }
  const std::lock_guard lock(common.mutex);
  --common.working;
  common.ended.notify_all();
}

Exploration Explorer::run(const std::atomic<bool>& stop,
                          const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  const auto began = std::chrono::steady_clock::now();
  const std::size_t count = std::max<std::size_t>(options_.threads, 1);
  Share::Common common{{options_.first + options_.offset},
                       {0},
                       {0},
                       {UINT64_MAX},
                       {count},
                       std::nullopt,
                       stop,
                       {},
                       {}};
  if (options_.budget) common.until = began + *options_.budget;
  std::vector<Share> shares;
  for (std::size_t i = 0; i < count; ++i) shares.push_back({common, {}});
  std::vector<std::thread> threads;
  threads.reserve(count);
  for (Share& share : shares) threads.emplace_back([this, &share] { work(share); });
  {
    std::unique_lock lock(common.mutex);
    while (!common.ended.wait_for(lock, std::chrono::milliseconds(200),
                                  [&] { return common.working == 0; })) {
      if (progress) progress(common.played, common.failed);
    }
  }
  for (std::thread& thread : threads) thread.join();
  Exploration all;
  for (Share& share : shares) {
    all.schedules += share.counted.schedules;
    all.requests += share.counted.requests;
    all.inconclusive += share.counted.inconclusive;
    all.coverage.add(share.counted.coverage);
    all.steps.add(share.counted.steps);
    for (const auto& [name, failure] : share.counted.found) {
      const auto [at, is_new] = all.found.try_emplace(name, failure);
      if (is_new) continue;
      const std::uint64_t seeds = at->second.seeds + failure.seeds;
      if (failure.seed < at->second.seed) at->second = failure;
      at->second.seeds = seeds;
    }
  }
  all.elapsed =
      std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - began);
  return all;
}

}  // namespace terapi::conformance
