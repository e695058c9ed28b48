// Order, pages and suffixes: CUR-1 to CUR-5.
#include <algorithm>
#include <map>
#include <set>

#include "conformance/contract/cursor.h"
#include "conformance/contract/timestamp.h"
#include "conformance/laws/record_reader.h"

namespace terapi::conformance {
namespace {

constexpr std::size_t kAllCursors = 200;     // up to this many records, every cursor is tried
constexpr std::size_t kSampledCursors = 48;  // beyond, this many
constexpr std::size_t kThriftyCursors = 16;  // where questions are to be few
constexpr std::size_t kThriftyPages = 5;     // of each size

// Spread over the stream; both ends, and both sides of the first ties.
std::vector<std::size_t> places_to_try(const std::vector<ServedRecord>& all, bool thrifty) {
  std::set<std::size_t> places;
  const std::size_t sampled = thrifty ? kThriftyCursors : kSampledCursors;
  if (all.size() <= (thrifty ? kThriftyCursors : kAllCursors)) {
    for (std::size_t i = 0; i < all.size(); ++i) places.insert(i);
  } else {
    for (std::size_t i = 0; i < sampled; ++i) {
      places.insert(i * (all.size() - 1) / (sampled - 1));
    }
    std::size_t edges = 0;
    for (std::size_t i = 1; i < all.size() && edges < (thrifty ? 3 : 16); ++i) {
      if (all[i].last_modified_at == all[i - 1].last_modified_at) continue;
      places.insert({i - 1, i});
      ++edges;
    }
  }
  return {places.begin(), places.end()};
}

std::vector<ServedRecord> suffix_of(const std::vector<ServedRecord>& all, std::size_t after) {
  return {all.begin() + static_cast<std::ptrdiff_t>(after) + 1, all.end()};
}

}  // namespace

void check_order(LawContext& context) {
  RecordReader reader(context);
  const Walk walk = reader.walk(1000);
  std::set<std::string> ids;
  std::set<std::string> cursors;
  for (std::size_t i = 0; i < walk.records.size(); ++i) {
    const ServedRecord& record = walk.records[i];
    if (!ids.insert(record.id).second) {
      context.findings.fail("CUR-2", "a record is in the list twice", "once",
                            record.id + " again at place " + std::to_string(i + 1), walk.events);
    }
    if (!cursors.insert(record.cursor).second) {
      context.findings.fail("CUR-1", "two records have the same cursor", "one cursor each",
                            record.id + " has " + record.cursor, walk.events);
    }
    if (i == 0) continue;
    const ServedRecord& before = walk.records[i - 1];
    const auto earlier = read_timestamp(before.last_modified_at);
    const auto later = read_timestamp(record.last_modified_at);
    if (earlier && later && *later < *earlier) {
      context.findings.fail("CUR-2", "a record comes after one that was modified later",
                            "oldest modification first",
                            record.id + " (" + record.last_modified_at + ") after " + before.id +
                                " (" + before.last_modified_at + ")",
                            walk.events);
    }
    const auto place = read_cursor(record.cursor, context.server.dialect());
    const auto place_before = read_cursor(before.cursor, context.server.dialect());
    if (place && place_before && *place <= *place_before) {
      context.findings.fail("CUR-5", "records are not in the order of their cursors",
                            "time, then id", record.id + " after " + before.id, walk.events);
    }
  }
  if (walk.records.size() < 2) context.unproven = "fewer than two records have no order";
}

void check_pages_agree(LawContext& context) {
  RecordReader reader(context);
  const Walk reference = reader.walk(10'000);
  if (!reference.whole) return;
  if (reference.records.size() < 2) context.unproven = "fewer than two records make no pages";
  std::vector<std::uint64_t> limits = context.given.limits;
  if (limits.empty()) limits = {1, 2, 3, 7, 100, 1000};
  for (const std::uint64_t limit : limits) {
    // A request for each of many records proves no more than a request for each of some.
    constexpr std::size_t kMostPages = 3'000;
    const bool thrifty = context.given.thrifty;
    if (!thrifty && reference.records.size() / limit > kMostPages) continue;
    const Walk walk = reader.walk(limit, {}, thrifty ? kThriftyPages : SIZE_MAX);
    if (!walk.whole && !walk.cut) continue;
    const std::string parted = difference(so_far(reference.records, walk), walk.records);
    if (parted.empty()) continue;
    context.findings.fail(
        "CUR-3", "pages of a different size return different records",
        "with limit=" + std::to_string(limit) + " the same sequence as with " + "limit=10000",
        parted, walk.events);
  }
}

namespace {

// Where a part of the stream is looked at, its end is not the stream's: that of some ids is.
void check_exact_page_of_ids(LawContext& context, RecordReader& reader,
                             const std::vector<ServedRecord>& all) {
  Query ids;
  std::set<std::string> named;
  for (const ServedRecord& record : all) {
    if (named.size() == 7) break;
    if (!record.id.empty() && record.id.size() <= 256 && named.insert(record.id).second) {
      ids.emplace_back("ids", record.id);
    }
  }
  for (const std::size_t limit : {named.size() - 1, named.size(), named.size() + 1}) {
    if (limit < 1) continue;
    Query query = ids;
    query.emplace_back("limit", std::to_string(limit));
    const auto page = reader.page(query);
    if (!page.good) continue;
    const bool more = page.page.records.size() < named.size();
    if (more == page.page.next_cursor.has_value()) continue;
    context.findings.fail("CUR-4",
                          more ? "next_cursor is null although records follow"
                               : "next_cursor is not null although nothing follows",
                          std::to_string(named.size()) + " ids, limit=" + std::to_string(limit) +
                              ": " + (more ? "a cursor" : "null"),
                          page.page.next_cursor.value_or("null"), page.answer.events);
  }
}

}  // namespace

void check_exact_page(LawContext& context) {
  RecordReader reader(context);
  const Walk all = reader.walk(1000);
  if (!all.whole || all.records.empty()) {
    context.unproven = "an empty stream has no last page";
    return;
  }
  const std::size_t count = all.records.size();
  // From the start and from a place within: exactly what is left, one less, one more.
  for (const std::size_t from : {std::size_t{0}, count / 2, count - 1}) {
    const std::size_t left = count - from;
    for (const std::size_t limit : {left - 1, left, left + 1}) {
      if (limit < 1 || limit > 10'000) continue;
      Query query = {{"limit", std::to_string(limit)}};
      if (from > 0) query.emplace_back("cursor", all.records[from - 1].cursor);
      const auto page = reader.page(query);
      if (!page.good) continue;
      // A byte budget may end a page early (REC-11); then more follows, and it must say so.
      const bool more = page.page.records.size() < left;
      if (more == page.page.next_cursor.has_value()) continue;
      context.findings.fail("CUR-4",
                            more ? "next_cursor is null although records follow"
                                 : "next_cursor is not null although nothing follows",
                            std::to_string(left) + " left, limit=" + std::to_string(limit) + ": " +
                                (more ? "a cursor" : "null"),
                            page.page.next_cursor.value_or("null"), page.answer.events);
    }
  }
  if (context.given.until) return check_exact_page_of_ids(context, reader, all.records);
  const auto after = reader.page({{"cursor", all.records.back().cursor}});
  if (after.good && (!after.page.records.empty() || after.page.next_cursor)) {
    context.findings.fail("CUR-3", "something follows the last record", "no records, null",
                          listed(ids_of(after.page.records)), after.answer.events);
  }
}

void check_suffix(LawContext& context) {
  RecordReader reader(context);
  const Walk all = reader.walk(1000);
  if (!all.whole) return;
  if (all.records.size() < 2) context.unproven = "fewer than two records have no suffix";
  for (const std::size_t place : places_to_try(all.records, context.given.thrifty)) {
    const std::vector<ServedRecord> expected = suffix_of(all.records, place);
    const Walk rest = reader.walk(10'000, {{"cursor", all.records[place].cursor}});
    if (!rest.whole) continue;
    const std::string parted = difference(expected, rest.records);
    if (!parted.empty()) {
      context.findings.fail("CUR-3", "a cursor does not lead to exactly what comes after it",
                            "after record " + std::to_string(place + 1) + " (" +
                                all.records[place].id + "): " + std::to_string(expected.size()) +
                                " records",
                            parted, rest.events);
    }
    // The same in a short page, which ends in the middle of ties.
    const auto page = reader.page({{"cursor", all.records[place].cursor}, {"limit", "3"}});
    if (!page.good) continue;
    for (std::size_t i = 0; i < page.page.records.size(); ++i) {
      if (i < expected.size() && same_sight(page.page.records[i], expected[i])) continue;
      context.findings.fail("CUR-3", "a short page after a cursor begins somewhere else",
                            i < expected.size() ? expected[i].id : "nothing",
                            page.page.records[i].id, page.answer.events);
      break;
    }
  }
}

}  // namespace terapi::conformance
