// For tests: an HTTP server that shares no line with HttpServer. It is cpp-httplib's, in threads of
// its own, and answers as any web application would; what misbehaves on the wire is TestServer's or
// TestSocket's to do. To be destroyed after its callers, whose idle connections it waits for.
//
//   TestPeer peer([](const Request&) { return Response{204, {}, ""}; });
//   sender.send(post(peer.url("/hook")), …);
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/http_message.h"

namespace terapi::core {

class TestPeer {
 public:
  // Called in any of its threads, several at once.
  using Answer = std::function<Response(const Request&)>;

  explicit TestPeer(Answer answer);
  ~TestPeer();
  TestPeer(const TestPeer&) = delete;
  TestPeer& operator=(const TestPeer&) = delete;

  std::uint16_t port() const;
  std::string url(std::string_view target) const;
  std::size_t requests() const;
  // Over which they came.
  std::size_t connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace terapi::core
