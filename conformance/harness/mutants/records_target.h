// RecordsTarget: the target of a GET /records, taken apart so that a mutant can change it. Works on
// both forms, a path and an absolute URL. A value.
//
//   if (auto target = RecordsTarget::of(request)) {
//     target->erase("cursor");
//     request.target = target->text();
//   }
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/http_message.h"
#include "core/url.h"

namespace terapi::conformance {

class RecordsTarget {
 public:
  // Nothing for any other request, and for a query that cannot be decoded.
  static std::optional<RecordsTarget> of(const core::Request& request);

  // Decoded; the first of that name.
  std::optional<std::string> get(std::string_view name) const;
  // Every value of that name.
  std::vector<std::string> all(std::string_view name) const;
  void set(std::string_view name, const std::string& value);
  void erase(std::string_view name);
  void keep_only(const std::vector<std::string_view>& names);
  std::string text() const;
  // With the value of one parameter as it is, not percent-encoded.
  std::string text_with_raw(std::string_view name) const;

 private:
  std::string path_;
  core::QueryParameters query_;
};

}  // namespace terapi::conformance
