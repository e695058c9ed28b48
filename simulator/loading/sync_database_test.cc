#include "simulator/loading/sync_database.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "core/sqlite/sqlite_connection.h"
#include "core/temporary_folder.h"
#include "simulator/loading/load_spec.h"
#include "simulator/records/cursor.h"

namespace terapi::simulator {
namespace {

using testing::HasSubstr;

class SyncDatabaseTest : public testing::Test {
 public:
  void run(const std::string& sql) {
    auto connection = core::SqliteConnection::open(file_, file_);
    ASSERT_TRUE(connection);
    const auto done = connection->run(sql);
    ASSERT_TRUE(done) << done.error().message;
  }
  void make_table() {
    run("CREATE TABLE records(integration, connection, model, variant, id, payload, last_action, "
        "first_seen_at, pruned_at, cursor, modified_us, seq)");
  }
  // A row of github/demo/Issue, with one of its columns as given.
  void add(const std::string& column = "id", const std::string& value = "'7'") {
    run("INSERT INTO records VALUES('github', 'demo', 'Issue', 'base', '7', '{\"id\":\"7\"}', "
        "'ADDED', '2024-01-01T00:00:00.000001+00:00', NULL, "
        "'Y3JlYXRlZF9hdF4yMDI0LTAxLTAxVDAwOjAwOjAwLjAwMDAwMSswMDowMHxpZF41ZGI1MjQyOC0wMmIxLTg4MTEt"
        "ODE4Zi01Y2I3YjJkZWEwN2U', 1, 1);"
        "UPDATE records SET " +
        column + " = " + value);
  }
  core::Error error(const Dialect& dialect = terapi_dialect()) {
    auto database = SyncDatabase::open(file_, dialect);
    if (!database) return database.error();
    auto next = (*database)->next();
    return next ? core::Error{"", "no error"} : next.error();
  }

  core::TemporaryFolder folder_;
  std::string file_ = folder_.file("sync.db");
};

TEST_F(SyncDatabaseTest, GivesEachRecordAsItWas) {
  make_table();
  add("last_action", "'DELETED'");
  auto database = SyncDatabase::open(file_, terapi_dialect());
  ASSERT_TRUE(database) << database.error().message;
  auto next = (*database)->next();
  ASSERT_TRUE(next) << next.error().message;
  ASSERT_NE(*next, nullptr);
  EXPECT_EQ(describe((*next)->stream), "github/demo/Issue");
  EXPECT_EQ((*next)->fields.id, "7");
  EXPECT_EQ((*next)->fields.payload, R"({"id":"7"})");
  EXPECT_EQ((*next)->fields.action, Action::kDeleted);
  EXPECT_EQ(format_uuid((*next)->fields.position.id), "5db52428-02b1-8811-818f-5cb7b2dea07e");
  EXPECT_EQ((*next)->fields.first_seen, (*next)->fields.position.time);
  next = (*database)->next();
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, nullptr);
}

TEST_F(SyncDatabaseTest, SaysWhichRecordIsWrongAndHow) {
  make_table();
  const std::string late =
      "'" +
      encode_cursor({*core::parse_rfc3339("9999-06-01T00:00:00Z"), Uuid::lowest()},
                    terapi_dialect()) +
      "'";
  for (const auto& [column, value, expected] :
       {std::tuple{"payload", "'nonsense'", "has a payload that is no JSON object"},
        std::tuple{"last_action", "'MOVED'", "has the action 'MOVED'"},
        std::tuple{"cursor", "'?'", "has a cursor that is none of the terapi dialect's"},
        std::tuple{"cursor", late.c_str(), "is dated 9999-06-01T00:00:00.000000+00:00; expected"},
        std::tuple{"first_seen_at", "'yesterday'", "has no time at which it was first seen"}}) {
    run("DELETE FROM records");
    add(column, value);
    const core::Error found = error();
    EXPECT_EQ(found.code, "bad_record");
    EXPECT_THAT(found.message, HasSubstr("the record '7' of github/demo/Issue"));
    EXPECT_THAT(found.message, HasSubstr(expected));
  }
  run("DELETE FROM records");
  add();
  EXPECT_THAT(error(nango_dialect()).message, HasSubstr("none of the nango dialect's"));
}

TEST_F(SyncDatabaseTest, RefusesWhatIsNoDatabaseOfTerapiSync) {
  EXPECT_EQ(error().code, "no_file");
  EXPECT_FALSE(std::filesystem::exists(file_)) << "nothing was made";
  std::ofstream(file_) << R"({"id":"1"})";
  EXPECT_THAT(error().message,
              HasSubstr("is not a SQLite database; expected one that terapi-sync"));
  std::filesystem::remove(file_);
  run("CREATE TABLE other(x)");
  EXPECT_THAT(error().message, HasSubstr("has not the tables of terapi-sync"));
}

TEST(LoadSpecOfADatabase, IsItsPath) {
  EXPECT_EQ(parse_load_spec("copies/sync.db")->database, "copies/sync.db");
  EXPECT_EQ(parse_load_spec("connection=c,integration=i,model=m,file=f")->database, "");
}

}  // namespace
}  // namespace terapi::simulator
