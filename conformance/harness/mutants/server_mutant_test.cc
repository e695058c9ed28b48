// What the kill matrix (terapi-conformance mutants) cannot say of the server mutants: that each has
// a name of its own, and is wrong in a way that needs looking for.
#include "conformance/harness/mutants/server_mutant.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "conformance/harness/mutants/test_server.h"

namespace terapi::conformance {
namespace {

TEST(ServerMutants, HaveUniqueIdsDefectsAndClauses) {
  std::set<std::string_view> ids;
  for (const ServerMutant& mutant : server_mutants()) {
    EXPECT_TRUE(ids.insert(mutant.id).second) << mutant.id;
    EXPECT_TRUE(mutant.defect.ends_with(".")) << mutant.id;
    EXPECT_NE(mutant.clause.find('-'), std::string_view::npos) << mutant.id;
    EXPECT_EQ(find_server_mutant(mutant.id), &mutant);
  }
  EXPECT_EQ(find_server_mutant("no-such-mutant"), nullptr);
}

// A mutant that does nothing at all would be found by any scenario, and prove little of the suite.
TEST(ServerMutants, DoAnOrdinaryDayRight) {
  for (const ServerMutant& mutant : server_mutants()) {
    if (mutant.id == "empty-string-next-cursor") continue;  // nobody can page through that one
    MutatedSimulator server(&mutant);
    server.send_webhooks();
    for (const char* id : {"1", "2", "3"}) server.save({id});
    server.run_until_idle();
    server.advance("2s");
    EXPECT_EQ(simulator::ids_of(server.walk()), (std::vector<std::string>{"1", "2", "3"}))
        << mutant.id;
    EXPECT_EQ(server.receiver().requests().size(), 3U) << mutant.id;
  }
}

}  // namespace
}  // namespace terapi::conformance
