// ServerDraw: a whole scenario that judges a server, by chance: a world, what happens to its
// records, what is asked meanwhile, and how webhooks are answered. The same seed and options draw
// the same scenario, on every machine.
//
//   const Scenario scenario = draw_server_story(17, {});
//   ServerPlay(scenario, stage, options).run();
//
// What must hold is said by laws, by the judge's model and by what it knows of webhooks, hardly
// ever by numbers that were worked out beforehand: so a story stays fair when something is left out
// of it. Each seed leaves some laws and some kinds of trouble out (swarm testing).
//
// Pure functions, no thread rule.
#pragma once

#include <cstdint>
#include <string>

#include "conformance/scenario/scenario.h"

namespace terapi::conformance {

struct ServerDrawOptions {
  // Nothing is written: only laws that hold on whatever data is there.
  bool only_reads = false;
  // Time passes by itself, so that little of it is waited for.
  bool real_time = false;
  const Dialect* dialect = &terapi_dialect();
};

// The text of its file, without layout.
std::string server_story_text(std::uint64_t seed, const ServerDrawOptions& options);
Scenario draw_server_story(std::uint64_t seed, const ServerDrawOptions& options);

// What is unfair about a story that was made smaller from what a seed drew: a server that is right
// could fail it. Empty: nothing.
std::string server_unfairness(const Scenario& story, const Scenario& drawn);

}  // namespace terapi::conformance
