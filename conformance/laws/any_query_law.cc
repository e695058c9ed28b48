// any-query: GET /records with whatever restrictions, given together by chance: REC-5 to REC-9.
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "conformance/contract/timestamp.h"
#include "conformance/laws/asked_time.h"
#include "conformance/laws/record_reader.h"
#include "core/random.h"

namespace terapi::conformance {
namespace {

constexpr std::array<std::string_view, 3> kActions = {"added", "updated", "deleted"};

// A query, and what it leaves of a stream.
class DrawnQuery {
 public:
  DrawnQuery(const std::vector<ServedRecord>& all, const Dialect& dialect, core::Random& random)
      : all_(all), dialect_(dialect), random_(random) {
    if (random_.below(2) == 0) draw_cursor();
    if (random_.below(3) == 0) draw_time();
    if (random_.below(3) == 0) draw_actions();
    if (random_.below(3) == 0) draw_ids();
    static constexpr std::array<std::size_t, 6> kLimits = {1, 2, 3, 7, 100, 10'000};
    if (random_.below(4) != 0) {
      limit_ = kLimits[random_.below(kLimits.size())];
      query_.emplace_back("limit", std::to_string(limit_));
    }
  }

  const Query& query() const { return query_; }
  std::size_t limit() const { return limit_; }
  // The filter's words; empty: none.
  const std::string& filter() const { return filter_; }
  // In place of what the contract makes of them: the records that they bring by themselves.
  void pass_only(const std::vector<ServedRecord>& filtered) {
    passed_.emplace();
    for (const ServedRecord& record : filtered) passed_->insert(record.id);
  }
  std::vector<ServedRecord> fitting() const {
    std::vector<ServedRecord> some;
    for (std::size_t i = first_; i < all_.size(); ++i) {
      if (fits(all_[i])) some.push_back(all_[i]);
    }
    return some;
  }

 private:
  const ServedRecord& any() { return all_[random_.below(all_.size())]; }

  void draw_cursor() {
    const std::size_t place = random_.below(all_.size());
    first_ = place + 1;
    query_.emplace_back("cursor", all_[place].cursor);
  }
  // A time of a record, a microsecond before it, or one after it.
  void draw_time() {
    const auto time = read_timestamp(any().last_modified_at);
    if (!time) return;
    from_ = clear_time(
        *time + std::chrono::microseconds(static_cast<std::int64_t>(random_.below(3)) - 1),
        dialect_);
    query_.emplace_back("modified_after", asked_time(*from_, dialect_));
  }
  void draw_actions() {
    std::string words;
    for (const std::string_view word : kActions) {
      if (random_.below(2) == 0 && !(words.empty() && word == kActions.back())) continue;
      words += (words.empty() ? "" : ",") + std::string(word);
      std::string action(word);
      std::transform(action.begin(), action.end(), action.begin(), ::toupper);
      actions_.insert(std::move(action));
    }
    query_.emplace_back("filter", words);
    filter_ = std::move(words);
  }
  void draw_ids() {
    for (std::uint64_t i = 1 + random_.below(4); i > 0; --i) {
      const std::string& id = any().id;
      if (id.empty() || id.size() > 256) continue;
      ids_.insert(id);
      query_.emplace_back("ids", id);
    }
  }

  bool fits(const ServedRecord& record) const {
    if (passed_ ? !passed_->contains(record.id)
                : !actions_.empty() && !actions_.contains(record.last_action)) {
      return false;
    }
    if (!ids_.empty() && !ids_.contains(record.id)) return false;
    if (!from_) return true;
    const auto time = read_timestamp(record.last_modified_at);
    return time && *time >= *from_;
  }

  const std::vector<ServedRecord>& all_;
  const Dialect& dialect_;
  core::Random& random_;
  Query query_;
  std::string filter_;
  std::optional<std::set<std::string>> passed_;
  std::size_t first_ = 0;
  std::size_t limit_ = 100;
  std::optional<core::Time> from_;
  std::set<std::string> actions_;
  std::set<std::string> ids_;
};

}  // namespace

void check_any_query(LawContext& context) {
  RecordReader reader(context);
  const Walk all = reader.walk(1000);
  if (!all.whole) return;
  if (all.records.size() < 2) context.unproven = "fewer than two records leave nothing to restrict";
  if (all.records.empty()) return;
  core::Random random = core::Random(context.given.seed).stream("any-query");
  for (std::uint64_t round = 0; round < context.given.rounds; ++round) {
    const Dialect& dialect = context.server.dialect();
    DrawnQuery drawn(all.records, dialect, random);
    if (!drawn.filter().empty() && dialect.habits.filters_are_judged_apart) {
      drawn.pass_only(reader.walk(1000, {{"filter", drawn.filter()}}).records);
    }
    const std::vector<ServedRecord> fitting = drawn.fitting();
    const auto page = reader.page(drawn.query());
    if (!page.good) continue;
    const std::vector<ServedRecord>& came = page.page.records;
    // A byte budget may make a page shorter (REC-11), but not empty.
    std::vector<ServedRecord> expected = fitting;
    const std::size_t most = std::min(drawn.limit(), fitting.size());
    const bool cut = came.size() < most && page.page.next_cursor && !came.empty();
    expected.resize(cut ? came.size() : most);
    const std::string parted = difference(expected, came);
    if (!parted.empty()) {
      context.findings.fail("REC-9", "a query does not return exactly the records that match it",
                            query_text(drawn.query()) + ": " + std::to_string(expected.size()) +
                                " records: " + listed(ids_of(expected), 5),
                            parted, page.answer.events);
    } else if (page.page.next_cursor.has_value() != (came.size() < fitting.size())) {
      context.findings.fail(
          "CUR-4", "next_cursor does not say whether more follows",
          query_text(drawn.query()) + ": " + std::to_string(fitting.size()) + " records fit",
          page.page.next_cursor.value_or("null"), page.answer.events);
    }
  }
}

}  // namespace terapi::conformance
