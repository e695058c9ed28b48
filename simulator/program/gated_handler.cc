#include "simulator/program/gated_handler.h"

#include <memory>
#include <optional>
#include <utility>

#include "simulator/program/gated_transport.h"

namespace terapi::simulator {

core::Handler gated_handler(Simulator& simulator, EventGate& gate) {
  // NOLINTNEXTLINE(performance-unnecessary-value-param): a Handler's parameters
  return [&simulator, &gate](core::Request request, std::function<void(core::Outcome)> done) {
    if (std::optional<core::Outcome> outcome = simulator.answer_at_once(request)) {
      return done(std::move(*outcome));
    }
    const auto asked = std::make_shared<core::Request>(std::move(request));
    gate.enter([&simulator, &gate, asked, done = std::move(done)] {
      simulator.handle(std::move(*asked), [&gate, done](core::Outcome outcome) {
        outcome.rest = gated_body(std::move(outcome.rest), gate);
        done(std::move(outcome));
      });
    });
  };
}

}  // namespace terapi::simulator
