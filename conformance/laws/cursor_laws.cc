// What cursors look like and which are taken: CUR-1, CUR-6, CUR-7.
#include <algorithm>

#include "conformance/contract/cursor.h"
#include "conformance/contract/timestamp.h"
#include "conformance/laws/record_reader.h"
#include "core/base64.h"
#include "core/random.h"

namespace terapi::conformance {
namespace {

constexpr std::string_view kNilUuid = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view kSomeUuid = "1a161601-2399-4836-aab2-f695eb6a6ac2";
// The highest of all, and the highest that is of a version (RFC 9562) and not of none.
constexpr std::string_view kLastUuid = "ffffffff-ffff-ffff-ffff-ffffffffffff";
constexpr std::string_view kLastUuidOfAVersion = "ffffffff-ffff-8fff-bfff-ffffffffffff";

std::string base64_of(std::string_view text) { return core::base64(text, core::Padding::kWithout); }

// Texts that no cursor of any stream is.
std::vector<std::string> hostile_cursors(const std::string& good) {
  std::vector<std::string> cursors = {"x",
                                      "null",
                                      "0",
                                      "undefined",
                                      "%",
                                      "=",
                                      "====",
                                      "\n",
                                      " ",
                                      "{}",
                                      "../../etc",
                                      "-1",
                                      "\"",
                                      "<script>",
                                      "'; DROP TABLE records; --",
                                      "\xFF\xFE",
                                      std::string("a\0b", 3),
                                      std::string(999, 'A'),
                                      std::string(1000, '/')};
  for (const std::string_view text :
       {"created_at^2024-01-01T00:00:00Z|id^", "created_at^2024-01-01T00:00:00Z|id^nonsense",
        "created_at^|id^1a161601-2399-4836-aab2-f695eb6a6ac2", "2024-01-01T00:00:00Z", "{}",
        "created_at^yesterday|id^1a161601-2399-4836-aab2-f695eb6a6ac2",
        "created_at^2024-02-30T00:00:00Z|id^1a161601-2399-4836-aab2-f695eb6a6ac2",
        "created_at^2024-01-01T00:00:00Z", "id^1a161601-2399-4836-aab2-f695eb6a6ac2",
        "created_at^2024-01-01T00:00:00Z|id^1a161601-2399-4836-aab2-f695eb6a6ac2|x", "||"}) {
    cursors.push_back(base64_of(text));
  }
  if (!good.empty()) {
    cursors.push_back(good.substr(1));
    cursors.push_back(good.substr(0, good.size() / 2));
    cursors.push_back(good + good);
    cursors.push_back(good + "!");
    std::string upper = good;
    std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
    cursors.push_back(upper);
  }
  return cursors;
}

// What Node.js makes of base64: it passes over what is no character of it, and ends at a '='.
std::string read_as_node(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c == '=') break;
    const char plain = c == '-' ? '+' : c == '_' ? '/' : c;
    const bool known = (plain >= 'A' && plain <= 'Z') || (plain >= 'a' && plain <= 'z') ||
                       (plain >= '0' && plain <= '9') || plain == '+' || plain == '/';
    if (known) kept += plain;
  }
  if (kept.size() % 4 == 1) kept.pop_back();
  return core::decode_base64(kept).value_or("");
}

// True for what a server of the dialect may take for a position.
bool may_be_a_cursor(const std::string& text, const Dialect& dialect) {
  if (read_cursor(text, dialect)) return true;
  return dialect.habits.reads_cursors_as_node &&
         read_cursor(core::base64(read_as_node(text), core::Padding::kWith), dialect).has_value();
}

}  // namespace

void check_cursors_readable(LawContext& context) {
  RecordReader reader(context);
  const Walk walk = reader.walk(1000);
  if (walk.records.empty()) context.unproven = "an empty stream has no cursors";
  for (const ServedRecord& record : walk.records) {
    const auto place = read_cursor(record.cursor, context.server.dialect());
    const auto time = read_timestamp(record.last_modified_at);
    if (!place) {
      context.findings.fail("CUR-6", "a cursor does not have the right format",
                            "a timestamp and a UUID, in base64",
                            record.cursor + ": " + place.error().message, walk.events);
    } else if (time && place->time != *time) {
      context.findings.fail("CUR-6", "a cursor has a different time than its record",
                            record.last_modified_at, write_timestamp(place->time), walk.events);
    }
    // Each cursor is unlike the next one's, but for some reason not sent back as it came.
    const bool safe = std::all_of(record.cursor.begin(), record.cursor.end(),
                                  [](unsigned char c) { return c > 0x20 && c < 0x7F; });
    if (!safe) {
      context.findings.fail("CUR-6", "a cursor contains characters that a URL cannot carry",
                            "printable ASCII", record.cursor, walk.events);
    }
  }
}

