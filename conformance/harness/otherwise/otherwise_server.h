// OtherwiseServer: a right server that chooses otherwise. What the contract leaves open is drawn
// from a seed: which record of one save comes first, how short a page is, the order of members, of
// validation errors and of headers, sentences, white space, members that nobody has named, how long
// anything is under way, and so in which order webhooks come. A judge that accuses it is wrong.
//
// It stands around what answers requests (the simulator in this process, or a server elsewhere) and
// around what carries webhooks, as a ServerMutation does; what it stands around has to be right.
//
//   OtherwiseServer server(clock, {.seed = 17});
//   const auto webhooks = server.around(transport);
//   Simulator simulator({}, clock, *webhooks);
//   const core::Handler handler = server.around([&](core::Request request, auto done) {
//     simulator.handle(std::move(request), std::move(done));
//   });
//
// What has no choice is passed on as it is: what the proxy and actions give back, pages for people,
// and the control API, which is not the contract's, but for being late, too.
//
// Thread rule: the driver's thread. It outlives what it was put around.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/random.h"
#include "core/transport.h"

namespace terapi::conformance {

struct OtherwiseOptions {
  std::uint64_t seed = 1;
  std::string metadata_key = "_terapi_metadata";
  // Each way takes up to this; unset: as the seed has it.
  std::optional<core::Duration> slowness{};
  // Where answers go out on sockets: some of them in chunks.
  bool on_sockets = false;
};

// What one such server is like; each seed has its own mixture.
struct Temper {
  bool shortens_pages = false;
  bool says_more = false;        // members that the contract does not name
  bool rewords = false;          // members, errors and headers in another order, other sentences
  core::Duration slowness{0};    // each way takes up to this, each time something else
  std::string environment_name;  // ids of records follow from it, and so the order within a save
};
Temper temper_of(std::uint64_t seed);

class OtherwiseServer {
 public:
  OtherwiseServer(core::Clock& clock, OtherwiseOptions options);
  OtherwiseServer(const OtherwiseServer&) = delete;
  OtherwiseServer& operator=(const OtherwiseServer&) = delete;

  core::Handler around(core::Handler inner);
  std::unique_ptr<core::AsyncTransport> around(core::AsyncTransport& inner);

  const Temper& temper() const { return temper_; }

 private:
  class Post;

  void answer(const core::Handler& inner, core::Request request,
              std::function<void(core::Outcome)> answered);
  // A world whose environment has no name gets one.
  std::string named(const std::string& world) const;
  void choose(const core::Request& asked, core::Outcome& outcome);
  void choose_body(const core::Request& asked, core::Response& response);
  void choose_headers(const core::Request& asked, core::Response& response);
  // Now, or after a while.
  void later(std::function<void()> action);

  core::Clock& clock_;
  const OtherwiseOptions options_;
  const Temper temper_;
  core::Random random_;
  std::deque<core::Handler> inners_;  // kept in place: answers that come later go on using them
};

}  // namespace terapi::conformance
