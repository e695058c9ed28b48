#include "client/program/progress_line.h"

#include <algorithm>
#include <cmath>

#include "client/program/figures.h"

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

// A rate over less than this says little, over more it says what was.
constexpr core::Duration kShortestWindow = 400ms;
constexpr core::Duration kWindow = 4s;

// "retrying in 3s (server_error)", "stopped (poison_record)", "2 retrying, 1 stopped".
std::string trouble_of(const std::vector<StreamProgress>& streams, core::Time now) {
  std::uint64_t retrying = 0;
  std::uint64_t stopped = 0;
  for (const StreamProgress& stream : streams) {
    if (stream.health == Health::kRetrying) ++retrying;
    if (stream.health == Health::kStopped) ++stopped;
  }
  if (retrying + stopped == 0) return "";
  if (streams.size() == 1) {
    const StreamProgress& only = streams.front();
    const std::string why = " (" + printable(only.error.code) + ")";
    if (stopped > 0) return "stopped" + why;
    if (only.running || !only.next_attempt_at) return "retrying" + why;
    return "retrying in " + short_span(*only.next_attempt_at - now + 999ms) + why;
  }
  std::string text;
  if (retrying > 0) text = grouped(retrying) + " retrying";
  if (stopped > 0) text += (text.empty() ? "" : ", ") + grouped(stopped) + " stopped";
  return text;
}

std::string subject_of(const std::vector<StreamProgress>& streams) {
  if (streams.size() == 1) return printable(to_string(streams.front().stream));
  return counted(streams.size(), "stream");
}

std::optional<core::Duration> largest_lag(const std::vector<StreamProgress>& streams,
                                          core::Time now) {
  std::optional<core::Duration> largest;
  for (const StreamProgress& stream : streams) {
    const auto lag = lag_of(stream, now);
    if (lag && (!largest || *largest < *lag)) largest = lag;
  }
  return largest;
}

}  // namespace

std::optional<core::Duration> lag_of(const StreamProgress& progress, core::Time now) {
  const auto since = progress.up_to_date_at ? progress.up_to_date_at : progress.counts.newest;
  if (!since) return std::nullopt;
  return std::max(core::Duration(0), now - *since);
}

std::string summary_of(const StreamProgress& progress, core::Duration took) {
  const WalkCounts& counts = progress.counts;
  std::string text = counted(counts.records, "record") + " in " + counted(counts.pages, "page") +
                     ", " + grouped(counts.changed) + " new or changed, " + exact_span(took);
  if (progress.health == Health::kUpToDate) {
    return text + "; up to date" +
           (progress.error.code.empty() ? "" : " (" + progress.error.code + ")");
  }
  if (progress.health == Health::kStopped) return text + "; stopped (" + progress.error.code + ")";
  return text;
}

std::string ProgressLine::update(const std::vector<StreamProgress>& streams, core::Time now) {
  std::uint64_t records = 0;
  std::uint64_t pages = 0;
  bool running = false;
  for (const StreamProgress& stream : streams) {
    records += stream.counts.records;
    pages += stream.counts.pages;
    running = running || stream.running;
  }
  const double per_second = rate(records, now);
  const Estimate estimated = estimate(streams);
  const Estimate goal = running ? estimated : Estimate{};

  std::string line = subject_of(streams) + "  ";
  line += counted(goal.total > 0 ? goal.done : records, "record");
  if (goal.total > 0) line += " (" + std::to_string(goal.done * 100 / goal.total) + "%)";
  if (per_second >= 1) line += "  " + short_rate(per_second) + "/s";
  const std::string trouble = trouble_of(streams, now);
  if (trouble.empty()) line += "  " + counted(pages, "page");  // what is wrong needs the room
  if (const auto lag = largest_lag(streams, now)) line += "  lag " + short_span(*lag);
  if (goal.total > 0 && per_second >= 1) {
    const double seconds = static_cast<double>(goal.total - goal.done) / per_second;
    line += "  ~" + short_span(std::chrono::seconds(std::llround(seconds))) + " left";
  }
  return trouble.empty() ? line : line + "  " + trouble;
}

double ProgressLine::rate(std::uint64_t records, core::Time now) {
  samples_.push_back({now, records});
  // The oldest one that is kept is as old as the window, or older.
  while (samples_.size() > 2 && now - samples_[1].time >= kWindow) samples_.pop_front();
  const Sample& oldest = samples_.front();
  const core::Duration span = now - oldest.time;
  if (span < kShortestWindow) return 0;
  return static_cast<double>(records - oldest.records) /
         std::chrono::duration<double>(span).count();
}

const ProgressLine::FullRead& ProgressLine::full_read_of(std::size_t index,
                                                         const StreamProgress& stream) {
  if (full_reads_.size() <= index) full_reads_.resize(index + 1);
  FullRead& full_read = full_reads_[index];
  if (full_read.number != stream.full_reads) {
    full_read = {stream.full_reads, stream.counts.records, stream.up_to_date_at};
  }
  return full_read;
}

ProgressLine::Estimate ProgressLine::estimate(const std::vector<StreamProgress>& streams) {
  Estimate all;
  bool total_known = true;
  bool on_the_way = false;  // some stream's end has not been reached yet
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const StreamProgress& stream = streams[i];
    const FullRead& full_read = full_read_of(i, stream);
    const bool reading_again =
        full_read.number > 0 && stream.up_to_date_at == full_read.up_to_date_at;
    all.done += reading_again ? stream.counts.records - full_read.records
                              : stream.stored_before + stream.counts.records;
    all.total += stream.stored_before;
    total_known = total_known && reading_again;
    on_the_way = on_the_way || reading_again || !stream.up_to_date_at;
  }
  if (expected_) all.total = *expected_;
  const bool useful = on_the_way && (expected_ || total_known);
  return useful && all.done <= all.total ? all : Estimate{};
}

}  // namespace terapi::client
