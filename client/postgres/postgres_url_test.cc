#include "client/postgres/postgres_url.h"

#include <gtest/gtest.h>

#include <string>

#include "client/postgres/postgres_store.h"

namespace terapi::client {
namespace {

TEST(PostgresUrl, DescribesTheDatabaseWithoutUserAndPassword) {
  const auto url = PostgresUrl::parse("postgresql://app:s3cret@db.example:5433/sync");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->target(), "database \"sync\" at db.example:5433");
  const auto pairs = PostgresUrl::parse("host=/run/pg dbname=sync password='s3 cret'");
  ASSERT_TRUE(pairs);
  EXPECT_EQ(pairs->target(), "database \"sync\" at /run/pg");
}

TEST(PostgresUrl, TakesThePasswordOutOfMessages) {
  const auto url = PostgresUrl::parse("postgresql://app:s3%40cret@db.example/sync");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->without_secrets("no s3@cret, s3@cret!"), "no ***, ***!");
  EXPECT_EQ(url->without_secrets("nothing here"), "nothing here");
  const auto bare = PostgresUrl::parse("postgresql://app:a?b#c@db.example/sync");  // libpq's way
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->without_secrets("a?b#c"), "***");
}

TEST(PostgresUrl, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "nonsense", "mysql://app@db/sync", "postgresql://db:port/sync"}) {
    const auto url = PostgresUrl::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, "bad_store_url");
    EXPECT_NE(url.error().message.find("expected postgresql://"), std::string::npos);
  }
}

// Each is an easy mistake, after which a part of the password is where libpq would quote it.
TEST(PostgresUrl, NeverShowsAPasswordThatWasNotEscaped) {
  for (const char* text :
       {"postgresql://app:top@SECRET@db.invalid/sync", "postgresql://app:SECRET@x@db.invalid/sync",
        "postgresql://app:SECRET/x@db.invalid/sync", "postgresql://app:1/SECRET@db.invalid/sync",
        "postgresql://app:SECRET%zz@db.invalid/sync", "postgresql://app:SECRET:x@[db/sync",
        "host=db.invalid password=x SECRET", "postgresql:/app:SECRET@db.invalid/sync",
        "app:SECRET@db.invalid/sync"}) {
    const auto store = PostgresStore::open(text);
    ASSERT_FALSE(store) << text;
    EXPECT_EQ(store.error().code, "bad_store_url") << text;
    EXPECT_EQ(store.error().message.find("SECRET"), std::string::npos) << store.error().message;
  }
}

TEST(PostgresUrl, NamesTheDatabaseThatCannotBeReached) {
  const auto store =
      PostgresStore::open("postgresql://app:SECRET@/sync?host=/nonexistent/SECRET-free");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, "store_failed");
  EXPECT_NE(store.error().message.find("database \"sync\" at /nonexistent"), std::string::npos);
  EXPECT_NE(store.error().message.find("cannot connect"), std::string::npos);
}

}  // namespace
}  // namespace terapi::client
