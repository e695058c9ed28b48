// ClientMutant: a known-bad client, which the suite must fail. It is the reference client with one
// defect, put around its ports; client/ itself is not touched.
//
//   const ClientMutant* mutant = find_client_mutant("ignores-deletes");
//   ReferenceClient client(options, ports, mutant);
//
// To add one: derive from ClientMutation in conformance/harness/mutants, override what the defect
// changes, add it to that file's list.
//
// What a mutation keeps in its members dies with its process; whatever its defect needs between two
// lives goes through the Store.
//
// Thread rule: the driver's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/store.h"
#include "conformance/harness/mutants/reference_client_options.h"
#include "core/transport.h"

namespace terapi::conformance {

// What one process gives to its mutation.
struct MutantPorts {
  core::Clock& clock;
  core::AsyncTransport& transport;
  client::Store& store;
  client::ReadableStore* stored;  // may be null
  const ReferenceClientOptions& options;
  std::weak_ptr<int> alive;  // expired: this process is gone
  std::function<void(std::string reason)> die;
};

// The defect at work in one process. What is not overridden is passed on.
class ClientMutation {
 public:
  using Done = core::AsyncTransport::Done;
  using Answer = std::function<core::Response(const core::Request&)>;
  using Answered = std::function<void(core::Response)>;

  explicit ClientMutation(MutantPorts ports) : ports_(std::move(ports)) {}
  virtual ~ClientMutation() = default;

  // Before anything else.
  virtual void adjust(ReferenceClientOptions& options);
  // The engine's calls.
  virtual void send(core::Request request, const core::SendOptions& options, Done done);
  virtual core::Result<client::StoredPosition> position(const client::Stream& stream);
  virtual core::Result<client::Committed> commit(const client::Batch& batch);
  virtual core::Result<void> report(const client::Stream& stream, const client::Report& report);
  // A webhook; `answer` is what the right receiver makes of a request.
  virtual void receive(const core::Request& request, const Answer& answer,
                       const Answered& answered);

 protected:
  core::Clock& clock() const { return ports_.clock; }
  core::AsyncTransport& transport() const { return ports_.transport; }
  client::Store& store() const { return ports_.store; }
  client::ReadableStore* stored() const { return ports_.stored; }
  const ReferenceClientOptions& options() const { return ports_.options; }
  const client::Dialect& dialect() const { return *ports_.options.sync.dialect; }

  // What is called back through one of these does nothing once this process is gone.
  template <typename Action>
  auto while_alive(Action action) const {
    return [alive = ports_.alive, action = std::move(action)](auto&&... arguments) mutable {
      if (!alive.expired()) action(std::forward<decltype(arguments)>(arguments)...);
    };
  }
  void later(core::Duration delay, std::function<void()> action) const;
  // An unhandled error: nothing that this process does has an effect from here on.
  void die(std::string reason) const { ports_.die(std::move(reason)); }

 private:
  MutantPorts ports_;
};

struct ClientMutant {
  std::string_view id;      // kebab-case
  std::string_view defect;  // one sentence, for people
  std::string_view clause;  // of the catalogue: what it breaks
  std::function<std::unique_ptr<ClientMutation>(MutantPorts)> make;
  // Why no story that is drawn by chance shows it, but a scenario does; empty: one does.
  std::string_view beyond_chance{};
};
inline ClientMutant beyond_chance(std::string_view why, ClientMutant mutant) {
  mutant.beyond_chance = why;
  return mutant;
}

// An entry of a list, for a Mutation made of its ports (and further arguments).
template <typename Mutation, typename... Arguments>
ClientMutant client_mutant(std::string_view id, std::string_view clause, std::string_view defect,
                           Arguments... arguments) {
  return {id, defect, clause, [arguments...](MutantPorts ports) {
            return std::make_unique<Mutation>(std::move(ports), arguments...);
          }};
}

const std::vector<ClientMutant>& client_mutants();
// Null when there is none of that id.
const ClientMutant* find_client_mutant(std::string_view id);

}  // namespace terapi::conformance
