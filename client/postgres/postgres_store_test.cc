// What PostgresStore promises beyond Store's contract.
#include "client/postgres/postgres_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/postgres/test_postgres.h"
#include "client/storage/store_contract.h"
#include "client/storage/test_batch.h"
#include "core/random.h"

namespace terapi::client {
namespace {

using std::chrono::hours;

// A schema of one test's own.
class PostgresWorld {
 public:
  PostgresWorld() : url_(TestPostgres::instance().new_schema()) {}
  const std::string& url() const { return url_; }
  std::unique_ptr<PostgresStore> open(PostgresOptions options = {}) const {
    return must(PostgresStore::open(url_, std::move(options)));
  }
  std::string run(const std::string& sql) const { return TestPostgres::run(url_, sql); }
  // Ends every connection but the one that asks, and waits until they are gone.
  void end_connections() const {
    run("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
  }
  // Calls a trigger of this body for every record that is stored.
  void on_each_record(const std::string& body) const {
    make_trigger(body, "TRIGGER t BEFORE INSERT ON records");
  }
  // The same, when the transaction commits.
  void on_commit(const std::string& body) const {
    make_trigger(body,
                 "CONSTRAINT TRIGGER t AFTER INSERT ON records DEFERRABLE INITIALLY DEFERRED");
  }
  void make_trigger(const std::string& body, const std::string& trigger) const {
    run("CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body +
        " RETURN NEW; END $$");
    run("CREATE " + trigger + " FOR EACH ROW EXECUTE FUNCTION strike()");
  }
  void strike_no_more() const { run("DROP FUNCTION strike CASCADE"); }

 private:
  std::string url_;
};

class PostgresStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!TestPostgres::installed()) GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace();
  }
  const PostgresWorld& world() const { return *world_; }

 private:
  std::optional<PostgresWorld> world_;
};

core::Result<Committed> commit_one(Store& store, const TestRecord& record,
                                   std::optional<std::string> from, std::string to) {
  return store.commit(
      TestBatch(kTestStream).add(record).move(std::move(from), std::move(to)).get());
}

// Leaves as many idle connections behind, by reading within reading.
void open_connections(PostgresStore& store, int count) {
  if (count == 0) return;
  must(store.read(kTestStream, [&](const StoredRecord&) {
    open_connections(store, count - 1);
    return true;
  }));
}

TEST_F(PostgresStoreTest, GoesOnAfterLostConnections) {
  {
    SCOPED_TRACE("lost while idle: nobody notices");
    auto store = world().open();
    must(store->position(kTestStream));
    world().end_connections();
    EXPECT_EQ(must(commit_one(*store, test_record("1", 1), {}, "a")).changed, 1U);
    world().end_connections();
    EXPECT_EQ(read_ids(*store), std::vector<std::string>{"1"});
    open_connections(*store, 4);
    world().end_connections();
    EXPECT_TRUE(must(store->claim(kTestStream, hours(1))));
  }
  {
    SCOPED_TRACE("lost in the middle, again and again: one failure, nothing stored, then on");
    auto store = world().open();
    world().on_each_record("PERFORM pg_terminate_backend(pg_backend_pid());");
    const auto failed = commit_one(*store, test_record("2", 2), "a", "b");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "store_failed");
    EXPECT_EQ(must(store->position(kTestStream)).cursor, "a");
    world().strike_no_more();
    EXPECT_EQ(must(commit_one(*store, test_record("2", 2), "a", "b")).changed, 1U);
  }
  {
    SCOPED_TRACE("lost while committing: not tried again, since it may have been committed");
    auto store = world().open();
    world().on_commit("PERFORM pg_terminate_backend(pg_backend_pid());");
    const auto failed = commit_one(*store, test_record("3", 3), "b", "c");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "store_failed");
    EXPECT_NE(failed.error().message.find("is unknown"), std::string::npos)
        << failed.error().message;
    EXPECT_EQ(must(store->position(kTestStream)).cursor, "b");
    world().strike_no_more();
    EXPECT_EQ(must(commit_one(*store, test_record("3", 3), "b", "c")).changed, 1U);
  }
}

