// For tests of the engine's parts: ports that do nothing until the test says so.
//
//   TestPorts ports;
//   auto walk = std::make_shared<PageWalk>(ports.options, ports.get(), …);
//   walk->start();
//   ports.transport.answer(page_with({"1", "2"}, "c2"));
//   ports.clock.advance_by(1ms);   // commits are done, their ends are heard of
//
// Thread rule: the test's thread.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "client/page_walk.h"
#include "client/storage/memory_store.h"
#include "core/background.h"

namespace terapi::client {

// Holds each request until the test answers it.
class HeldTransport final : public core::AsyncTransport {
 public:
  void send(core::Request request, const core::SendOptions& /*options*/, Done done) override {
    requests.push_back(std::move(request));
    done_.push_back(std::move(done));
  }
  // The last request's; each time it is called, as a broken transport might.
  void answer(core::Result<core::Response> response) {
    ASSERT_FALSE(done_.empty());
    const Done done = done_.back();
    done(std::move(response));
  }
  void answer(std::string body) { answer(core::Response{200, {}, std::move(body)}); }

  std::vector<core::Request> requests;

 private:
  std::vector<Done> done_;
};

// Records of those ids, each with the cursor "c" + id, in that order.
inline std::string page_with(const std::vector<std::string>& ids, const std::string& next_cursor) {
  std::string records;
  for (const std::string& id : ids) {
    records += (records.empty() ? "" : ",") + (R"({"id":")" + id) +
               R"(","_terapi_metadata":{"deleted_at":null,"last_action":"ADDED",)" +
               R"("first_seen_at":"2024-01-01T00:00:00.000001+00:00",)" +
               R"("last_modified_at":"2024-01-01T00:00:00.000001+00:00","cursor":"c)" + id +
               R"(","pruned_at":null}})";
  }
  return R"({"records":[)" + records + R"(],"next_cursor":)" +
         (next_cursor.empty() ? "null" : '"' + next_cursor + '"') + "}";
}

struct TestPorts {
  SyncPorts get() { return {clock, transport, store, background}; }

  core::VirtualClock clock;
  HeldTransport transport;
  MemoryStore store;
  core::InlineBackground background{clock};
  SyncOptions options;
  Stream stream{"github", "demo", "Issue"};
};

}  // namespace terapi::client
