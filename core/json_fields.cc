#include "core/json_fields.h"

#include <algorithm>
#include <cmath>

#include "core/breather.h"
#include "core/duration.h"
#include "core/nearest.h"

namespace terapi::core::json {
namespace {

bool is_index(std::string_view part) {
  return !part.empty() &&
         std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string shown(const Value& value) {
  constexpr std::size_t kLongest = 60;
  if (value.is_object() || value.is_array()) return std::string(describe(value.kind()));
  const std::string_view text = value.text();
  return std::string(text.substr(0, kLongest)) + (text.size() > kLongest ? "…" : "");
}

}  // namespace

std::string path_text(const Path& path) {
  if (path.empty()) return "the document";
  std::string text;
  for (const std::string& part : path) {
    if (is_index(part)) {
      text += "[" + part + "]";
    } else {
      text += (text.empty() ? "" : ".") + part;
    }
  }
  return text;
}

void report_wrong(const Value& value, const Path& path, std::string_view expected, Issues& issues) {
  issues.push_back({"invalid_type",
                    path_text(path) + " is " + shown(value) + "; expected " + std::string(expected),
                    path, value.offset()});
}

Fields::Fields(Value object, Path path, Issues& issues)
    : object_(object), path_(std::move(path)), issues_(issues) {
  breathe();  // whoever reads a long list makes one of these for each item
  if (object.is_object()) return;
  issues_.push_back(
      {"invalid_type",
       path_text(path_) + " is " + std::string(describe(object.kind())) + "; expected an object",
       path_, object.offset()});
}

Value Fields::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return object_[key];
}

Path Fields::path_to(std::string_view key) const {
  Path path = path_;
  path.emplace_back(key);
  return path;
}

bool Fields::has(std::string_view key) { return find(key).present(); }

void Fields::report(std::string_view key, std::string code, std::string_view complaint) {
  const Value value = object_[key];
  Path path = path_to(key);
  std::string message = path_text(path) + " " + std::string(complaint);
  issues_.push_back({std::move(code), std::move(message), std::move(path),
                     value.present() ? value.offset() : object_.offset()});
}

void Fields::wrong_kind(std::string_view key, const Value& value, std::string_view expected) {
  report_wrong(value, path_to(key), expected, issues_);
}

std::string Fields::text_of(const Value& string, const Path& path) {
  if (has_unpaired_surrogate(string.text())) {
    issues_.push_back({"invalid_value",
                       path_text(path) + " holds half of a surrogate pair; expected Unicode text",
                       path, string.offset()});
  }
  return string.string();
}

std::optional<std::string> Fields::string(std::string_view key) {
  const Value value = find(key);
  if (!value.present() || value.is_null()) return std::nullopt;
  if (value.is_string()) return text_of(value, path_to(key));
  wrong_kind(key, value, "a string");
  return std::nullopt;
}

std::string Fields::required(std::string_view key) {
  const Value value = find(key);
  if (value.present()) {
    if (value.is_string() && value.text() != "\"\"") return text_of(value, path_to(key));
    wrong_kind(key, value, "a string that is not empty");
  } else if (object_.is_object()) {
    report(key, "required", "is missing; expected a string");
  }
  return {};
}

std::optional<bool> Fields::boolean(std::string_view key) {
  const Value value = find(key);
  if (!value.present() || value.is_null()) return std::nullopt;
  if (value.is_boolean()) return value.boolean();
  wrong_kind(key, value, "true or false");
  return std::nullopt;
}

std::optional<std::int64_t> Fields::integer(std::string_view key, std::int64_t least,
                                            std::int64_t most) {
  const Value value = find(key);
  if (!value.present() || value.is_null()) return std::nullopt;
  const std::optional<std::int64_t> number = value.integer();
  if (number && *number >= least && *number <= most) return number;
  wrong_kind(key, value,
             "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<std::int64_t> Fields::decimal(std::string_view key, std::int64_t scale, double most) {
  const Value value = find(key);
  if (!value.present() || value.is_null()) return std::nullopt;
  const double number = value.number();
  if (value.is_number() && number >= 0 && number <= most) {
    return std::llround(number * static_cast<double>(scale));
  }
  std::string limit = std::to_string(most);
  limit.erase(limit.find_last_not_of("0.", limit.size()) + 1);
  wrong_kind(key, value,
             "a number from 0 to " + (most >= 10 ? std::to_string(std::llround(most)) : limit));
  return std::nullopt;
}

std::optional<Duration> Fields::duration(std::string_view key) {
  const Value value = find(key);
  if (!value.present() || value.is_null()) return std::nullopt;
  if (value.is_string()) {
    Result<Duration> parsed = parse_duration(value.string());
    if (parsed) return *parsed;
  }
  wrong_kind(key, value, "a duration with its unit, such as \"100ms\", \"20s\" or \"1h\"");
  return std::nullopt;
}

std::optional<std::size_t> Fields::choice(std::string_view key,
                                          const std::vector<std::string>& choices) {
  const Value value = find(key);
  if (!value.present() || value.is_null()) return std::nullopt;
  const std::string text = value.string();
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (value.is_string() && found != choices.end()) {
    return static_cast<std::size_t>(found - choices.begin());
  }
  std::string expected = "one of ";
  for (const std::string& choice : choices) {
    expected += (&choice == &choices.front() ? "\"" : ", \"") + choice + "\"";
  }
  wrong_kind(key, value, expected);
  return std::nullopt;
}

std::vector<std::string> Fields::strings(std::string_view key) {
  std::vector<std::string> all;
  for (const Value item : array(key).items()) {
    Path path = path_to(key);
    path.push_back(std::to_string(all.size()));
    if (item.is_string()) {
      all.push_back(text_of(item, path));
    } else {
      issues_.push_back({"invalid_type",
                         path_text(path) + " is " + shown(item) + "; expected a string", path,
                         item.offset()});
      all.emplace_back();
    }
  }
  return all;
}

Value Fields::any(std::string_view key) { return find(key); }

Value Fields::object(std::string_view key) {
  const Value value = find(key);
  if (!value.present() || value.is_null() || value.is_object()) {
    return value.is_object() ? value : Value();
  }
  wrong_kind(key, value, "an object");
  return {};
}

Value Fields::array(std::string_view key) {
  const Value value = find(key);
  if (!value.present() || value.is_null() || value.is_array()) {
    return value.is_array() ? value : Value();
  }
  wrong_kind(key, value, "an array");
  return {};
}

void Fields::finish() {
  for (const Member member : object_.members()) {
    const std::string key = member.key.string();
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    issues_.push_back({"unrecognized_keys",
                       "unknown key '" + key + "' in " + path_text(path_) + suggestion(key, known_),
                       path_to(key), member.key.offset()});
  }
}

}  // namespace terapi::core::json
