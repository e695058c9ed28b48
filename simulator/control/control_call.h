// ControlCall: a call of the control API on its way to its handler, and how to reply to it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/http_message.h"
#include "core/url.h"
#include "simulator/api/router.h"

namespace terapi::simulator {

struct ControlCall {
  const core::Request& request;
  core::Target target;
  PathParts parts;  // the values of the pattern's placeholders

  // A query parameter, or "".
  std::string query(std::string_view name) const;
};

using Reply = std::function<void(Answer)>;
using ControlHandler = std::function<void(const ControlCall&, const Reply&)>;
using ControlRouter = Router<ControlHandler>;

}  // namespace terapi::simulator
