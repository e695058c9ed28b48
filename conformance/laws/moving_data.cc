#include "conformance/laws/moving_data.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "conformance/laws/record_reader.h"

namespace terapi::conformance {
namespace {

constexpr int kTriesOnMovingData = 3;
constexpr std::uint64_t kRecordsAtOnce = 1'000;

// The part of a stream that a law looks at, as it is now.
struct PartSeen {
  std::vector<ServedRecord> records;
  bool more = false;  // behind it
};

// Nothing where it cannot be read: the law itself will say what is wrong.
std::optional<PartSeen> look_at_part(LawContext& context, std::size_t sample) {
  Findings nobody_reads_these;
  LawContext asking{context.server, nobody_reads_these, context.given};
  RecordReader reader(asking);
  const std::size_t pages = sample == 0 ? SIZE_MAX : (sample + kRecordsAtOnce - 1) / kRecordsAtOnce;
  const std::uint64_t limit =
      sample == 0 ? kRecordsAtOnce
                  : std::min<std::uint64_t>(kRecordsAtOnce, std::max<std::size_t>(sample, 1));
  Walk walk = reader.walk(limit, {}, pages);
  if ((!walk.whole && !walk.cut) || !nobody_reads_these.empty()) return std::nullopt;
  PartSeen sight{std::move(walk.records), walk.cut};
  if (sample > 0 && sight.records.size() > sample) {
    sight.records.resize(sample);
    sight.more = true;
  }
  return sight;
}

std::optional<Position> end_of_part(const PartSeen& sight, const Dialect& dialect) {
  if (sight.records.empty()) return std::nullopt;
  const auto place = read_cursor(sight.records.back().cursor, dialect);
  return place ? std::optional<Position>(*place) : std::nullopt;
}

// Whether others have written: then a record has another cursor or payload, came or went. The same
// records in another order are the server's own doing.
bool was_written_to(const PartSeen& before, const PartSeen& after) {
  const auto content = [](const PartSeen& sight) {
    std::vector<std::tuple<std::string_view, std::string_view, std::string_view>> all;
    all.reserve(sight.records.size());
    for (const ServedRecord& record : sight.records) {
      all.emplace_back(record.cursor, record.id, record.payload);
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  return content(before) != content(after);
}

void take_over(LawContext& context, Findings& found, LawContext& tried) {
  for (Finding& finding : found.take()) context.findings.add(std::move(finding));
  if (context.unproven.empty()) context.unproven = std::move(tried.unproven);
}

bool accuses(const Findings& found) {
  return std::any_of(found.kept().begin(), found.kept().end(), [](const Finding& finding) {
    return finding.verdict == Verdict::kFail || finding.verdict == Verdict::kWarn;
  });
}

}  // namespace

void check_on_moving_data(const Law& law, LawContext& context, std::size_t sample) {
  std::optional<PartSeen> before = look_at_part(context, sample);
  if (!before) return law.check(context);
  const Dialect& dialect = context.server.dialect();
  if (before->more) context.given.until = end_of_part(*before, dialect);
  for (int tries = 1;; ++tries) {
    Findings found;
    LawContext tried{context.server, found, context.given, context.model, context.deliveries};
    law.check(tried);
    if (!accuses(found)) return take_over(context, found, tried);
    std::optional<PartSeen> after = look_at_part(context, sample);
    if (!after || !was_written_to(*before, *after)) {
      return take_over(context, found, tried);
    }
    if (tries == kTriesOnMovingData) break;
    // From here on, up to where it ends now.
    context.given.until = end_of_part(*after, dialect);
    before = std::move(after);
  }
  context.unproven = "the stream changed while it was read, each of " +
                     std::to_string(kTriesOnMovingData) +
                     " times: what was found may be due to that";
}

}  // namespace terapi::conformance
