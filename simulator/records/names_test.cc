#include "simulator/records/names.h"

#include <gmock/gmock.h>

namespace terapi::simulator {
namespace {

using testing::HasSubstr;

constexpr NameOf kAllNames[] = {NameOf::kIntegration, NameOf::kConnection, NameOf::kSync,
                                NameOf::kModel, NameOf::kVariant};

TEST(Names, AreOneTo255Characters) {
  for (const NameOf what : kAllNames) {
    EXPECT_EQ(name_fault(what, "a"), std::nullopt);
    EXPECT_EQ(name_fault(what, std::string(255, 'a')), std::nullopt);
    EXPECT_THAT(name_fault(what, std::string(256, 'a')).value_or(""), HasSubstr("256 characters"));
    EXPECT_THAT(name_fault(what, "").value_or(""), HasSubstr("empty"));
  }
  std::string long_in_bytes;
  for (int i = 0; i < 255; ++i) long_in_bytes += "\xC3\xA9";
  EXPECT_EQ(name_fault(NameOf::kModel, long_in_bytes), std::nullopt);
  EXPECT_NE(name_fault(NameOf::kModel, long_in_bytes + "\xC3\xA9"), std::nullopt);
}

TEST(Names, AreWhatARequestCanSay) {
  for (const NameOf what : kAllNames) {
    EXPECT_NE(name_fault(what, "a\xFF"), std::nullopt);
    EXPECT_NE(name_fault(what, std::string_view("a\0b", 3)), std::nullopt);
    const bool variant = what == NameOf::kVariant;
    EXPECT_EQ(name_fault(what, "a b/c").has_value(), variant);
    const bool in_header = what == NameOf::kIntegration || what == NameOf::kConnection;
    for (const std::string_view name : {" a", "a ", "a\nb", "a\tb", "a\x7F"}) {
      EXPECT_EQ(name_fault(what, name).has_value(), variant || in_header) << name;
    }
  }
}

TEST(Names, OfAStreamAreCheckedTogether) {
  EXPECT_TRUE(check_names({"github", "demo", "Issue", "base"}));
  const auto wrong = check_names({"github", "demo", std::string(300, 'x'), "base"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "bad_name");
  EXPECT_THAT(wrong.error().message, HasSubstr("the model 'xxx"));
  EXPECT_LT(wrong.error().message.size(), 300U);
}

}  // namespace
}  // namespace terapi::simulator
