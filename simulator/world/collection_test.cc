#include "simulator/world/collection.h"

#include <gmock/gmock.h>

#include <vector>

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Time at(int seconds) { return Time(std::chrono::seconds(seconds)); }

std::vector<std::string> changed_after(const Collection& collection, std::uint64_t change) {
  std::vector<std::string> ids;
  collection.walk(change, [&](const UpstreamObject& object) {
    ids.push_back((object.deleted ? "-" : "+") + object.id);
    return true;
  });
  return ids;
}

TEST(Collection, TellsEachChangeOnceAtItsLastPlace) {
  Collection collection;
  EXPECT_TRUE(collection.put("a", "1", at(1)));
  EXPECT_TRUE(collection.put("b", "1", at(2)));
  EXPECT_FALSE(collection.put("a", "1", at(3))) << "the same text is no change";
  EXPECT_THAT(changed_after(collection, 0), ElementsAre("+a", "+b"));
  EXPECT_TRUE(collection.put("a", "2", at(4)));
  EXPECT_THAT(changed_after(collection, 0), ElementsAre("+b", "+a"));
  EXPECT_THAT(changed_after(collection, 2), ElementsAre("+a"));
  EXPECT_TRUE(collection.remove("b", at(5)));
  EXPECT_FALSE(collection.remove("b", at(6)));
  EXPECT_FALSE(collection.remove("c", at(6)));
  EXPECT_THAT(changed_after(collection, 3), ElementsAre("-b"));
  EXPECT_EQ(collection.size(), 1U);
  EXPECT_TRUE(collection.put("b", "1", at(7))) << "it is new again";
  EXPECT_EQ(collection.find("b")->created, at(7));
  EXPECT_EQ(collection.find("b")->sequence, 2U);
  EXPECT_EQ(collection.find("a")->created, at(1));
  EXPECT_EQ(collection.find("a")->modified, at(4));
  EXPECT_THAT(changed_after(collection, collection.last_change()), IsEmpty());
}

// Its numbers go on: whoever has read up to one of them does not miss what comes.
TEST(Collection, IsClearedOfAllObjects) {
  Collection collection;
  collection.put("a", "1", at(1));
  const Collection copy = collection;
  collection.clear();
  EXPECT_EQ(collection.size(), 0U);
  EXPECT_EQ(collection.find("a"), nullptr);
  EXPECT_THAT(changed_after(collection, 0), IsEmpty());
  EXPECT_EQ(copy.size(), 1U);
  collection.put("a", "2", at(2));
  EXPECT_THAT(changed_after(collection, 1), ElementsAre("+a"));
}

TEST(Collection, ChoosesAmongWhatIsThere) {
  Collection collection;
  EXPECT_EQ(collection.choose(7), nullptr);
  for (const char* id : {"a", "b", "c"}) collection.put(id, "1", at(1));
  collection.remove("b", at(2));
  for (std::uint64_t draw = 0; draw < 20; ++draw) {
    const UpstreamObject* chosen = collection.choose(draw);
    ASSERT_NE(chosen, nullptr);
    EXPECT_NE(chosen->id, "b");
    EXPECT_EQ(collection.choose(draw), chosen);
  }
  collection.remove("a", at(3));
  collection.remove("c", at(3));
  EXPECT_EQ(collection.choose(7), nullptr);
}

TEST(Collection, RestoresOnlyWhatFits) {
  Collection collection;
  EXPECT_TRUE(collection.restore({"a", "1", 7, 3, at(1), at(1), false}));
  EXPECT_FALSE(collection.restore({"b", "1", 7, 4, at(1), at(1), false})) << "the same change";
  EXPECT_FALSE(collection.restore({"a", "1", 8, 4, at(1), at(1), false})) << "the same id";
  EXPECT_FALSE(collection.restore({"c", "1", 0, 4, at(1), at(1), false})) << "no change";
  EXPECT_EQ(collection.last_change(), 7U);
  collection.put("b", "1", at(2));
  EXPECT_EQ(collection.find("b")->change, 8U);
  EXPECT_EQ(collection.find("b")->sequence, 4U);
}

}  // namespace
}  // namespace terapi::simulator
