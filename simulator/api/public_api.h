// PublicApi: the API that users of Terapi call — records, integrations, connections, syncs, actions
// and the proxy — with its checks in order (AUTH-4) and its faults.
//
// Thread rule: the simulator's thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "core/http_message.h"
#include "simulator/api/public_call.h"
#include "simulator/api/rate_limiter.h"
#include "simulator/api/router.h"
#include "simulator/engine/engine.h"
#include "simulator/observation/advisories.h"

namespace terapi::simulator {

class PublicApi {
 public:
  // `advisories` sees each request that was answered.
  PublicApi(const PublicMachines& machines, Advisories& advisories);

  // Answers any request whose path is not the control API's: calls `done` once, and before it
  // returns, but for what the proxy waits for.
  using Done = std::function<void(core::Outcome)>;
  void handle(core::Request request, const Done& done);
  void forget_rate_limits() { limiter_.clear(); }

 private:
  struct Call;
  using Result = std::variant<PublicAnswer, ApiError, InjectedAnswer>;
  Result answer(Call& call);
  core::Outcome finish(Call call, Result result);
  void strike(Call& call);
  std::optional<ApiError> check_rate(Call& call);
  void enter_in_journal(Call call, Result result, int status);

  PublicMachines machines_;
  Engine& engine_;
  Advisories& advisories_;
  Router<PublicHandler> router_;
  RateLimiter limiter_;
};

}  // namespace terapi::simulator
