// Router: finds the handler of a method and path. Both APIs use one: a table, and 404 or 405 for
// the rest.
//
//   Router<int> router;
//   router.add("GET", "/faults/{id}", 7);
//   auto found = router.find("GET", "/faults/hiccup");   // handler 7, parts {"id": "hiccup"}
//
// Where several patterns match, those with the fewest placeholders win, as in OpenAPI:
// "/faults/all" before "/faults/{id}". A pattern that ends in "{name*}" matches every path below
// it, and the method "*" matches any. HEAD is answered like GET unless the table has a route for
// it. No route may be added while it is in use.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "simulator/api/api_error.h"

namespace terapi::simulator {

// The values of a pattern's placeholders, by name.
using PathParts = std::map<std::string, std::string, std::less<>>;

// The methods and patterns, in the order in which they were added.
class RouteTable {
 public:
  struct Found {
    std::size_t route = 0;
    PathParts parts;
  };
  void add(std::string method, std::string_view pattern);
  std::variant<Found, ApiError> find(std::string_view method, std::string_view path,
                                     bool any_case) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;
  };
  std::vector<Route> routes_;
};

template <typename Handler>
class Router {
 public:
  struct Found {
    const Handler* handler;
    PathParts parts;
  };
  void add(std::string method, std::string_view pattern, Handler handler) {
    table_.add(std::move(method), pattern);
    handlers_.push_back(std::move(handler));
  }
  // The handler, or the 404 or 405 to answer. `path` is still percent-encoded, so that a part may
  // contain a slash; the values of placeholders are decoded. With `any_case`, "/Records" is
  // "/records".
  std::variant<Found, ApiError> find(std::string_view method, std::string_view path,
                                     bool any_case = false) const {
    auto found = table_.find(method, path, any_case);
    if (auto* error = std::get_if<ApiError>(&found)) return std::move(*error);
    auto& route = std::get<RouteTable::Found>(found);
    return Found{&handlers_[route.route], std::move(route.parts)};
  }

 private:
  RouteTable table_;
  std::vector<Handler> handlers_;
};

}  // namespace terapi::simulator
