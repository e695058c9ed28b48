// Router: who answers a method and path. Both APIs are one: a table, and 404 or 405 for the rest.
//
//   Router<int> router;
//   router.add("GET", "/faults/{id}", 7);
//   auto found = router.find("GET", "/faults/hiccup");   // handler 7, parts {"id": "hiccup"}
//
// Where several patterns fit, those with the fewest braces count, as OpenAPI has it: "/faults/all"
// before "/faults/{id}". A pattern that ends in "{name*}" fits every path below it, and the method
// "*" is any. HEAD is answered as GET unless it is in the table itself. Not to be changed while it
// is used.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "simulator/api/api_error.h"

namespace terapi::simulator {

// What the braces of a pattern stand for.
using PathParts = std::map<std::string, std::string, std::less<>>;

// The methods and patterns, by the order in which they were added.
class RouteTable {
 public:
  struct Found {
    std::size_t route = 0;
    PathParts parts;
  };
  void add(std::string method, std::string_view pattern);
  std::variant<Found, ApiError> find(std::string_view method, std::string_view path) const;

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
  // hold a slash; what the braces stand for is decoded.
  std::variant<Found, ApiError> find(std::string_view method, std::string_view path) const {
    auto found = table_.find(method, path);
    if (auto* error = std::get_if<ApiError>(&found)) return std::move(*error);
    auto& route = std::get<RouteTable::Found>(found);
    return Found{&handlers_[route.route], std::move(route.parts)};
  }

 private:
  RouteTable table_;
  std::vector<Handler> handlers_;
};

}  // namespace terapi::simulator
