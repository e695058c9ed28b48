// The program itself, over real HTTP: killed by SIGKILL at points spread over its run, and several
// of it on one database.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "client/storage/sqlite_store.h"
#include "core/random.h"
#include "tests/sync/sync_programs.h"
#ifdef TERAPI_HAS_POSTGRES
#include "client/postgres/postgres_store.h"
#include "client/postgres/test_postgres.h"
#endif

namespace terapi::tests {
namespace {

const client::Stream kIssues{"github", "demo", "Issue"};

std::vector<std::string> stored_ids(client::ReadableStore& store, const client::Stream& stream) {
  std::vector<std::string> ids;
  EXPECT_TRUE(store.read(stream, [&](const client::StoredRecord& record) {
    ids.push_back(record.id);
    return true;
  }));
  return ids;
}

std::vector<std::string> served_ids(SyncPrograms& programs, const std::string& model) {
  return simulator::ids_of(programs.simulator().walk({{"model", model}, {"limit", "1000"}}));
}

// What is stored is a beginning of what was served, and the cursor is that of its last record.
void expect_whole(SyncPrograms& programs) {
  if (!std::filesystem::exists(programs.file())) return;
  auto store = client::SqliteStore::open(programs.file());
  ASSERT_TRUE(store) << store.error().message;
  const auto position = (*store)->position(kIssues);
  ASSERT_TRUE(position);
  const auto ids = stored_ids(**store, kIssues);
  const auto served = programs.simulator().walk({{"limit", "1000"}});
  EXPECT_EQ(ids.size(), position->records);
  ASSERT_LE(ids.size(), served.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_EQ(ids[i], served[i]["id"]);
  if (ids.empty()) {
    EXPECT_FALSE(position->cursor);
  } else {
    EXPECT_EQ(position->cursor, simulator::cursor_of(served[ids.size() - 1]));
  }
}

std::vector<std::string> many_ids(int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back("r" + std::to_string(i));
  return ids;
}

// A copy of production: what terapi-sync stored, served by another simulator.
TEST(CopyOfProduction, GoesOnWhereStoredCursorsAre) {
  SyncPrograms programs;
  programs.simulator().save(many_ids(50));
  programs.simulator().save({"r7"}, 1);
  programs.simulator().remove({"r8"});
  programs.simulator().run(R"("model":"Comment","save":[{"id":"c","n":0.10}])");
  ASSERT_EQ(programs.run(1, programs.file(), {"github/demo/Issue", "github/demo/Comment"}).at(0),
            0);
  const std::vector<simulator::Json> served = programs.simulator().walk();
  ASSERT_EQ(served.size(), 50U);
  const auto load = simulator::parse_load_spec(programs.file());
  ASSERT_TRUE(load) << load.error().message;
  for (const std::string& world :
       {std::string("{}"), std::string(simulator::default_world_text())}) {
    simulator::TestSimulatorOptions options;
    options.world_text = world;
    options.loads = {*load};
    simulator::InProcessSimulator copy(options);
    EXPECT_EQ(copy.walk(), served)
        << "ids, payloads, times, deletions and cursors are as they were";
    EXPECT_EQ(copy.walk({{"model", "Comment"}}), programs.simulator().walk({{"model", "Comment"}}));
    copy.advance("90m");
    EXPECT_EQ(copy.walk(), served) << "a run in the background finds what is there";
    copy.save({"new", "r9"}, 2);
    const std::string stored = simulator::cursor_of(served.back());
    const auto since = simulator::ids_of(copy.walk({{"cursor", stored}}));
    EXPECT_EQ(std::set(since.begin(), since.end()), (std::set<std::string>{"new", "r9"}));
    EXPECT_EQ(copy.walk().size(), 51U);
  }
}

TEST(Sigkill, AtPointsSpreadOverARunLosesNothing) {
  core::Random random(11);
  int kills = 0;
  for (int round = 0; round < 5; ++round) {
    SyncPrograms programs;
    programs.simulator().save(many_ids(600));
    programs.simulator().remove({"r17", "r300"});
    while (true) {
      programs.kill_at(1 + static_cast<int>(random.below(9)),
                       core::Duration(static_cast<std::int64_t>(random.below(4)) * 500));
      const int status = programs.run(1, programs.file(), {"github/demo/Issue"}).at(0);
      expect_whole(programs);
      if (!WIFSIGNALED(status)) {
        EXPECT_EQ(status, 0);
        break;
      }
      ++kills;
    }
    auto store = client::SqliteStore::open(programs.file());
    EXPECT_EQ((*store)->position(kIssues)->records, 600U);
  }
  EXPECT_GE(kills, 10);
}

TEST(Workers, TwoProcessesOnOneSqliteFileCorruptNothing) {
  SyncPrograms programs;
  programs.simulator().save(many_ids(600));
  programs.simulator().remove({"r17"});
  for (const int status : programs.run(2, programs.file(), {"github/demo/Issue"})) {
    EXPECT_EQ(status, 0);
  }
  expect_whole(programs);
  auto store = client::SqliteStore::open(programs.file());
  EXPECT_EQ((*store)->position(kIssues)->records, 600U);
}

#ifdef TERAPI_HAS_POSTGRES
TEST(Workers, ShareTheStreamsOfOnePostgresDatabase) {
  if (!client::TestPostgres::installed()) GTEST_SKIP() << "PostgreSQL is not installed";
  const std::string url = client::TestPostgres::instance().new_schema();
  SyncPrograms programs;
  std::vector<std::string> streams;
  for (int i = 0; i < 6; ++i) {
    const std::string model = "Model" + std::to_string(i);
    simulator::Json records = simulator::Json::array();
    for (const std::string& id : many_ids(200)) records.push_back({{"id", id}, {"of", model}});
    programs.simulator().run("\"model\":\"" + model + "\",\"save\":" + records.dump());
    streams.push_back("github/demo/" + model);
  }
  for (const int status : programs.run(3, url, streams)) EXPECT_EQ(status, 0);

  auto store = client::PostgresStore::open(url);
  ASSERT_TRUE(store) << store.error().message;
  for (int i = 0; i < 6; ++i) {
    const std::string model = "Model" + std::to_string(i);
    EXPECT_EQ(stored_ids(**store, {"github", "demo", model}), served_ids(programs, model));
  }
  // 10 pages for each stream; each of the other workers looks once more, at the end.
  EXPECT_LE(programs.requests(), 6 * (10 + 2) + 6);
}
#endif

}  // namespace
}  // namespace terapi::tests
