#include "simulator/api/router.h"

#include <gtest/gtest.h>

namespace terapi::simulator {
namespace {

class RouterTest : public testing::Test {
 public:
  RouterTest() {
    router_.add("GET", "/faults", 1);
    router_.add("PUT", "/faults", 2);
    router_.add("GET", "/faults/{id}", 3);
    router_.add("GET", "/faults/{id}/hits/{n}", 4);
    router_.add("PATCH", "/prune", 5);
  }
  // The handler's number; for an error its status, and the methods that it allows.
  int of(std::string_view method, std::string_view path) {
    auto found = router_.find(method, path);
    if (const auto* error = std::get_if<ApiError>(&found)) {
      allowed_ = error->headers.get("Allow").value_or("");
      return error->status;
    }
    parts_ = std::get<Router<int>::Found>(found).parts;
    return *std::get<Router<int>::Found>(found).handler;
  }

 protected:
  Router<int> router_;
  PathParts parts_;
  std::string allowed_;
};

TEST_F(RouterTest, FindsTheHandlerByMethodAndPath) {
  EXPECT_EQ(of("GET", "/faults"), 1);
  EXPECT_EQ(of("PUT", "/faults"), 2);
  EXPECT_EQ(of("GET", "/faults/"), 1);  // REC-2
}

TEST_F(RouterTest, GivesWhatTheBracesStandFor) {
  EXPECT_EQ(of("GET", "/faults/a b/hits/7"), 4);
  EXPECT_EQ(parts_, (PathParts{{"id", "a b"}, {"n", "7"}}));
  EXPECT_EQ(of("GET", "/faults//hits/7"), 404);
}

TEST_F(RouterTest, AnswersHeadAsGetUnlessItHasAnEntry) {
  EXPECT_EQ(of("HEAD", "/faults"), 1);
  router_.add("HEAD", "/faults", 6);
  EXPECT_EQ(of("HEAD", "/faults"), 6);
  EXPECT_EQ(of("HEAD", "/prune"), 405);
}

TEST_F(RouterTest, Says404ForUnknownPathsAnd405ForUnknownMethods) {
  for (const std::string_view path : {"", "/", "*", "/fault", "/faults//", "/faults/x/hits"}) {
    EXPECT_EQ(of("GET", path), 404) << path;
  }
  EXPECT_EQ(of("DELETE", "/faults"), 405);
  EXPECT_EQ(allowed_, "GET, PUT");
  EXPECT_EQ(of("get", "/prune"), 405);
  EXPECT_EQ(allowed_, "PATCH");
}

}  // namespace
}  // namespace terapi::simulator
