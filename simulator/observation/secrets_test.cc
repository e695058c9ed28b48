// AUTH-5, in the small: what a key looks like.
#include "simulator/observation/secrets.h"

#include <gtest/gtest.h>

#include <utility>

namespace terapi::simulator {
namespace {

Environment environment_with(std::string key) {
  Environment environment;
  environment.settings.secret_key = std::move(key);
  return environment;
}

TEST(Secrets, KnowNoneWhereThereIsNone) {
  EXPECT_EQ(Secrets().hide("Bearer 7f3d, /x?model=Issue"), "Bearer 7f3d, /x?model=Issue");
  const State state;
  EXPECT_EQ(Secrets(state).hide(""), "");
}

TEST(Secrets, FindAKeyHoweverItIsWritten) {
  State state;
  state.environments = {environment_with("7f3D-5e")};
  const Secrets secrets(state);
  for (const std::string_view text : {"7f3D-5e", "7F3d-5E", "%37f3D-5e", "7f3D%2D5e", "7f3d%2d5e",
                                      "%2537f3D-5e", "7f3D-%2535e", "%37%66%33%44%2d%35%65"}) {
    EXPECT_EQ(secrets.hide("a " + std::string(text) + ".json"), "a [key].json") << text;
    EXPECT_EQ(secrets.hide(std::string(text) + std::string(text)), "[key][key]") << text;
  }
  for (const std::string_view text : {"7f3D-5", "7f3D-5f", "%7f3D-5e%", "%3", "%"}) {
    const bool holds = text.find("7f3D-5e") != text.npos;
    EXPECT_EQ(secrets.hide(text) != text, holds) << text;
  }
}

TEST(Secrets, KnowEveryKeyOfEveryEnvironment) {
  State state;
  state.environments = {environment_with("first-key"), environment_with("first-key-2")};
  state.environments[0].settings.signing_key = "sign";
  state.environments[1].settings.previous_signing_key = "before";
  Secrets secrets(state);
  secrets.add("");
  secrets.add("token");
  EXPECT_EQ(secrets.hide("first-key first-key-2 sign before token"),
            "[key] [key] [key] [key] [key]");
}

TEST(Secrets, NoticeANewKey) {
  State state;
  state.environments = {environment_with("old")};
  const Secrets secrets(state);
  EXPECT_EQ(secrets.hide("old new"), "[key] new");
  state.environments[0].settings.secret_key = "new";
  EXPECT_EQ(secrets.hide("old new"), "old [key]");
  state.environments.clear();
  EXPECT_EQ(secrets.hide("old new"), "old new");
}

TEST(Secrets, NoticeANewKeyAmongManyWhenToldOfIt) {
  State state;
  for (int i = 0; i < 100; ++i) {
    state.environments.push_back(environment_with("key-" + std::to_string(1000 + i)));
  }
  Secrets secrets(state);
  EXPECT_EQ(secrets.hide("key-1099 key-2000"), "[key] key-2000");
  state.environments[50].settings.secret_key = "key-2000";
  secrets.forget();
  EXPECT_EQ(secrets.hide("key-1099 key-2000 key-1050"), "[key] [key] key-1050");
}

// Somebody's key may be a word of the data, or of what stands in place of keys.
TEST(Secrets, LeaveShortKeysInDataAndHideNothingTwice) {
  State state;
  state.environments = {environment_with("demo"), environment_with("k"),
                        environment_with("long-enough")};
  const Secrets secrets(state);
  const std::string text = R"({"connection":"demo","to":"long-enough"})";
  EXPECT_EQ(secrets.hide_keys(text, 8), R"({"connection":"demo","to":"[key]"})");
  std::string in_place = text;
  secrets.hide_keys_in(in_place, 8);
  EXPECT_EQ(in_place, R"({"connection":"demo","to":"[key]"})");
  secrets.hide_keys_in(in_place, 8);
  EXPECT_EQ(in_place, R"({"connection":"demo","to":"[key]"})");
  EXPECT_EQ(secrets.hide("to demo, k"), "to [key], [key]");
  EXPECT_EQ(secrets.hide(secrets.hide("to demo, k")), "to [key], [key]");
}

TEST(Secrets, HideWhatStandsInUrls) {
  State state;
  state.environments = {environment_with("7f3d")};
  const Secrets secrets(state);
  EXPECT_EQ(secrets.hide("'http://u:p@h/7f3d?t=1' is wrong"),
            "'http://[hidden]@h/[key]?t=[hidden]' is wrong");
  EXPECT_EQ(secrets.hide_keys("http://h/7f3d?t=1"), "http://h/[key]?t=1");
}

}  // namespace
}  // namespace terapi::simulator