TEST_F(PostgresStoreTest, TriesAgainWhenOthersWereInTheWay) {
  auto store = world().open();
  world().run("CREATE SEQUENCE strikes");
  world().on_each_record(
      "IF nextval('strikes') <= 3 THEN RAISE EXCEPTION USING ERRCODE = '40001'; END IF;");
  EXPECT_EQ(must(commit_one(*store, test_record("1", 1), {}, "a")).changed, 1U);
  EXPECT_EQ(world().run("SELECT last_value FROM strikes"), "4");
  world().strike_no_more();
  world().on_each_record("RAISE EXCEPTION USING ERRCODE = '40P01';");
  const auto failed = commit_one(*store, test_record("2", 2), "a", "b");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "store_failed");
  EXPECT_NE(failed.error().message.find("github/demo/Issue"), std::string::npos);
  EXPECT_EQ(must(store->position(kTestStream)).cursor, "a");
}

// A thread that fails the test when it throws, instead of ending the program.
std::thread postgres_worker(std::function<void()> work) {
  return std::thread([work = std::move(work)] {
    try {
      work();
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  });
}

// Workers that know nothing of each other, each moving the cursor one step if it can.
void race_to(PostgresStore& store, int last, std::atomic<int>& won) {
  while (true) {
    const StoredPosition position = must(store.position(kTestStream));
    const int at = position.cursor ? std::stoi(*position.cursor) : 0;
    if (at >= last) return;
    const std::string to = std::to_string(at + 1);
    const Committed committed =
        must(commit_one(store, test_record("id" + to, at + 1), position.cursor, to));
    if (!committed.conflict) ++won;
  }
}

TEST_F(PostgresStoreTest, LetsWorkersShareADatabase) {
  {
    SCOPED_TRACE("several make the tables at once");
    for (int round = 0; round < 3; ++round) {
      const std::string url = TestPostgres::instance().new_schema();
      std::vector<std::thread> workers;
      for (int i = 0; i < 4; ++i) {
        workers.push_back(postgres_worker([&] { must(PostgresStore::open(url)); }));
      }
      for (std::thread& worker : workers) worker.join();
    }
  }
  {
    SCOPED_TRACE("several race on one stream");
    std::atomic<int> won = 0;
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.push_back(postgres_worker([&] {
        auto store = world().open();
        race_to(*store, 40, won);
      }));
    }
    for (std::thread& worker : workers) worker.join();
    auto store = world().open();
    EXPECT_EQ(won, 40);
    EXPECT_EQ(must(store->position(kTestStream)).cursor, "40");
    EXPECT_EQ(must(store->position(kTestStream)).records, 40U);
    EXPECT_EQ(world().run("SELECT count(DISTINCT seq) FROM records"), "40");
  }
  {
    SCOPED_TRACE("many threads, each with a stream, over two connections");
    auto store = world().open({.connections = 2, .owner = ""});
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.push_back(postgres_worker([&store, i] {
        const Stream stream{"github", "thread", std::to_string(i)};
        for (int version = 1; version <= 20; ++version) {
          put(*store, {test_record("1", version), test_record(std::to_string(version), 1)}, stream);
        }
      }));
    }
    for (std::thread& thread : threads) thread.join();
    for (int i = 0; i < 8; ++i) {
      const Stream stream{"github", "thread", std::to_string(i)};
      EXPECT_EQ(must(store->position(stream)).records, 20U);
      EXPECT_EQ(must(store->position(stream)).newest, time_of_version(20));
    }
  }
}

