// PublicApi: what the users of Terapi call — GET /records and PATCH /records/prune — with its
// checks in their order (AUTH-4) and its faults.
//
// Thread rule: the simulator's thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/http_message.h"
#include "core/url.h"
#include "simulator/api/rate_limiter.h"
#include "simulator/engine.h"

namespace terapi::simulator {

class PublicApi {
 public:
  explicit PublicApi(Engine& engine) : engine_(engine) {}

  // Answers any request whose path is not the control API's.
  core::Outcome handle(const core::Request& request);
  // Told of each answered request.
  void set_observer(std::function<void(const RequestEntry&)> observer) {
    observer_ = std::move(observer);
  }
  void forget_rate_limits() { limiter_.clear(); }

 private:
  struct Call;
  core::Response answer(Call& call);
  core::Response records(Call& call);
  core::Response prune_records(Call& call);
  // The connection that the headers name, or the error to answer.
  std::optional<core::Response> check_headers(Call& call) const;
  std::optional<core::Response> check_rate(Call& call);
  std::optional<core::Response> check_body(const Call& call) const;
  core::Response bad_cursor() const;
  void describe(Call& call) const;

  Engine& engine_;
  RateLimiter limiter_;
  std::function<void(const RequestEntry&)> observer_;
};

}  // namespace terapi::simulator
