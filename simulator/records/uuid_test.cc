#include "simulator/records/uuid.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/random.h"

namespace terapi::simulator {
namespace {

TEST(Uuid, ComesBackWhole) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    core::Random random(seed);
    const Uuid uuid = random_uuid(random.next(), random.next());
    const std::string text = format_uuid(uuid);
    EXPECT_EQ(text.size(), kUuidSize);
    EXPECT_EQ(parse_uuid(text), uuid) << "seed " << seed;
    EXPECT_EQ(text[14], '4') << "version";
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << "variant: " << text;
  }
}

TEST(Uuid, IsReadInEitherCaseAndWrittenInLower) {
  const auto uuid = parse_uuid("1A161601-2399-4836-AAB2-F695EB6a6ac2");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(format_uuid(*uuid), "1a161601-2399-4836-aab2-f695eb6a6ac2");
}

TEST(Uuid, RefusesWhatIsNone) {
  for (const std::string text :
       {"", "1a161601-2399-4836-aab2-f695eb6a6ac", "1a161601-2399-4836-aab2-f695eb6a6ac22",
        "1a16160123994836aab2f695eb6a6ac2", "1a161601-2399-4836-aab2_f695eb6a6ac2",
        "1a161601-2399-4836-aab-2f695eb6a6ac2", "ga161601-2399-4836-aab2-f695eb6a6ac2",
        "{a161601-2399-4836-aab2-f695eb6a6ac}", "1a161601-2399-4836-aab2-f695eb6a6ac ",
        "------------------------------------"}) {
    EXPECT_FALSE(parse_uuid(text)) << text;
  }
  EXPECT_TRUE(parse_uuid("00000000-0000-0000-0000-000000000000"));
}

TEST(Uuid, OrdersAsItsTextDoes) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    core::Random random(seed);
    const Uuid a = random_uuid(random.next(), random.next());
    const Uuid b = random_uuid(random.next(), random.next());
    EXPECT_EQ(a < b, format_uuid(a) < format_uuid(b)) << "seed " << seed;
    EXPECT_LT(Uuid::lowest(), a);
    EXPECT_LT(a, Uuid::highest());
  }
}

TEST(RecordUuid, DependsOnStreamAndIdAlone) {
  EXPECT_EQ(record_uuid(7, "a"), record_uuid(7, "a"));
  EXPECT_NE(record_uuid(7, "a"), record_uuid(7, "b"));
  EXPECT_NE(record_uuid(7, "a"), record_uuid(8, "a"));
  EXPECT_NE(record_uuid(7, "1"), record_uuid(7, std::string("1\0", 2)));
  EXPECT_EQ(stream_tag_of(record_uuid(0xDEADBEEF, "a")), 0xDEADBEEFU);
  EXPECT_EQ(format_uuid(record_uuid(0xDEADBEEF, "a")).substr(0, 8), "deadbeef");
  EXPECT_EQ(format_uuid(record_uuid(1, "a"))[14], '8');
  // Stored in data files and cursors: another build has to give the same.
  EXPECT_TRUE(parse_uuid(format_uuid(record_uuid(1, "a"))));
}

TEST(RecordUuid, OrdersOneSaveInAnOrderOfItsOwn) {
  std::set<Uuid> all;
  int rising = 0;
  for (int i = 0; i < 10000; ++i) {
    const Uuid uuid = record_uuid(1, std::to_string(i));
    EXPECT_TRUE(all.insert(uuid).second) << i;
    rising += uuid < record_uuid(1, std::to_string(i + 1)) ? 1 : 0;
  }
  EXPECT_NEAR(rising, 5000, 400);
}

}  // namespace
}  // namespace terapi::simulator
