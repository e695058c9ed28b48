#include "conformance/harness/play/first_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "conformance/harness/stage/test_server_stage.h"

namespace terapi::conformance {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// What a first look says of a server that answers so; "": go on.
std::string looked_at(int status, const std::string& body, bool there = true,
                      const Dialect& dialect = terapi_dialect()) {
  TestServerStage stage(dialect);
  stage.tamper([&](const core::Request& request, simulator::Simulator& /*simulator*/) {
    EXPECT_THAT(request.target, HasSubstr("limit=1"));
    return core::Outcome{{status, {}, body}, {}};
  });
  const auto looked = first_look(stage, {}, {.stream_is_there = there});
  return looked ? "" : looked.error().message;
}

TEST(FirstLook, NamesTheDialectThatTheServerSpeaks) {
  const std::string nango = R"({"records":[{"id":"1","_nango_metadata":{}}],"next_cursor":null})";
  const std::string terapi = R"({"records":[{"id":"1","_terapi_metadata":{}}],"next_cursor":null})";
  EXPECT_THAT(looked_at(200, nango),
              AllOf(HasSubstr("speaks the dialect 'nango': its records have _nango_metadata"),
                    HasSubstr("run it again with --dialect nango")));
  EXPECT_THAT(looked_at(200, terapi, true, nango_dialect()), HasSubstr("with --dialect terapi"));
  EXPECT_THAT(looked_at(200, nango, false), HasSubstr("--dialect nango"));
  EXPECT_EQ(looked_at(200, terapi), "");
  EXPECT_EQ(looked_at(200, nango, true, nango_dialect()), "");
}

TEST(FirstLook, LeavesWhatItCannotTellToTheScenarios) {
  EXPECT_EQ(looked_at(200, R"({"records":[],"next_cursor":null})"), "");
  EXPECT_EQ(looked_at(200, R"({"records":[{"id":"1"}],"next_cursor":null})"), "");
  EXPECT_EQ(looked_at(200, "oops"), "");
  EXPECT_EQ(looked_at(500, "oops"), "");
  EXPECT_EQ(looked_at(429, "slower"), "");
}

TEST(FirstLook, TellsAWrongKeyAndAStreamThatIsNotThere) {
  const std::string body = R"({"error":{"code":"unknown_account","message":"who"}})";
  EXPECT_THAT(looked_at(401, body),
              AllOf(HasSubstr("answers 401 unknown_account to GET /records of github/demo/Issue"),
                    HasSubstr("see --secret-key and --stream")));
  EXPECT_EQ(looked_at(401, body, false), "");  // the scenario's own will be put there
}

}  // namespace
}  // namespace terapi::conformance
