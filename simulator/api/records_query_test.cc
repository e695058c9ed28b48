// What GET /records asks for, in both dialects; the HTTP side is in program/http_records_test.cc.
#include "simulator/api/records_query.h"

#include <gmock/gmock.h>

#include "core/url.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Time kAskedAt = core::VirtualClock::start_of_time();

struct Read {
  RecordsQuery query;
  std::vector<std::string> errors;  // "limit:too_big"
};

Read read(core::QueryParameters parameters, const Dialect& dialect = terapi_dialect()) {
  parameters.emplace_back("model", "Issue");
  std::vector<ValidationError> errors;
  const std::string target = "/records?" + core::encode_query(parameters);
  Read result{read_records_query(query_entries(target, dialect), dialect, kAskedAt, errors), {}};
  for (const ValidationError& error : errors) {
    result.errors.push_back((error.path.empty() ? "" : error.path[0]) + ":" + error.code);
  }
  return result;
}

TEST(RecordsQuery, HasItsDefaults) {
  const Read plain = read({});
  EXPECT_THAT(plain.errors, IsEmpty());
  EXPECT_EQ(plain.query.limit, 100U);
  EXPECT_EQ(plain.query.variant, "base");
  EXPECT_EQ(plain.query.actions, all_actions());
  EXPECT_FALSE(plain.query.after);
  EXPECT_FALSE(plain.query.modified_from);
}

// REC-5
TEST(RecordsQuery, TakesNoNumberButAWholeOne) {
  EXPECT_EQ(read({{"limit", "10000"}}).query.limit, 10000U);
  for (const std::string limit : {"0", "10001", "1.5", "1e3", "+5", "0x10", "", "-1"}) {
    EXPECT_EQ(read({{"limit", limit}}).errors.size(), 1U) << limit;
  }
}

// REC-5 in the nango dialect: JavaScript's numbers, and a fraction ends the paging.
TEST(RecordsQuery, ReadsLimitsAsJavaScriptDoesInTheNangoDialect) {
  const Read fraction = read({{"limit", "1.5"}}, nango_dialect());
  EXPECT_THAT(fraction.errors, IsEmpty());
  EXPECT_EQ(fraction.query.limit, 2U);
  EXPECT_TRUE(fraction.query.ends_paging);
  EXPECT_EQ(read({{"limit", "1e3"}}, nango_dialect()).query.limit, 1000U);
  EXPECT_THAT(read({{"limit", "ten"}}, nango_dialect()).errors, ElementsAre("limit:invalid_type"));
  EXPECT_THAT(read({{"limit", "1e9"}}, nango_dialect()).errors, ElementsAre("limit:too_big"));
}

// REC-7 and its measured counterpart.
TEST(RecordsQuery, FiltersExactlyExceptInTheNangoDialect) {
  const auto has = [](const Read& read, Action action) {
    return read.query.actions.test(static_cast<std::size_t>(action));
  };
  const Read exact = read({{"filter", "added,DELETED"}});
  EXPECT_TRUE(has(exact, Action::kAdded) && has(exact, Action::kDeleted));
  EXPECT_FALSE(has(exact, Action::kUpdated));
  EXPECT_FALSE(has(read({{"filter", "added,deleted"}}, nango_dialect()), Action::kDeleted));
  EXPECT_THAT(read({{"filter", "aDDed"}}, nango_dialect()).errors,
              ElementsAre("filter:invalid_value"));
}

// REC-8
TEST(RecordsQuery, ReadsModifiedAfterAtMicroseconds) {
  EXPECT_EQ(read({{"modified_after", "2024-01-01T02:00:00.0000019+02:00"}}).query.modified_from,
            kAskedAt + Duration(1));
  EXPECT_THAT(read({{"modified_after", "2024-01-01T00:00:00+00:00"}}, nango_dialect()).errors,
              ElementsAre("modified_after:invalid_format"));
}

// CUR-7: a bad cursor is noted, not reported here: it is checked after the headers (AUTH-4).
TEST(RecordsQuery, NotesABadCursorForLater) {
  const Read bad = read({{"cursor", "nonsense"}});
  EXPECT_THAT(bad.errors, IsEmpty());
  EXPECT_TRUE(bad.query.bad_cursor);
}

// ERR-1
TEST(RecordsQuery, CollectsAllErrors) {
  EXPECT_THAT(
      read({{"model", "again"}, {"limit", "x"}, {"ids", ""}, {"variant", "a b"}, {"x", "1"}})
          .errors,
      testing::UnorderedElementsAre("model:invalid_type", "limit:invalid_type", "ids:invalid_union",
                                    "variant:invalid_format", ":unrecognized_keys"));
}

}  // namespace
}  // namespace terapi::simulator