TEST_F(PostgresStoreTest, GivesAStreamToOneWorkerAtATime) {
  auto one = world().open({.connections = 1, .owner = "one"});
  auto two = world().open({.connections = 1, .owner = "two"});
  EXPECT_TRUE(must(one->claim(kTestStream, hours(1))));
  EXPECT_FALSE(must(two->claim(kTestStream, hours(1))));
  EXPECT_TRUE(must(two->claim({"github", "demo", "Other"}, hours(1))));
  EXPECT_TRUE(must(one->claim(kTestStream, hours(2))));
  must(two->release(kTestStream));  // not its own
  EXPECT_FALSE(must(two->claim(kTestStream, hours(1))));
  EXPECT_EQ(
      world().run("SELECT lease_until BETWEEN now() + interval '119 minutes' AND now() + interval "
                  "'121 minutes' FROM cursors WHERE lease_owner = 'one'"),
      "t");
  // A commit takes nobody's claim, nor is it stopped by one: it is safe anyway.
  must(commit_one(*two, test_record("1", 1), {}, "a"));
  EXPECT_FALSE(must(two->claim(kTestStream, hours(1))));

  world().run("UPDATE cursors SET lease_until = now() - interval '1 second'");  // "one" has died
  EXPECT_TRUE(must(two->claim(kTestStream, hours(1))));
  EXPECT_FALSE(must(one->claim(kTestStream, hours(1))));
  must(one->release(kTestStream));
  EXPECT_FALSE(must(one->claim(kTestStream, hours(1))));
  must(two->release(kTestStream));
  EXPECT_TRUE(must(one->claim(kTestStream, hours(1))));
  EXPECT_EQ(must(one->position(kTestStream)).cursor, "a");

  SCOPED_TRACE("names are random unless they are given");
  auto three = world().open();
  auto four = world().open();
  EXPECT_TRUE(must(three->claim({"github", "demo", "Third"}, hours(1))));
  EXPECT_FALSE(must(four->claim({"github", "demo", "Third"}, hours(1))));

  SCOPED_TRACE("a reading that was stopped gives its connection back");
  for (int i = 0; i < 3; ++i)
    must(one->read(kTestStream, [](const StoredRecord&) { return false; }));
  EXPECT_EQ(read_ids(*one).size(), 1U);
}

TEST_F(PostgresStoreTest, NamesTheRecordThatCannotBeStored) {
  auto store = world().open();
  must(commit_one(*store, test_record("1", 1), {}, "a"));
  world().run("ALTER TABLE records ADD CHECK (length(id) < 400)");
  std::string large_id;  // random digits: a repeated one would be compressed into the index
  for (int i = 0; i < 400; ++i) large_id += std::to_string(core::hash64(1, std::to_string(i)));
  const std::vector<TestRecord> bad = {
      test_record(std::string("nul\0id", 6), 5),
      test_record("latin\xE9id", 5),
      test_record("notjsonid", 5).with_payload("{\"a\":}"),
      test_record("nulid", 5).with_payload(std::string("{\"a\":\"\0\"}", 9)),
      test_record("deepid", 5).with_payload(std::string(100000, '[') + std::string(100000, ']')),
      test_record(std::string(500, 'c'), 5),
      test_record(large_id, 5)};
  const std::vector<std::string> names = {
      "nul?id", "latin?id", "notjsonid", "nulid", "deepid", std::string(500, 'c'), large_id};
  for (std::size_t i = 0; i < bad.size(); ++i) {
    SCOPED_TRACE(names[i].substr(0, 20));
    TestBatch batch(kTestStream);
    batch.add(test_record("2", 2)).add(test_record("1", 3)).add(bad[i]).add(test_record("4", 4));
    const auto failed = store->commit(batch.move("a", "b").get());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "cannot_store_record") << failed.error().message;
    EXPECT_NE(failed.error().message.find("\"" + names[i] + "\""), std::string::npos)
        << failed.error().message;
    expect_stored(*store, {test_record("1", 1)});
    EXPECT_EQ(must(store->position(kTestStream)).cursor, "a");
    const core::Error& why = failed.error();
    must(store->report(kTestStream, {Health::kStopped, why, bad[i].id, kTestEpoch}));
    EXPECT_EQ(must(store->status()).at(0).record, names[i]);
  }
  const auto no_stream = store->position({"github", std::string("de\0mo", 5), "Issue"});
  ASSERT_FALSE(no_stream);
  EXPECT_EQ(no_stream.error().code, "store_failed");
}

