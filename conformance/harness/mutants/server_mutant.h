// ServerMutant: a known-bad server, which the suite must fail. It is the simulator with one defect,
// put around what answers its requests and around what carries its webhooks; simulator/ itself is
// not touched.
//
//   const auto mutation = find_server_mutant("inclusive-cursor")->make(clock);
//   const auto webhooks = mutation->around(transport);
//   Simulator simulator({}, clock, *webhooks);
//   const core::Handler handler = mutation->around([&](core::Request request, auto done) {
//     simulator.handle(std::move(request), std::move(done));
//   });
//
// All requests go through the handler, those of the control API included. Mutations know the
// `terapi` dialect only. A mutation outlives what it was put around, and what it has put around it.
//
// Thread rule: the driver's thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/transport.h"

namespace terapi::conformance {

// The defect at work in one server. What is not overridden is passed on.
class ServerMutation {
 public:
  using Answered = std::function<void(core::Outcome)>;
  using Done = core::AsyncTransport::Done;

  explicit ServerMutation(core::Clock& clock) : clock_(clock) {}
  virtual ~ServerMutation() = default;
  ServerMutation(const ServerMutation&) = delete;
  ServerMutation& operator=(const ServerMutation&) = delete;

  core::Handler around(core::Handler inner);
  std::unique_ptr<core::AsyncTransport> around(core::AsyncTransport& inner);

 protected:
  virtual void answer(const core::Handler& inner, core::Request request, Answered answered);
  // A webhook on its way out.
  virtual void send(core::AsyncTransport& inner, core::Request webhook,
                    const core::SendOptions& options, Done done);
  core::Clock& clock() const { return clock_; }

 private:
  core::Clock& clock_;
  std::deque<core::Handler> inners_;  // kept in place: answers that come later go on using them
};

struct ServerMutant {
  std::string_view id;      // kebab-case
  std::string_view defect;  // one sentence, for people
  std::string_view clause;  // of the catalogue: what it breaks
  std::function<std::unique_ptr<ServerMutation>(core::Clock&)> make;
  // Why no story that is drawn by chance shows it, but a scenario does; empty: one does.
  std::string_view beyond_chance{};
};
inline ServerMutant beyond_chance(std::string_view why, ServerMutant mutant) {
  mutant.beyond_chance = why;
  return mutant;
}

// An entry of a list, for a Mutation made of its clock (and further arguments).
template <typename Mutation, typename... Arguments>
ServerMutant server_mutant(std::string_view id, std::string_view clause, std::string_view defect,
                           Arguments... arguments) {
  return {id, defect, clause, [arguments...](core::Clock& clock) {
            return std::make_unique<Mutation>(clock, arguments...);
          }};
}

const std::vector<ServerMutant>& server_mutants();
// Null when there is none of that id.
const ServerMutant* find_server_mutant(std::string_view id);

}  // namespace terapi::conformance
