#include "simulator/records/quirk.h"

#include <gmock/gmock.h>

#include "simulator/records/dialect.h"
#include "simulator/records/quirk_words.h"

namespace terapi::simulator {
namespace {

using testing::HasSubstr;

TEST(Quirk, IsOnInNangoAndOffInTerapi) {
  for (const auto& each : kQuirkWords) {
    EXPECT_TRUE(nango_dialect().has(each.value)) << each.word;
    EXPECT_FALSE(terapi_dialect().has(each.value)) << each.word;
  }
}

TEST(Quirk, IsChosenByItsName) {
  QuirkChoices choices;
  ASSERT_TRUE(read_quirk_choice("bad_cursor_500=off", choices));
  ASSERT_TRUE(read_quirk_choice("fraction_limit=on", choices));
  EXPECT_FALSE(nango_dialect().with(choices).has(Quirk::kBadCursor500));
  EXPECT_TRUE(nango_dialect().with(choices).has(Quirk::kLateCommit)) << "as it was";
  EXPECT_TRUE(terapi_dialect().with(choices).has(Quirk::kFractionLimit));
  QuirkChoices later;
  ASSERT_TRUE(read_quirk_choice("bad_cursor_500=on", later));
  EXPECT_TRUE(nango_dialect().with(choices).with(later).has(Quirk::kBadCursor500));
}

TEST(Quirk, SaysWhatIsWrongWithAChoice) {
  QuirkChoices choices;
  EXPECT_THAT(read_quirk_choice("bad_curser_500=off", choices).error().message,
              HasSubstr("did you mean 'bad_cursor_500'"));
  EXPECT_THAT(read_quirk_choice("late_commit", choices).error().message,
              HasSubstr("expected late_commit=on or late_commit=off"));
  EXPECT_THAT(read_quirk_choice("late_commit=yes", choices).error().message,
              HasSubstr("late_commit=off"));
  EXPECT_TRUE(choices.empty());
}

}  // namespace
}  // namespace terapi::simulator
