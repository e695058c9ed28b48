// OtherwiseProxy: an OtherwiseServer in front of a server elsewhere, over HTTP: what comes in is
// passed on to it, and its answers come back in other words, after a while. Webhooks go straight to
// whom that server sends them.
//
//   auto proxy = OtherwiseProxy::start(loop, {.base_url = "http://127.0.0.1:3003", .seed = 17});
//   if (!proxy) return proxy.error();   // "bad_url", and those of core::HttpServer
//   proxy->base_url();
//
// Thread rule: the loop's thread; the loop outlives it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "conformance/harness/otherwise/otherwise_server.h"
#include "core/result.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"

namespace terapi::conformance {

struct OtherwiseProxyOptions {
  std::string base_url;  // of the server
  std::uint16_t port = 0;
  std::uint64_t seed = 1;
  // Each way takes up to this; unset: as the seed has it.
  std::optional<core::Duration> slowness{};
  std::string metadata_key = "_terapi_metadata";
  bool json = false;  // how the program says where it serves
};

class OtherwiseProxy {
 public:
  static core::Result<std::unique_ptr<OtherwiseProxy>> start(core::EventLoop& loop,
                                                             OtherwiseProxyOptions options);
  std::string base_url() const { return server_->base_url(); }
  const Temper& temper() const { return otherwise_.temper(); }

 private:
  OtherwiseProxy(core::EventLoop& loop, OtherwiseProxyOptions options);
  void pass_on(core::Request request, const std::function<void(core::Outcome)>& done);

  const OtherwiseProxyOptions options_;
  OtherwiseServer otherwise_;
  core::HttpSender sender_;
  std::unique_ptr<core::HttpServer> server_;
};

// Runs one until it is interrupted; prints where it is. The exit code.
int run_otherwise_proxy(OtherwiseProxyOptions options);

}  // namespace terapi::conformance