TEST_F(PostgresStoreTest, RefusesDatabasesThatAreNotItsOwn) {
  const auto expect_refused = [](const std::string& url, const std::string& code,
                                 const std::string& part) {
    const auto store = PostgresStore::open(url);
    ASSERT_FALSE(store) << part;
    EXPECT_EQ(store.error().code, code) << store.error().message;
    EXPECT_NE(store.error().message.find(part), std::string::npos) << store.error().message;
  };
  TestPostgres& server = TestPostgres::instance();

  const std::string foreign = server.new_schema();
  TestPostgres::run(foreign, "CREATE TABLE records (id text, song text)");
  expect_refused(foreign, "store_foreign", "table records is there, but has no column");
  EXPECT_EQ(TestPostgres::run(foreign, "SELECT to_regclass('cursors') IS NULL"), "t");

  const std::string newer = server.new_schema();
  must(PostgresStore::open(newer));
  TestPostgres::run(newer, "ALTER TABLE records DROP COLUMN seq");
  TestPostgres::run(newer, "UPDATE terapi_sync_meta SET value = '2'");
  expect_refused(newer, "store_too_new", "version of the tables is 2; expected 1");

  const std::string jsonb = server.new_schema();
  must(PostgresStore::open(jsonb));
  TestPostgres::run(jsonb, "ALTER TABLE records ALTER COLUMN payload TYPE jsonb USING '{}'");
  expect_refused(jsonb, "store_foreign", "column payload is jsonb");

  expect_refused(server.new_database("LATIN1"), "store_failed", "encoding is LATIN1");

  SCOPED_TRACE("more columns, and payloads as text, are welcome");
  must(PostgresStore::open(world().url()));
  world().run("ALTER TABLE records ADD COLUMN note text");
  world().run("ALTER TABLE records ALTER COLUMN payload TYPE text");
  auto store = world().open();
  put(*store, {test_record("1", 1)});
  put(*store, {test_record("1", 2)});
  put(*store, {test_record("1", 2).pruned()});
  expect_stored(*store, {test_record("1", 2).pruned().with_payload(test_record("1", 2).payload)});
}

TEST_F(PostgresStoreTest, MakesNoTablesForAReader) {
  const auto read = [&] {
    return PostgresStore::open(world().url(),
                               {.connections = 1, .owner = "", .make_tables = false});
  };
  const auto none = read();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "no_database");
  EXPECT_EQ(world().run("SELECT count(*) FROM information_schema.tables "
                        "WHERE table_schema = current_schema()"),
            "0");
  must(PostgresStore::open(world().url()));
  EXPECT_TRUE(read());
}

TEST_F(PostgresStoreTest, NamesTheRecordThatAConstraintRefuses) {
  auto store = world().open();
  world().run("CREATE UNIQUE INDEX one_payload ON records ((payload::text))");
  put(*store, {test_record("1", 1).with_payload("{}")});
  TestBatch batch(kTestStream);
  batch.add(test_record("2", 2).with_payload("{}"));
  const auto committed = store->commit(batch.get());
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, "cannot_store_record");
  EXPECT_NE(committed.error().message.find("\"2\""), std::string::npos)
      << committed.error().message;
}

TEST_F(PostgresStoreTest, StoresMoreThanOneStatementTakes) {
  auto store = world().open();
  const std::string large = "{\"text\":\"" + std::string(6 << 20, 'x') + "\"}";
  std::vector<TestRecord> records;
  for (int i = 1; i <= 4; ++i) {
    records.push_back(test_record(std::to_string(i), i).with_payload(large));
  }
  EXPECT_EQ(put(*store, records).changed, 4U);
  expect_stored(*store, records);
  EXPECT_EQ(world().run("SELECT string_agg(id, ',' ORDER BY seq) FROM records"), "1,2,3,4");
}

// Records from..to, as many as go by COPY.
TestBatch many_records(int from, int to, int version) {
  TestBatch batch(kTestStream);
  for (int i = from; i <= to; ++i) batch.add(test_record(std::to_string(i), version));
  return batch;
}

// What a store did with the tables: rows that were copied leave no INSERT behind.
constexpr const char* kNoteHow =
    "INSERT INTO seen VALUES (split_part(ltrim(current_query()), ' ', 1), "
    "current_setting('synchronous_commit')); PERFORM nextval('tries');";

