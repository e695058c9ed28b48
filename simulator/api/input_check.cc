#include "simulator/api/input_check.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "simulator/javascript/javascript_number.h"

namespace terapi::simulator {

void wrong_type(std::string_view expected, std::string_view received, InputPath path,
                InputErrors& errors) {
  std::string message = "Invalid input: expected ";
  message.append(expected).append(", received ").append(received);
  errors.push_back({"invalid_type", std::move(message), std::move(path)});
}

void check_text(std::string_view text, const InputPath& path, const TextRule& rule,
                InputErrors& errors) {
  if (!rule.pattern.matches(text)) {
    errors.push_back({"invalid_format",
                      "Invalid string: must match pattern " + std::string(rule.pattern.shown),
                      path});
  }
  const std::size_t length = javascript_length(text);
  if (length < rule.least) {
    errors.push_back(
        {"too_small",
         "Too small: expected string to have >=" + std::to_string(rule.least) + " characters",
         path});
  }
  if (length > rule.most) {
    errors.push_back(
        {"too_big",
         "Too big: expected string to have <=" + std::to_string(rule.most) + " characters", path});
  }
}

void check_number(double number, const InputPath& path, double most, InputErrors& errors) {
  if (!std::isfinite(number)) {
    return wrong_type("number", std::isnan(number) ? "NaN" : "number", path, errors);
  }
  if (number < 1) errors.push_back({"too_small", "Too small: expected number to be >=1", path});
  if (number > most) {
    errors.push_back(
        {"too_big", "Too big: expected number to be <=" + javascript_text(most), path});
  }
}

void check_unknown(const std::vector<std::string>& unknown, InputErrors& errors) {
  if (unknown.empty()) return;
  std::string message = unknown.size() == 1 ? "Unrecognized key: " : "Unrecognized keys: ";
  for (const std::string& key : unknown) {
    if (&key != &unknown.front()) message += ", ";
    message.append("\"").append(key).append("\"");
  }
  errors.push_back({"unrecognized_keys", std::move(message), {}});
}

namespace {

void check_items(std::size_t count, const std::string& key, const TextRule& rule,
                 InputErrors& errors) {
  if (count < rule.least) {
    errors.push_back(
        {"too_small",
         "Too small: expected array to have >=" + std::to_string(rule.least) + " items",
         {key}});
  }
  if (count > rule.most) {
    errors.push_back({"too_big",
                      "Too big: expected array to have <=" + std::to_string(rule.most) + " items",
                      {key}});
  }
}

}  // namespace

std::string_view input_type(const core::json::Value& value) {
  if (!value.present()) return "undefined";
  switch (value.kind()) {
    case core::json::Kind::kNull:
      return "null";
    case core::json::Kind::kBoolean:
      return "boolean";
    case core::json::Kind::kNumber:
      return "number";
    case core::json::Kind::kString:
      return "string";
    case core::json::Kind::kArray:
      return "array";
    case core::json::Kind::kObject:
      break;
  }
  return "object";
}

std::optional<std::string> text_member(const core::json::Value& object, const std::string& key,
                                       const TextRule& rule, bool required, InputErrors& errors) {
  const core::json::Value value = object[key];
  if (!value.present() && !required) return std::nullopt;
  if (!value.is_string()) {
    wrong_type("string", input_type(value), {key}, errors);
    // The length of an array is checked, too.
    if (value.is_array()) check_items(value.size(), key, rule, errors);
    return std::nullopt;
  }
  std::string text = value.string();
  check_text(text, {key}, rule, errors);
  return text;
}

}  // namespace terapi::simulator
