#include "conformance/harness/mutants/server_mutant.h"

#include <iterator>

#include "conformance/harness/mutants/server_lists.h"

namespace terapi::conformance {

core::Handler ServerMutation::around(core::Handler inner) {
  const core::Handler& kept = inners_.emplace_back(std::move(inner));
  return [this, &kept](core::Request request, Answered answered) {
    answer(kept, std::move(request), std::move(answered));
  };
}

std::unique_ptr<core::AsyncTransport> ServerMutation::around(core::AsyncTransport& inner) {
  class Around final : public core::AsyncTransport {
   public:
    Around(ServerMutation& mutation, core::AsyncTransport& transport)
        : mutation_(mutation), inner_(transport) {}
    void send(core::Request request, const core::SendOptions& options, Done done) override {
      mutation_.send(inner_, std::move(request), options, std::move(done));
    }

   private:
    ServerMutation& mutation_;
    core::AsyncTransport& inner_;
  };
  return std::make_unique<Around>(*this, inner);
}

void ServerMutation::answer(const core::Handler& inner, core::Request request, Answered answered) {
  inner(std::move(request), std::move(answered));
}

void ServerMutation::send(core::AsyncTransport& inner, core::Request webhook,
                          const core::SendOptions& options, Done done) {
  inner.send(std::move(webhook), options, std::move(done));
}

const std::vector<ServerMutant>& server_mutants() {
  static const std::vector<ServerMutant> kMutants = [] {
    std::vector<ServerMutant> all;
    for (auto list : {order_mutants(), query_mutants(), page_mutants(), run_mutants(),
                      delivery_mutants(), sync_mutants()}) {
      all.insert(all.end(), std::make_move_iterator(list.begin()),
                 std::make_move_iterator(list.end()));
    }
    return all;
  }();
  return kMutants;
}

const ServerMutant* find_server_mutant(std::string_view id) {
  for (const ServerMutant& mutant : server_mutants()) {
    if (mutant.id == id) return &mutant;
  }
  return nullptr;
}

}  // namespace terapi::conformance
