#include "conformance/harness/mutants/client_mutant.h"

#include <iterator>

#include "conformance/harness/mutants/client_lists.h"

namespace terapi::conformance {

void ClientMutation::adjust(ReferenceClientOptions& /*options*/) {}

void ClientMutation::send(core::Request request, const core::SendOptions& options, Done done) {
  transport().send(std::move(request), options, std::move(done));
}

core::Result<client::StoredPosition> ClientMutation::position(const client::Stream& stream) {
  return store().position(stream);
}

core::Result<client::Committed> ClientMutation::commit(const client::Batch& batch) {
  return store().commit(batch);
}

core::Result<void> ClientMutation::report(const client::Stream& stream,
                                          const client::Report& report) {
  return store().report(stream, report);
}

void ClientMutation::receive(const core::Request& request, const Answer& answer,
                             const Answered& answered) {
  answered(answer(request));
}

void ClientMutation::later(core::Duration delay, std::function<void()> action) const {
  clock().at(clock().now() + delay, while_alive(std::move(action)));
}

const std::vector<ClientMutant>& client_mutants() {
  static const std::vector<ClientMutant> kMutants = [] {
    std::vector<ClientMutant> all;
    for (auto list : {cursor_mutants(), paging_mutants(), record_mutants(), patience_mutants(),
                      webhook_mutants()}) {
      all.insert(all.end(), std::make_move_iterator(list.begin()),
                 std::make_move_iterator(list.end()));
    }
    return all;
  }();
  return kMutants;
}

const ClientMutant* find_client_mutant(std::string_view id) {
  for (const ClientMutant& mutant : client_mutants()) {
    if (mutant.id == id) return &mutant;
  }
  return nullptr;
}

}  // namespace terapi::conformance
