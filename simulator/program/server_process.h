// ServerProcess: a Simulator put together with the real world — event loop, HTTP server, webhook
// sender, data file, log — as the program runs it.
//
// Thread rule: one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "core/system/event_loop.h"
#include "simulator/program/serve_flags.h"

namespace terapi::simulator {

class ServerProcess {
 public:
  // Listens, loads, and is ready to run. Codes: those of the server, the storage and the world;
  // "bad_usage" for flags that do not go together.
  static core::Result<std::unique_ptr<ServerProcess>> start(const ServeFlags& flags);
  ~ServerProcess();

  core::EventLoop& loop();
  std::string base_url() const;
  std::string secret_key() const;
  std::string signing_key() const;
  // "1000 records of github/demo/Issue"
  std::string summary() const;
  std::string syncs_off() const;
  // The cursor in the middle of the first stream, to show what resuming looks like; "" if none.
  std::string example_cursor() const;

  // Runs until stop() has let answers in flight finish.
  void run();
  void stop();

 private:
  struct Parts;
  explicit ServerProcess(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace terapi::simulator
