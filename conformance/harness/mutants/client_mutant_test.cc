// What the kill matrix (terapi-conformance mutants) cannot say of the client mutants: that each has
// a name of its own, and is wrong in a way that needs looking for.
#include "conformance/harness/mutants/client_mutant.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>
#include <string>

#include "conformance/harness/stage/virtual_client_stage.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

TEST(ClientMutants, HaveUniqueIdsDefectsAndClauses) {
  std::set<std::string_view> ids;
  for (const ClientMutant& mutant : client_mutants()) {
    EXPECT_TRUE(ids.insert(mutant.id).second) << mutant.id;
    EXPECT_TRUE(mutant.defect.ends_with(".")) << mutant.id;
    EXPECT_NE(mutant.clause.find('-'), std::string_view::npos) << mutant.id;
    EXPECT_EQ(find_client_mutant(mutant.id), &mutant);
  }
  EXPECT_EQ(find_client_mutant("no-such-mutant"), nullptr);
}

// A mutant that does nothing at all would be found by any scenario, and prove little of the suite.
TEST(ClientMutants, DoAnOrdinaryDayRight) {
  ClientStageOptions options;
  options.world = R"({"integrations":[{"id":"github"}],)"
                  R"("connections":[{"id":"demo","integration":"github"}],)"
                  R"("records":[{"connection":"demo","model":"Issue","items":[)"
                  R"({"id":"1","n":"a"},{"id":"2","n":"a"},{"id":"3","n":"a"}]}]})";
  options.client.poll = 5s;
  options.client.streams = {"github/demo/Issue"};
  for (const ClientMutant& mutant : client_mutants()) {
    SCOPED_TRACE(mutant.id);
    VirtualClientStage stage(options, &mutant, VirtualClientStage::Keeps::kMemory);
    const auto pass = [&](core::Duration span) { stage.run_until([] { return false; }, span); };
    const auto opened = stage.open();
    ASSERT_TRUE(opened) << opened.error().message;
    ASSERT_TRUE(stage.start_client(1));
    pass(1s);
    const auto answer =
        stage.call(control_request("POST", "/runs",
                                   R"({"integration":"github","connection":"demo","model":"Issue",)"
                                   R"("save":[{"id":"2","n":"b"},{"id":"4","n":"b"}]})"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    pass(1min);
    EXPECT_TRUE(stage.client(1).alive);
    ASSERT_EQ(stage.history().webhooks.size(), 1U);
    EXPECT_EQ(stage.history().webhooks[0].status, 200);
    std::map<std::string, std::string> stored;
    const auto dump = stage.dump_records();
    ASSERT_TRUE(dump);
    for (const DumpRecord& record : *dump) stored[record.id] = record.payload;
    EXPECT_EQ(stored, (std::map<std::string, std::string>{{"1", R"({"id":"1","n":"a"})"},
                                                          {"2", R"({"id":"2","n":"b"})"},
                                                          {"3", R"({"id":"3","n":"a"})"},
                                                          {"4", R"({"id":"4","n":"b"})"}}));
  }
}

}  // namespace
}  // namespace terapi::conformance
