// For tests: one interface over the simulator in process and over the simulator as a program with
// real sockets, so that the same tests run on both.
//
//   class RecordsContract : public ContractTest {};
//   TEST_P(RecordsContract, AnswersThePage) {
//     EXPECT_EQ(simulator().page()["records"].size(), 0U);
//   }
//   TERAPI_ON_BOTH_BACKENDS(RecordsContract);
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "core/system/test_httplib_transport.h"
#include "core/system/test_peer.h"
#include "core/system/test_server.h"
#include "simulator/program/server_process.h"
#include "simulator/test_simulator.h"

namespace terapi::simulator {

// A ServerProcess on a free port, in virtual time, on a thread of its own. cpp-httplib calls it and
// receives its webhooks, so that none of our own HTTP code is on the other side.
class SocketSimulator final : public TestSimulator {
 public:
  explicit SocketSimulator(TestSimulatorOptions options = {})
      : peer_(
            [this](const core::Request& request) { return receiver().receive(request).response; }),
        faulty_receiver_({}, [this](const core::Request& request,
                                    const std::function<void(core::Outcome)>& done) {
          done(receiver().receive(request));
        }) {
    ServeFlags flags;
    flags.port = 0;
    flags.clock = "virtual";
    flags.seed = options.seed;
    flags.dialect = options.dialect->name;
    flags.log_level = LogLevel::kError;
    flags.control_token = options.control_token;
    flags.allowed_base_urls = options.allowed_base_urls;
    WorldFile world(test_world(options));
    flags.world = world.path;
    auto process = ServerProcess::start(flags);
    TERAPI_CHECK(process.has_value(), process ? "" : process.error().message);
    process_ = std::move(*process);
    base_url_ = process_->base_url();
    thread_ = std::thread([this] { process_->run(); });
  }
  ~SocketSimulator() override {
    process_->loop().post([this] { process_->stop(); });
    thread_.join();
  }

  // The response, or the connection's error.
  core::Result<core::Response> try_send(core::Request request, core::SendOptions options = {}) {
    request.target = base_url_ + request.target;
    return transport_.send(request, options);
  }
  std::string receiver_url(std::string_view path) const override { return peer_.url(path); }
  std::string faulty_receiver_url(std::string_view path) const override {
    return faulty_receiver_.url(path);
  }
  std::string refusing_url() const override {
    // A port that was bound a moment ago, so that nobody else has it, and is free again.
    return core::TestListener().url("/hook");
  }
  std::uint16_t port() const {
    return static_cast<std::uint16_t>(std::stoi(base_url_.substr(base_url_.rfind(':') + 1)));
  }

 private:
  core::Response exchange(core::Request request) override {
    request.target = base_url_ + request.target;
    const auto response = transport_.send(request);
    if (response) return *response;
    ADD_FAILURE() << request.method << " " << request.target << ": " << response.error().code << " "
                  << response.error().message;
    return {0, {}, ""};
  }

  // Removed once the simulator has read it.
  struct WorldFile {
    explicit WorldFile(const std::string& text) : path(testing::TempDir() + "world-XXXXXX") {
      const int descriptor = ::mkstemp(path.data());
      TERAPI_CHECK(descriptor >= 0, "a temporary file can be made");
      ::close(descriptor);
      std::ofstream(path, std::ios::binary) << text;
    }
    ~WorldFile() { ::unlink(path.c_str()); }
    std::string path;
  };

  core::TestPeer peer_;
  core::TestServer faulty_receiver_;
  core::HttplibTransport transport_;
  std::unique_ptr<ServerProcess> process_;
  std::string base_url_;
  std::thread thread_;
};

enum class Backend { kInProcess, kSockets };

inline std::unique_ptr<TestSimulator> make_simulator(Backend backend,
                                                     TestSimulatorOptions options = {}) {
  if (backend == Backend::kInProcess) {
    return std::make_unique<InProcessSimulator>(std::move(options));
  }
  return std::make_unique<SocketSimulator>(std::move(options));
}

class ContractTest : public testing::TestWithParam<Backend> {
 public:
  // The simulator of this test; made at the first call, with these options.
  TestSimulator& simulator(TestSimulatorOptions options = {}) {
    if (!simulator_) simulator_ = make_simulator(GetParam(), std::move(options));
    return *simulator_;
  }

 private:
  std::unique_ptr<TestSimulator> simulator_;
};

inline std::string backend_name(const testing::TestParamInfo<Backend>& backend) {
  return backend.param == Backend::kInProcess ? "InProcess" : "OverSockets";
}

}  // namespace terapi::simulator

#define TERAPI_ON_BOTH_BACKENDS(suite)                                               \
  INSTANTIATE_TEST_SUITE_P(, suite,                                                  \
                           testing::Values(::terapi::simulator::Backend::kInProcess, \
                                           ::terapi::simulator::Backend::kSockets),  \
                           ::terapi::simulator::backend_name)
