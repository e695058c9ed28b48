// Bodies of control calls: parsed, or refused with everything that is wrong with them.
#pragma once

#include <optional>
#include <string_view>

#include "core/json_fields.h"
#include "simulator/control/control_call.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

// A call's body as JSON, which the call keeps: it may be long, and is not copied.
class ControlBody {
 public:
  core::json::Value root() const { return root_; }
  std::string_view text() const { return text_; }

 private:
  friend std::optional<ControlBody> read_body(const ControlCall& call, const Reply& reply);
  core::json::Reader reader_{{.comments = true}};  // holds what root_ refers to
  core::json::Value root_;
  std::string_view text_;
};

// The body as JSON; an empty one as {}. Nothing once a 400 or 415 has been sent.
std::optional<ControlBody> read_body(const ControlCall& call, const Reply& reply);

// True when there are none; otherwise 400 invalid_body has been sent, with all of them.
bool no_issues(const core::json::Issues& issues, std::string_view text, const Reply& reply);

// The environment that ?environment= (or `name`) names, by default the first; null once a 404 has
// been sent.
Environment* chosen_environment(State& state, const std::string& name, const Reply& reply);

}  // namespace terapi::simulator