void check_position_cursors(LawContext& context) {
  RecordReader reader(context);
  const Dialect& dialect = context.server.dialect();
  const std::string last(dialect.habits.reads_cursors_as_node ? kLastUuidOfAVersion : kLastUuid);
  const Walk all = reader.walk(1000);
  if (!all.whole) return;
  if (all.records.empty()) context.unproven = "an empty stream has no positions between records";
  const auto expect_from = [&](const Position& position, std::string_view what) {
    std::vector<ServedRecord> expected;
    for (const ServedRecord& record : all.records) {
      const auto place = read_cursor(record.cursor, dialect);
      if (place && *place > position) expected.push_back(record);
    }
    const Walk rest = reader.walk(10'000, {{"cursor", write_cursor(position, dialect)}});
    if (!rest.whole) return;
    const std::string parted = difference(expected, rest.records);
    if (parted.empty()) return;
    context.findings.fail("CUR-7", "a cursor that can be decoded is not accepted as a position",
                          std::string(what) + ": " + std::to_string(expected.size()) + " records",
                          parted, rest.events);
  };
  using std::chrono::microseconds;
  expect_from({*read_timestamp("1970-01-01T00:00:00Z"), std::string(kNilUuid)},
              "long before all records");
  expect_from({*read_timestamp("9999-12-31T23:59:59Z"), last}, "long after all records");
  for (std::size_t i = 0; i < all.records.size();
       i += 1 + all.records.size() / (context.given.thrifty ? 4 : 12)) {
    const auto place = read_cursor(all.records[i].cursor, dialect);
    if (!place) continue;
    expect_from({place->time, std::string(kNilUuid)}, "the first id of a time");
    expect_from({place->time, last}, "the last id of a time");
    expect_from({place->time, std::string(kSomeUuid)}, "an id that no record has");
    expect_from({place->time - microseconds(1), last}, "a microsecond earlier");
    expect_from({place->time + microseconds(1), std::string(kNilUuid)}, "a microsecond later");
  }
}

void check_hostile_cursors(LawContext& context) {
  RecordReader reader(context);
  const auto first = reader.page({{"limit", "1"}});
  const std::string good = last_cursor(first.page);
  for (const std::string& cursor : hostile_cursors(good)) {
    // What happens to decode is a position; all else is refused.
    if (may_be_a_cursor(cursor, context.server.dialect())) continue;
    reader.expect_cursor_refused(reader.ask({{"cursor", cursor}}),
                                 "a cursor that cannot be decoded is not refused");
  }
  reader.expect_refused(reader.ask({{"cursor", ""}}), 400, "invalid_query_params", "cursor",
                        "REC-3", "an empty cursor is not refused");
  core::Random random(context.given.seed);
  for (int i = 0; i < (context.given.thrifty ? 20 : 60) && !good.empty(); ++i) {
    std::string cursor = good;
    for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
      cursor[random.below(cursor.size())] = static_cast<char>(random.below(256));
    }
    const Answer answer = reader.ask({{"cursor", cursor}});
    if (answer.status() == 200 || answer.status() == 400) continue;
    const Dialect& dialect = context.server.dialect();
    if (dialect.habits.reads_cursors_as_node || !read_cursor(cursor, dialect)) {
      reader.expect_cursor_refused(answer, "a damaged cursor is not answered with 200 or 400");
      continue;
    }
    context.findings.fail("CUR-7", "a damaged cursor is not answered with 200 or 400",
                          "200 (a position) or 400 (none)",
                          std::to_string(answer.status()) + " " + shortened(answer.body()),
                          answer.events);
    reader.expect_alive("a damaged cursor");
  }
}

}  // namespace terapi::conformance
