#include "simulator/loading/load_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace terapi::simulator {
namespace {

using testing::HasSubstr;

std::string fault(const std::string& text) {
  const auto spec = parse_load_spec(text);
  EXPECT_FALSE(spec) << text;
  if (spec) return "";
  EXPECT_EQ(spec.error().code, "bad_load");
  return spec.error().message;
}

TEST(LoadSpec, ReadsTheDocumentedForm) {
  const auto spec = parse_load_spec(
      "connection=demo,integration=github,model=Package,file=packages.ndjson,id=Package");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->stream, (StreamKey{"github", "demo", "Package", "base"}));
  EXPECT_EQ(spec->file, "packages.ndjson");
  EXPECT_EQ(spec->id_key, "Package");
  EXPECT_EQ(spec->environment, "");
  EXPECT_EQ(spec->sync, "");
}

TEST(LoadSpec, TakesPartsInAnyOrderAndFillsInTheRest) {
  const auto spec = parse_load_spec(
      "file=a=b.csv,variant=v,model=M,environment=prod,connection=c,sync=s,integration=i,");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->stream, (StreamKey{"i", "c", "M", "v"}));
  EXPECT_EQ(spec->file, "a=b.csv");
  EXPECT_EQ(spec->environment, "prod");
  EXPECT_EQ(spec->sync, "s");
  EXPECT_EQ(spec->id_key, "id");
}

TEST(LoadSpec, NamesTheNearestPart) {
  EXPECT_THAT(fault("conection=demo"), HasSubstr("did you mean 'connection'?"));
  EXPECT_THAT(fault("zzz=1"), HasSubstr("known: "));
}

TEST(LoadSpec, SaysWhatIsMissing) {
  EXPECT_THAT(fault(""), HasSubstr("'connection' is missing"));
  EXPECT_THAT(fault("connection=c,model=M,file=f"), HasSubstr("'integration' is missing"));
  EXPECT_THAT(fault("connection=c,integration=i,file=f"), HasSubstr("'model' is missing"));
  EXPECT_THAT(fault("connection=c,integration=i,model=M"), HasSubstr("'file' is missing"));
  EXPECT_THAT(fault("connection=c,integration=i,model=M,file="), HasSubstr("'file' has no value"));
  EXPECT_THAT(fault("connection"), HasSubstr("'connection' has no value"));
  EXPECT_THAT(fault("connection=a,,model=b"), HasSubstr("unknown part ''"));
}

TEST(LoadSpec, TakesNoNameThatNobodyCouldReadBy) {
  const std::string too_long(256, 'x');
  const std::vector<std::string> wrong = {"connection=c,integration=i,file=f,model=" + too_long,
                                          "connection=c,integration=i,file=f,model=M,variant=a b",
                                          "connection= c,integration=i,file=f,model=M",
                                          "connection=c,integration=\xFF,file=f,model=M"};
  for (const std::string& text : wrong) {
    const auto spec = parse_load_spec(text);
    ASSERT_FALSE(spec) << text;
    EXPECT_EQ(spec.error().code, "bad_load");
  }
}

}  // namespace
}  // namespace terapi::simulator
