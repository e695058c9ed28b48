// Step: one step of a scenario, and Plan: all of them (docs/write-a-scenario.md has the
// vocabulary). A new step is a struct that describes itself, with its name in the list below it,
// and a function that plays it. Values, no thread rule.
//
//   for (const Step& step : scenario.plan.steps) std::visit(…, step.what);
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "conformance/scenario/client_steps.h"
#include "conformance/scenario/server_steps.h"
#include "conformance/scenario/shared_steps.h"

namespace terapi::conformance {

template <typename... Lists>
struct Joined;
template <typename... Steps>
struct Joined<StepList<Steps...>> {
  using Variant = std::variant<Steps...>;
};
template <typename... First, typename... Second, typename... Lists>
struct Joined<StepList<First...>, StepList<Second...>, Lists...>
    : Joined<StepList<First..., Second...>, Lists...> {};

struct Step {
  // A step is the first of these that has one of its verbs.
  using What = Joined<ClientSteps, SharedSteps, ServerSteps>::Variant;
  What what{};
  std::string text{};     // the step as it stands in the file, on one line
  std::string clause{};   // that its expectations prove; empty: the scenario's first one
  std::string because{};  // for those who read the file
  std::string dialect{};  // the only one in which it is done; empty: in all of them

  bool is_for(std::string_view spoken) const { return dialect.empty() || dialect == spoken; }

  template <typename Json>
  static void describe(Json& json) {
    json.may("in", &Step::dialect, OneOf{{"terapi", "nango"}},
             "the only dialect in which it is done; default: in each");
    json.may("clause", &Step::clause,
             "that its expectations prove; default: the scenario's first one", For::kServers);
    json.may("because", &Step::because, "for those who read the file", For::kServers);
  }
  // GET and HEAD only, or laws that send nothing else.
  bool only_reads() const;
};

// What the client under test is told, and what it is spared.
struct ClientSettings {
  core::Duration poll = std::chrono::seconds(2);
  std::uint64_t limit = 100;
  std::vector<std::string> streams = {"github/demo/Issue"};
  bool needs_webhooks = false;      // SKIP for a client that takes none: nothing is proved
  bool may_stop = false;            // the client may give up: it need not converge at the end
  bool counts_requests = true;      // I10 applies
  std::vector<std::string> spared;  // invariants that the scenario breaks itself

  template <typename Json>
  static void describe(Json& json) {
    json.about("what the client is told, and what is not demanded of it",
               R"({"poll":"10m","limit":7})");
    json.may("poll", &ClientSettings::poll, "its poll interval (TERAPI_POLL_MS)");
    json.may("limit", &ClientSettings::limit, Range{1, 10'000}, "records of a page (TERAPI_LIMIT)");
    json.may("streams", &ClientSettings::streams, "what it syncs (TERAPI_STREAMS)");
    json.may("needs_webhooks", &ClientSettings::needs_webhooks,
             "SKIP for a client that takes no webhooks: nothing else would bring the data in time");
    json.may("may_stop", &ClientSettings::may_stop,
             "it may end by itself, and need not converge after the last step");
    json.may("counts_requests", &ClientSettings::counts_requests,
             "false: how often it asks is not judged (I10)");
    json.may("spared", &ClientSettings::spared,
             "invariants or clauses that the scenario itself breaks");
  }
};
template <>
inline constexpr std::string_view kDefinition<ClientSettings> = "client_settings";

struct Plan {
  ClientSettings client{};
  std::vector<Step> steps;
  std::vector<Step> expect;  // after the last step; for a client: CheckSteps

  bool sweeps() const;  // has a kill at every call
};

// A list of steps, as it stands in a file.
struct StepsKind {
  bool not_empty = false;

  void read(const Slot& slot, std::vector<Step>& steps) const;
  void write(core::json::Writer& out, const std::vector<Step>& steps, Subject judges) const;
  std::string schema(Subject judges) const;
};
// A client's: checks, without the verb.
struct ExpectKind {
  void read(const Slot& slot, std::vector<Step>& checks) const;
  void write(core::json::Writer& out, const std::vector<Step>& checks, Subject judges) const;
  std::string schema(Subject judges) const;
};

// One step as JSON on one line: {"client":"starts"}.
std::string step_text(const Step& step, Subject judges);
// "client", "until", …: what a step of such a scenario may do.
std::vector<std::string> step_verbs(Subject judges);
// The schema of one step: {"oneOf":[…]}.
std::string step_schema(Subject judges);

}  // namespace terapi::conformance
