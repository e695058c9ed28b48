#include "core/system/name_lookup.h"

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <vector>

#include "core/system/event_loop.h"

namespace terapi::core {
namespace {

using Endpoint = asio::ip::tcp::endpoint;

// Answers with its port, and for "slow" only when it is released.
struct NameServer {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();

  NameLookup::Ask ask() {
    return [released = released](const std::string& host, std::uint16_t port) {
      if (host == "slow") released.wait();
      return NameLookup::Endpoints{Endpoint(asio::ip::address_v4::loopback(), port)};
    };
  }
};

TEST(NameLookup, IsNotHeldUpByANameThatNobodyAnswersFor) {
  NameServer server;
  EventLoop loop;
  NameLookup lookup(loop.impl().io(), server.ask(), 2);
  std::vector<std::string> order;
  lookup.look_up("slow", 1, [&](const auto&) {
    order.emplace_back("slow");
    loop.stop();
  });
  for (std::uint16_t port = 2; port < 5; ++port) {
    lookup.look_up("fast", port, [&, port](const NameLookup::Endpoints& found) {
      order.push_back("fast " + std::to_string(found.at(0).port()));
      if (port == 4) server.release.set_value();
    });
  }
  EXPECT_TRUE(order.empty()) << "called back inside look_up";
  loop.run();
  EXPECT_EQ(order, (std::vector<std::string>{"fast 2", "fast 3", "fast 4", "slow"}));
}

TEST(NameLookup, AsksForANameOnceForAllWhoWaitForIt) {
  NameServer server;
  EventLoop loop;
  NameLookup lookup(loop.impl().io(), server.ask(), 2);
  int slow = 0;
  for (std::uint16_t port = 1; port < 6; ++port) {
    lookup.look_up("slow", port, [&, port](const NameLookup::Endpoints& found) {
      EXPECT_EQ(found.at(0).port(), port);
      if (++slow == 5) loop.stop();
    });
  }
  lookup.look_up("fast", 9, [&](const auto&) {
    EXPECT_EQ(slow, 0);
    server.release.set_value();
  });
  loop.run();
  EXPECT_EQ(slow, 5);
}

// The program ends within a second, whatever is being looked up.
TEST(NameLookup, IsNotWaitedForAtTheEnd) {
  NameServer server;
  bool called = false;
  {
    EventLoop loop;
    NameLookup lookup(loop.impl().io(), server.ask());
    lookup.look_up("slow", 1, [&](const auto&) { called = true; });
  }
  server.release.set_value();
  EXPECT_FALSE(called);
}

TEST(NameLookup, AsksTheSystem) {
  EventLoop loop;
  NameLookup lookup(loop.impl().io());
  std::optional<NameLookup::Endpoints> known;
  std::optional<NameLookup::Endpoints> unknown;
  const auto end = [&] {
    if (known && unknown) loop.stop();
  };
  lookup.look_up("localhost", 1234, [&](const auto& found) {
    known = found;
    end();
  });
  lookup.look_up("nowhere.invalid", 1, [&](const auto& found) {
    unknown = found;
    end();
  });
  loop.run();
  ASSERT_FALSE(known->empty());
  EXPECT_TRUE(known->front().address().is_loopback());
  EXPECT_EQ(known->front().port(), 1234);
  EXPECT_TRUE(unknown->empty());
}

}  // namespace
}  // namespace terapi::core
