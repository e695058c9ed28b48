// ServerThread: a simulator behind a real socket on 127.0.0.1, on a thread of its own.
//
// Thread rule: made and destroyed by one thread; base_url() from any.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "core/check.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"
#include "simulator/simulator.h"

namespace terapi::benchmarks {

class ServerThread {
 public:
  explicit ServerThread(simulator::SimulatorOptions options)
      : sender_(loop_, {}),
        simulator_(
            std::make_unique<simulator::Simulator>(std::move(options), loop_.clock(), sender_)) {
    const auto started = simulator_->start();
    TERAPI_CHECK(started.has_value(), started ? "" : started.error().message);
    auto server = core::HttpServer::start(
        loop_, {}, [this](core::Request request, std::function<void(core::Outcome)> done) {
          simulator_->handle(std::move(request), std::move(done));
        });
    TERAPI_CHECK(server.has_value(), server ? "" : server.error().message);
    server_ = std::move(*server);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~ServerThread() {
    loop_.post([this] {
      server_.reset();
      loop_.stop();
    });
    thread_.join();
  }
  ServerThread(const ServerThread&) = delete;
  ServerThread& operator=(const ServerThread&) = delete;

  std::string base_url() const { return server_ ? server_->base_url() : ""; }

 private:
  core::EventLoop loop_;
  core::HttpSender sender_;
  std::unique_ptr<simulator::Simulator> simulator_;
  std::unique_ptr<core::HttpServer> server_;
  std::thread thread_;
};

}  // namespace terapi::benchmarks