TEST_F(PostgresStoreTest, CopiesIdsThatAreNewAndWaitsForNoDisk) {
  auto store = world().open();
  world().run("CREATE TABLE seen (how text, waits text)");
  world().run("CREATE SEQUENCE tries");
  world().on_each_record(kNoteHow);
  const auto seen = [&] {
    return world().run(
        "WITH gone AS (DELETE FROM seen RETURNING *) SELECT string_agg(DISTINCT "
        "how || ' ' || waits, ', ') FROM gone");
  };
  EXPECT_EQ(must(store->commit(many_records(1, 60, 1).get())).changed, 60U);
  EXPECT_EQ(seen(), "COPY off");
  EXPECT_EQ(must(store->commit(many_records(61, 120, 1).get())).changed, 60U);
  EXPECT_EQ(seen(), "COPY off");
  SCOPED_TRACE("known ones by a statement");
  EXPECT_EQ(must(store->commit(many_records(1, 60, 2).get())).changed, 60U);
  EXPECT_EQ(seen(), "INSERT off");
  SCOPED_TRACE("and all of them since somebody else has stored one");
  auto other = world().open();
  EXPECT_EQ(must(other->commit(many_records(121, 121, 1).get())).changed, 1U);
  EXPECT_EQ(seen(), "WITH off");
  EXPECT_EQ(must(store->commit(many_records(121, 180, 1).get())).changed, 59U);
  EXPECT_EQ(must(store->position(kTestStream)).records, 180U);
  EXPECT_EQ(seen().find("COPY"), std::string::npos);
  // Neither was COPY tried in vain: of the last sixty, one was there, and went twice.
  EXPECT_EQ(world().run("SELECT last_value FROM tries"), "242");
}

TEST_F(PostgresStoreTest, DoesWithoutCopyWhereItIsRefused) {
  TestPostgres& server = TestPostgres::instance();
  // The owner is held to row level security, and then there is no COPY FROM.
  const std::string url = server.new_database("UTF8");
  TestPostgres::run(url, "CREATE ROLE plain LOGIN");
  TestPostgres::run(url, "GRANT ALL ON SCHEMA public TO plain");
  std::string plain = url;
  plain.replace(plain.find("user=terapi"), 11, "user=plain");
  auto store = must(PostgresStore::open(plain));
  TestPostgres::run(url, "ALTER TABLE records ENABLE ROW LEVEL SECURITY");
  TestPostgres::run(url, "ALTER TABLE records FORCE ROW LEVEL SECURITY");
  TestPostgres::run(url, "CREATE POLICY everything ON records USING (true) WITH CHECK (true)");
  EXPECT_EQ(must(store->commit(many_records(1, 60, 1).get())).changed, 60U);
  EXPECT_EQ(must(store->commit(many_records(61, 120, 1).get())).changed, 60U);
  EXPECT_EQ(must(store->position(kTestStream)).records, 120U);

  SCOPED_TRACE("a row that should not be there");
  auto second = world().open();
  put(*second, {test_record("7", 1)});
  world().run("DELETE FROM cursors");
  EXPECT_EQ(must(second->commit(many_records(1, 60, 2).get())).changed, 60U);
  EXPECT_EQ(must(second->commit(many_records(61, 120, 2).get())).changed, 60U);
  EXPECT_EQ(world().run("SELECT count(*) FROM records"), "120");
}

TEST_F(PostgresStoreTest, NamesTheRecordOfManyThatCannotBeStored) {
  auto store = world().open();
  TestBatch batch = many_records(1, 60, 1);
  batch.add(test_record("latin\xE9id", 1));
  for (int round = 0; round < 2; ++round) {
    const auto failed = store->commit(batch.get());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "cannot_store_record") << failed.error().message;
    EXPECT_NE(failed.error().message.find("\"latin?id\""), std::string::npos)
        << failed.error().message;
  }
  EXPECT_EQ(world().run("SELECT count(*) FROM records"), "0");
  EXPECT_EQ(must(store->commit(many_records(1, 60, 1).get())).changed, 60U);
}

TEST_F(PostgresStoreTest, LeavesNothingInTheSessionsOfAPooler) {
  if (!TestPostgres::has_pooler()) GTEST_SKIP() << "pgbouncer is not installed";
  TestPostgres& server = TestPostgres::instance();
  const std::string url = server.pooled(server.new_database("UTF8"));
  auto store = must(PostgresStore::open(url));
  must(store->commit(many_records(1, 60, 1).get()));
  must(store->claim(kTestStream, hours(1)));
  EXPECT_EQ(TestPostgres::run(url, "SHOW idle_in_transaction_session_timeout"), "0");
  EXPECT_EQ(TestPostgres::run(url, "SHOW synchronous_commit"), "on");
}

TEST_F(PostgresStoreTest, TakesACallForEachConnectionAtOnce) {
  EXPECT_EQ(world().open({.connections = 3})->calls_at_once(), 3U);
}

}  // namespace
}  // namespace terapi::client
