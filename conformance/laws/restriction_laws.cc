// What restricts a reading: filter, modified_after, ids, and all of them together (REC-6 to REC-9).
// Each is set algebra over the full walk.
#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <set>

#include "conformance/contract/timestamp.h"
#include "conformance/laws/asked_time.h"
#include "conformance/laws/record_reader.h"

namespace terapi::conformance {
namespace {

constexpr std::string_view kFilterWords[] = {"added", "updated", "deleted"};

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), ::toupper);
  return text;
}

std::vector<ServedRecord> chosen(const std::vector<ServedRecord>& all,
                                 const std::function<bool(const ServedRecord&)>& keep) {
  std::vector<ServedRecord> some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some), keep);
  return some;
}

// Reads what is restricted so, in large and in small pages, and compares.
void expect_walk(LawContext& context, const std::vector<ServedRecord>& expected, const Query& query,
                 std::string_view clause, const std::string& what) {
  RecordReader reader(context);
  const std::uint64_t small = expected.size() <= 60 ? 1 : 1 + expected.size() / 20;
  for (const std::uint64_t limit : {std::uint64_t{10'000}, small}) {
    constexpr std::size_t kPagesOfASample = 2;
    const bool some = context.given.thrifty && limit == small;
    const Walk walk = reader.walk(limit, query, some ? kPagesOfASample : SIZE_MAX);
    if (!walk.whole && !walk.cut) continue;
    const std::string parted = difference(so_far(expected, walk), walk.records);
    if (parted.empty()) continue;
    context.findings.fail(std::string(clause), what,
                          query_text(query) + " brings " + std::to_string(expected.size()) +
                              " records: " + listed(ids_of(expected), 5),
                          parted + " (limit=" + std::to_string(limit) + ")", walk.events);
  }
}

// The text of one subset in one of its spellings.
std::string filter_text(unsigned subset, bool reversed) {
  std::string text;
  for (unsigned i = 0; i < 3; ++i) {
    const unsigned word = reversed ? 2 - i : i;
    if ((subset & (1U << word)) == 0) continue;
    text += (text.empty() ? "" : ",") + std::string(kFilterWords[word]);
  }
  return text;
}

bool in_subset(const ServedRecord& record, unsigned subset) {
  for (unsigned i = 0; i < 3; ++i) {
    if ((subset & (1U << i)) != 0 && record.last_action == upper_case(std::string(kFilterWords[i])))
      return true;
  }
  return false;
}

// A filter that brings something else than it names; the two ways in which systems are known to do
// that are told by their names.
void expect_filtered(LawContext& context, const std::vector<ServedRecord>& all, unsigned subset,
                     const std::string& spelling) {
  RecordReader reader(context);
  const Query query = {{"filter", spelling}};
  const bool one_case =
      spelling == upper_case(spelling) || std::none_of(spelling.begin(), spelling.end(), ::isupper);
  if (!one_case && context.server.dialect().habits.takes_filter_words_in_one_case) {
    const Answer answer = reader.ask(query);
    if (answer.status() == 400) {
      return reader.expect_refused(answer, 400, "invalid_query_params", "filter", "REC-7",
                                   "a filter in both cases is refused otherwise");
    }
  }
  const std::vector<ServedRecord> expected =
      chosen(all, [&](const ServedRecord& record) { return in_subset(record, subset); });
  const Walk walk = reader.walk(10'000, query);
  if (!walk.whole) return;
  if (difference(expected, walk.records).empty()) {
    return expect_walk(context, expected, query, "REC-7",
                       "a filter does not return exactly the actions that it names");
  }
  constexpr unsigned kDeletions = 4;
  const bool mixed = (subset & kDeletions) != 0 && subset != kDeletions;
  const std::vector<ServedRecord> live = chosen(expected, [](const ServedRecord& record) {
    return record.last_action != upper_case(std::string(kFilterWords[2]));
  });
  const bool lost = mixed && difference(live, walk.records).empty();
  const bool one_word = subset == 1 || subset == 2 || subset == kDeletions;
  const bool everything =
      one_word && spelling.find(',') != std::string::npos && difference(all, walk.records).empty();
  context.findings.fail("REC-7",
                        lost
                            ? "a filter that names deletions and something else loses the deletions"
                        : everything ? "a filter that names one action twice returns everything"
                                     : "a filter does not return exactly the actions that it names",
                        query_text(query) + " brings " + std::to_string(expected.size()) +
                            " records: " + listed(ids_of(expected), 5),
                        difference(expected, walk.records), walk.events);
}

std::string spelled_at_offset(core::Time time, int minutes) {
  // The same instant, seen elsewhere on Earth.
  std::string text = write_timestamp(time + std::chrono::minutes(minutes));
  const int hours = std::abs(minutes) / 60;
  const int rest = std::abs(minutes) % 60;
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  text.resize(text.size() - 6);
  return text + (minutes < 0 ? "-" : "+") + two(hours) + ":" + two(rest);
}

}  // namespace

void check_filters(LawContext& context) {
  RecordReader reader(context);
  const Walk all = reader.walk(1000);
  if (!all.whole) return;
  std::set<std::string> actions;
  for (const ServedRecord& record : all.records) actions.insert(record.last_action);
  if (actions.size() < 2) context.unproven = "all records have the same last_action";
  for (unsigned subset = 1; subset < 8; ++subset) {
    const std::string lower = filter_text(subset, false);
    std::string mixed = lower;
    for (std::size_t i = 0; i < mixed.size(); i += 2) mixed[i] = upper_case(mixed)[i];
    std::set<std::string> spellings = {lower, upper_case(lower), mixed, filter_text(subset, true),
                                       std::string(lower).append(",").append(lower)};
    for (const std::string& spelling : spellings) {
      expect_filtered(context, all.records, subset, spelling);
    }
  }
  for (const char* bad : {"", ",", "added,", ",added", "new", "added;deleted", "added deleted",
                          "ADDED,gone", "*", "added,,deleted"}) {
    reader.expect_refused(reader.ask({{"filter", bad}}), 400, "invalid_query_params", "filter",
                          "REC-7", "a filter that names no action is not refused");
  }
}

void check_modified_after(LawContext& context) {
  RecordReader reader(context);
  const Walk all = reader.walk(1000);
  if (!all.whole) return;
  std::vector<core::Time> times;
  for (const ServedRecord& record : all.records) {
    const auto time = read_timestamp(record.last_modified_at);
    if (time && (times.empty() || times.back() != *time)) times.push_back(*time);
  }
  if (times.empty()) context.unproven = "an empty stream has no times";
  const Dialect& dialect = context.server.dialect();
  const auto since = [&](core::Time from) {
    return chosen(all.records, [&](const ServedRecord& record) {
      const auto time = read_timestamp(record.last_modified_at);
      return time && *time >= from;
    });
  };
  const auto expect_from = [&](core::Time from, const std::string& text) {
    const Query query = {{"modified_after", text}};
    std::vector<ServedRecord> expected = since(from);
    if (dialect.habits.asks_for_times_with_z) {
      const Answer answer = reader.ask(query);
      if (answer.status() == 400 && !text.ends_with('Z')) {
        return reader.expect_refused(answer, 400, "invalid_query_params", "modified_after", "REC-8",
                                     "a time with an offset is refused otherwise");
      }
      const Walk walk = reader.walk(10'000, query);
      std::vector<ServedRecord> coarse = since(in_milliseconds(from));
      if (walk.whole && difference(coarse, walk.records).empty()) expected = std::move(coarse);
    }
    expect_walk(context, expected, query, "REC-8",
                "modified_after does not return exactly what was modified at that time or later");
  };
  using std::chrono::microseconds;
  for (std::size_t i = 0; i < times.size();
       i += 1 + times.size() / (context.given.thrifty ? 4 : 12)) {
    const core::Time time = times[i];
    expect_from(time, write_timestamp(time));
    expect_from(time + microseconds(1), write_timestamp(time + microseconds(1)));
    expect_from(time - microseconds(1), write_timestamp(time - microseconds(1)));
    expect_from(time, spelled_at_offset(time, 330));
    expect_from(time, spelled_at_offset(time, -570));
    std::string zulu = write_timestamp(time);
    zulu.resize(zulu.size() - 6);
    expect_from(time, zulu + "Z");
    expect_from(time, zulu + "999Z");  // digits past the microsecond change nothing
  }
  for (const char* bad :
       {"", "yesterday", "2024-01-01", "2024-13-01T00:00:00Z", "1704067200", "2024-02-30T00:00:00Z",
        "2024-01-01T25:00:00Z", "null", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z"}) {
    for (const char* name : {"modified_after", "delta"}) {
      reader.expect_refused(reader.ask({{name, bad}}), 400, "invalid_query_params", name, "REC-8",
                            "a modified_after that is not a timestamp is not refused");
    }
  }
}

void check_twelve_months(LawContext& context) {
  RecordReader reader(context);
  reader.expect_refused(reader.ask({{"modified_after", "2001-01-01T00:00:00Z"}}), 400,
                        "invalid_query_params", "modified_after", "REC-8",
                        "a modified_after of long ago is not refused");
  const Walk all = reader.walk(1000);
  if (all.records.empty()) return;
  const auto newest = read_timestamp(all.records.back().last_modified_at);
  if (!newest) return;
  // The server's clock is at or after what it last wrote; thirteen months before that is too old.
  const core::Time old = *newest - std::chrono::hours(24 * 396);
  reader.expect_refused(reader.ask({{"modified_after", asked_time(old, context.server.dialect())}}),
                        400, "invalid_query_params", "modified_after", "REC-8",
                        "a modified_after of thirteen months ago is not refused");
}

void check_ids(LawContext& context) {
  RecordReader reader(context);
  const Walk all = reader.walk(1000);
  if (!all.whole) return;
  if (all.records.size() < 3) context.unproven = "fewer than three records have no order to keep";
  // Every third one, asked for in the opposite order, with an id among them that nobody has.
  std::vector<std::string> asked;
  for (std::size_t i = 0; i < all.records.size() && asked.size() < 98; i += 3) {
    asked.push_back(all.records[i].id);
  }
  const std::set<std::string> wanted(asked.begin(), asked.end());
  std::reverse(asked.begin(), asked.end());
  Query query = {{"ids", "nobody-has-this-id"}};
  for (const std::string& id : asked) query.emplace_back("ids", id);
  if (!asked.empty()) query.emplace_back("ids", asked.front());
  const auto keep = [&](const ServedRecord& record) { return wanted.contains(record.id); };
  expect_walk(context, chosen(all.records, keep), query, "REC-6",
              "ids does not return exactly the records that it names, in the stream's order");
  for (const std::string action : {"ADDED", "UPDATED", "DELETED"}) {
    const auto of_it =
        std::find_if(all.records.begin(), all.records.end(),
                     [&](const auto& record) { return record.last_action == action; });
    if (of_it == all.records.end()) continue;
    expect_walk(context, {*of_it}, {{"ids", of_it->id}}, "REC-6",
                "a record cannot be asked for by its id");
  }
  expect_walk(context, {}, {{"ids", "nobody-has-this-id"}}, "REC-6",
              "an id that no record has does not give an empty page");
  const auto refused = [&](const Query& bad, const std::string& what) {
    reader.expect_refused(reader.ask(bad), 400, "invalid_query_params", "ids", "REC-6", what);
  };
  Query many;
  for (int i = 0; i < 100; ++i) many.emplace_back("ids", "unknown-" + std::to_string(i));
  expect_walk(context, {}, many, "REC-6", "a hundred ids are not accepted");
  many.emplace_back("ids", "unknown-100");
  refused(many, "a hundred and one ids are not refused");
  refused({{"ids", ""}}, "an empty id is not refused");
  expect_walk(context, {}, {{"ids", std::string(256, 'x')}}, "REC-6",
              "an id of 256 characters is not accepted");
  refused({{"ids", std::string(257, 'x')}}, "an id of 257 characters is not refused");
}

void check_combined(LawContext& context) {
  RecordReader reader(context);
  const Walk all = reader.walk(1000);
  if (!all.whole) return;
  const std::size_t count = all.records.size();
  if (count < 4) context.unproven = "fewer than four records leave nothing to restrict";
  if (count == 0) return;
  const Dialect& dialect = context.server.dialect();
  // What each filter returns by itself, where that is judged apart.
  std::map<unsigned, std::set<std::string>> filtered;
  const auto passes = [&](const ServedRecord& record, unsigned subset) {
    if (!dialect.habits.filters_are_judged_apart) return in_subset(record, subset);
    const auto [at, is_new] = filtered.try_emplace(subset);
    if (is_new) {
      const Walk alone = reader.walk(1000, {{"filter", filter_text(subset, false)}});
      for (const ServedRecord& each : alone.records) at->second.insert(each.id);
    }
    return at->second.contains(record.id);
  };
  for (const std::size_t after : {std::size_t{0}, count / 4, count / 2}) {
    for (const std::size_t from : {std::size_t{0}, count / 3, count - 1}) {
      for (const unsigned subset : {1U, 3U, 6U}) {
        const auto asked = read_timestamp(all.records[from].last_modified_at);
        if (!asked) continue;  // a defect of its form, which other laws tell
        const core::Time time = clear_time(*asked, dialect);
        std::set<std::string> ids;
        Query query = {{"cursor", all.records[after].cursor},
                       {"modified_after", asked_time(time, dialect)},
                       {"filter", filter_text(subset, false)}};
        for (std::size_t i = 0; i < count && ids.size() < 90; i += 2) {
          ids.insert(all.records[i].id);
          query.emplace_back("ids", all.records[i].id);
        }
        std::vector<ServedRecord> expected;
        for (std::size_t i = after + 1; i < count; ++i) {
          const ServedRecord& record = all.records[i];
          const auto its_time = read_timestamp(record.last_modified_at);
          if (its_time && *its_time >= time && ids.contains(record.id) && passes(record, subset)) {
            expected.push_back(record);
          }
        }
        expect_walk(context, expected, query, "REC-9", "combined restrictions do not all apply");
      }
    }
  }
}

}  // namespace terapi::conformance
