// Router: finds who answers a method and path. Patterns have parts in braces: "/faults/{id}".
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_message.h"
#include "core/url.h"

namespace terapi::simulator {

// A request on its way to its handler.
struct ControlCall {
  const core::Request& request;
  core::Target target;
  std::map<std::string, std::string, std::less<>> parts;  // what the pattern's braces matched

  // A query parameter, or "".
  std::string query(std::string_view name) const;
};

using Reply = std::function<void(core::Response)>;
using ControlHandler = std::function<void(const ControlCall&, const Reply&)>;

class Router {
 public:
  void add(std::string method, const std::string& pattern, ControlHandler handler);
  // Calls the handler; replies 404 or 405 where there is none.
  void route(ControlCall& call, const Reply& reply) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;
    ControlHandler handler;
  };
  std::vector<Route> routes_;
};

}  // namespace terapi::simulator
