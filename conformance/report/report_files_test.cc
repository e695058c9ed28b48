#include "conformance/report/report_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance/report/json_report.h"
#include "conformance/report/report_sample.h"
#include "core/temporary_folder.h"

namespace terapi::conformance {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// A variable of the environment for as long as it lives.
class SetVariable {
 public:
  SetVariable(const char* name, const std::string& value) : name_(name) {
    const char* before = std::getenv(name);
    if (before != nullptr) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~SetVariable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  SetVariable(const SetVariable&) = delete;
  SetVariable& operator=(const SetVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class ReportFilesTest : public testing::Test {
 protected:
  std::string ask(const std::vector<std::string>& words, const std::string& mode = "client") {
    reports = ReportFiles();
    core::Flags flags;
    reports.add_to(flags, mode);
    const auto rest = flags.parse(words);
    return rest ? "" : rest.error().message;
  }
  std::string text_of(const std::string& name) const {
    std::ifstream file(folder.file(name));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  core::TemporaryFolder folder;
  ReportFiles reports;
};

TEST_F(ReportFilesTest, AnnotationsAreForGitHubOrWhoeverAsks) {
  const RunSummary run = sample_run();
  const SetVariable elsewhere("GITHUB_ACTIONS", "");
  ASSERT_EQ(ask({}), "");
  EXPECT_THAT(reports.annotations(run, Redactor()), IsEmpty());
  ASSERT_EQ(ask({"--annotations", "on"}), "");
  EXPECT_THAT(reports.annotations(run, Redactor()), StartsWith("::error "));
  const SetVariable there("GITHUB_ACTIONS", "true");
  ASSERT_EQ(ask({}), "");
  EXPECT_THAT(reports.annotations(run, Redactor()), StartsWith("::error "));
  ASSERT_EQ(ask({"--annotations", "off"}), "");
  EXPECT_THAT(reports.annotations(run, Redactor()), IsEmpty());
}

// Several runs of one step have one summary.
TEST_F(ReportFilesTest, TheSummaryOfAStepIsAddedTo) {
  const SetVariable step("GITHUB_STEP_SUMMARY", folder.file("step.md"));
  RunSummary run = sample_run();
  for (const char* mode : {"client", "server"}) {
    run.mode = mode;
    ASSERT_EQ(ask({"--markdown", folder.file("step.md")}), "");
    ASSERT_TRUE(reports.write(run, Redactor()));
  }
  EXPECT_THAT(text_of("step.md"), AllOf(StartsWith("## ❌ failed: terapi-conformance client"),
                                        HasSubstr("## ❌ failed: terapi-conformance server")));
  // Any other file is this run's alone.
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(ask({"--markdown", folder.file("other.md")}), "");
    ASSERT_TRUE(reports.write(run, Redactor()));
  }
  const std::string other = text_of("other.md");
  EXPECT_EQ(other.find("## ❌"), other.rfind("## ❌"));
}

TEST_F(ReportFilesTest, TheSummaryOfAStepIsNeverTooLarge) {
  const SetVariable step("GITHUB_STEP_SUMMARY", folder.file("step.md"));
  std::ofstream(folder.file("step.md")) << std::string(1024 * 1024 - 1000, 'x');
  ASSERT_EQ(ask({"--markdown", folder.file("step.md")}), "");
  ASSERT_TRUE(reports.write(sample_run(), Redactor()));
  EXPECT_LE(text_of("step.md").size(), 1024U * 1024U);
  EXPECT_THAT(text_of("step.md"), HasSubstr("parts are left out"));
}

// A checkout in CI has no folder for them.
TEST_F(ReportFilesTest, TheirFolderIsMadeBeforeAnythingIsPlayed) {
  EXPECT_EQ(ask({"--junit", folder.file("reports/junit.xml")}), "");
  ASSERT_TRUE(reports.write(sample_run(), Redactor(std::vector<std::string>())));
  EXPECT_THAT(text_of("reports/junit.xml"), HasSubstr("<testsuite"));
  EXPECT_THAT(ask({"--html", folder.path()}), HasSubstr("is a folder; expected a file"));
  std::ofstream(folder.file("file")) << "in the way";
  EXPECT_THAT(ask({"--html", folder.file("file/page.html")}),
              AllOf(HasSubstr("--html: '"), HasSubstr("its folder cannot be made")));
}

TEST_F(ReportFilesTest, OneThatCannotBeWrittenDoesNotCostTheOthers) {
  EXPECT_EQ(ask({"--junit", folder.file("a/junit.xml"), "--html", folder.file("b/page.html")}), "");
  std::filesystem::remove_all(folder.file("a"));
  const auto written = reports.write(sample_run(), Redactor(std::vector<std::string>()));
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("junit.xml"));
  EXPECT_THAT(text_of("b/page.html"), HasSubstr("<html"));
}

TEST_F(ReportFilesTest, ABaselineIsReadWithItsFlag) {
  EXPECT_THAT(ask({"--baseline", folder.file("none.json")}), HasSubstr("cannot be read"));
  std::ofstream(folder.file("before.json")) << json_report(sample_run(), Redactor());
  EXPECT_THAT(ask({"--baseline", folder.file("before.json")}, "server"),
              HasSubstr("a report of the same mode"));
  ASSERT_EQ(ask({"--baseline", folder.file("before.json")}), "");
  // It may be written anew by the same run.
  std::ofstream(folder.file("before.json")) << "";
  RunSummary run = sample_run();
  run.results.pop_back();
  reports.compare(run, [](const std::string&, const std::string&) { return false; });
  ASSERT_TRUE(run.since);
  EXPECT_EQ(run.since->gone.size(), 1U);
  EXPECT_EQ(run.since->baseline, folder.file("before.json"));
}

TEST_F(ReportFilesTest, WithoutABaselineNothingIsCompared) {
  ASSERT_EQ(ask({}), "");
  RunSummary run = sample_run();
  reports.compare(run, [](const std::string&, const std::string&) { return false; });
  EXPECT_FALSE(run.since);
}

}  // namespace
}  // namespace terapi::conformance
