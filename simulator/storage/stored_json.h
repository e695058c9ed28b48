// Stored JSON: writes C++ values as JSON and reads exactly the same values back.
//
// A struct lists its members once, in a function that serves both directions (state_members.h):
//
//   template <typename Json, MaybeConst<RateLimit> T>
//   void list_members(Json& json, T& limit) {
//     json("requests", limit.requests);
//     json("per", limit.per);
//   }
//
//   StoredWriter out;          out.value(limit);  out.take();    // {"requests":200,"per":60000000}
//   read_stored<RateLimit>(text, "rate limit")                   // Result<RateLimit>
//
// Times and durations are whole microseconds. Texts are JSON strings; bytes that are not UTF-8 are
// {"base64":"…"}. A member has to be there to be read, unless it is a std::optional or was `added`
// by a later version; then it stays as it is. Unknown members are refused, since saving would lose
// them.
//
// Thread rule: values.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/http_message.h"
#include "core/json_fields.h"
#include "core/json_writer.h"
#include "core/result.h"
#include "simulator/world/shared_text.h"

namespace terapi::simulator {

template <typename S, typename T>
concept MaybeConst = std::same_as<std::remove_const_t<S>, T>;

class StoredWriter {
 public:
  template <typename T>
  void operator()(std::string_view key, const T& member) {
    out_.key(key);
    value(member);
  }
  // A member that files of earlier versions do not have.
  template <typename T>
  void added(std::string_view key, const T& member) {
    (*this)(key, member);
  }
  // A member that only files of earlier versions have here.
  template <typename T>
  void moved_away(std::string_view, const T&) {}

  void value(const std::string& text);
  void value(const SharedText& text) { value(text.text()); }
  void value(bool yes) { out_.boolean(yes); }
  template <std::integral T>
  void value(T number) {
    out_.number(number);
  }
  void value(core::Duration duration) { out_.number(duration.count()); }
  void value(core::Time time) { out_.number(time.time_since_epoch().count()); }
  void value(const core::Headers& headers);
  template <typename T>
  void value(const std::optional<T>& maybe) {
    if (maybe) {
      value(*maybe);
    } else {
      out_.null();
    }
  }
  template <typename T>
  void value(const std::vector<T>& list) {
    items(list);
  }
  template <typename T>
  void value(const std::set<T>& set) {
    items(set);
  }
  template <typename K, typename V>
  void value(const std::map<K, V>& map) {
    items(map);
  }
  template <typename A, typename B>
  void value(const std::pair<A, B>& pair) {
    out_.begin_array();
    value(pair.first);
    value(pair.second);
    out_.end_array();
  }
  // An object whose type lists its members.
  template <typename T>
  requires requires(StoredWriter& json, const T& object) { list_members(json, object); }
  void value(const T& object) {
    out_.begin_object();
    list_members(*this, object);
    out_.end_object();
  }
  // Anything else has a pair of functions of its own.
  template <typename T>
  requires requires(StoredWriter& json, const T& thing) { write_stored(json, thing); }
  void value(const T& thing) { write_stored(*this, thing); }

  template <typename Range>
  void items(const Range& range) {
    out_.begin_array();
    for (const auto& item : range) value(item);
    out_.end_array();
  }
  core::json::Writer& json() { return out_; }
  std::string take() { return out_.take(); }

 private:
  core::json::Writer out_;
};

// Reads one object's members; what is wrong goes to the issues.
class StoredReader {
 public:
  StoredReader(core::json::Value object, core::json::Path path, core::json::Issues& issues)
      : fields_(object, std::move(path), issues), issues_(issues) {}

  template <typename T>
  void operator()(std::string_view key, T& member) {
    read(fields_.any(key), fields_.path_to(key), issues_, member);
  }
  template <typename T>
  void operator()(std::string_view key, std::optional<T>& member) {
    const core::json::Value value = fields_.any(key);
    if (value.present()) read(value, fields_.path_to(key), issues_, member);
  }
  template <typename T>
  void added(std::string_view key, T& member) {
    if (fields_.has(key)) (*this)(key, member);
  }
  template <typename T>
  void moved_away(std::string_view key, T& member) {
    added(key, member);
  }
  core::json::Fields& fields() { return fields_; }
  core::json::Issues& issues() { return issues_; }

  using Value = core::json::Value;
  using Path = core::json::Path;
  using Issues = core::json::Issues;

  static void read(Value value, const Path& path, Issues& issues, std::string& text);
  static void read(Value value, const Path& path, Issues& issues, SharedText& text);
  static void read(Value value, const Path& path, Issues& issues, bool& yes);
  static void read(Value value, const Path& path, Issues& issues, core::Duration& duration);
  static void read(Value value, const Path& path, Issues& issues, core::Time& time);
  static void read(Value value, const Path& path, Issues& issues, core::Headers& headers);
  template <std::integral T>
  requires(!std::same_as<T, bool>) static void read(Value value, const Path& path, Issues& issues,
                                                    T& number) {
    const std::int64_t least =
        std::is_signed_v<T> ? std::int64_t{std::numeric_limits<T>::min()} : 0;
    const std::int64_t most = std::in_range<std::int64_t>(std::numeric_limits<T>::max())
                                  ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
                                  : std::numeric_limits<std::int64_t>::max();
    number = static_cast<T>(read_integer(value, path, issues, least, most));
  }
  template <typename T>
  static void read(Value value, const Path& path, Issues& issues, std::optional<T>& maybe) {
    if (value.is_null() && value.present()) {
      maybe.reset();
    } else {
      read(value, path, issues, maybe.emplace());
    }
  }
  template <typename T>
  static void read(Value value, const Path& path, Issues& issues, std::vector<T>& list) {
    list.clear();
    each(value, path, issues, [&](Value item, const Path& item_path) {
      read(item, item_path, issues, list.emplace_back());
    });
  }
  template <typename T>
  static void read(Value value, const Path& path, Issues& issues, std::set<T>& set) {
    set.clear();
    each(value, path, issues, [&](Value item, const Path& item_path) {
      T element;
      read(item, item_path, issues, element);
      if (!set.insert(std::move(element)).second) wrong(item, item_path, issues, "no repetition");
    });
  }
  template <typename K, typename V>
  static void read(Value value, const Path& path, Issues& issues, std::map<K, V>& map) {
    map.clear();
    each(value, path, issues, [&](Value item, const Path& item_path) {
      std::pair<K, V> entry;
      read(item, item_path, issues, entry);
      if (!map.insert(std::move(entry)).second) wrong(item, item_path, issues, "no repetition");
    });
  }
  template <typename A, typename B>
  static void read(Value value, const Path& path, Issues& issues, std::pair<A, B>& pair) {
    if (!value.is_array() || value.size() != 2) return wrong(value, path, issues, "a pair");
    auto item = value.items().begin();
    read(*item, path, issues, pair.first);
    read(*++item, path, issues, pair.second);
  }
  template <typename T>
  requires requires(StoredReader& json, T& object) { list_members(json, object); }
  static void read(Value value, const Path& path, Issues& issues, T& object) {
    StoredReader reader(value, path, issues);
    if (!value.is_object()) return;  // reported
    list_members(reader, object);
    reader.fields_.finish();
  }
  template <typename T>
  requires requires(Value value, const Path& path, Issues& issues, T& thing) {
    read_stored_value(value, path, issues, thing);
  }
  static void read(Value value, const Path& path, Issues& issues, T& thing) {
    read_stored_value(value, path, issues, thing);
  }

  // Calls visit(item, its path) for an array's items; reports anything else.
  template <typename Visit>
  static void each(Value value, Path path, Issues& issues, Visit visit) {
    if (!value.is_array()) return wrong(value, path, issues, "an array");
    std::size_t index = 0;
    for (const Value item : value.items()) {
      path.push_back(std::to_string(index++));
      visit(item, path);
      path.pop_back();
    }
  }
  static std::int64_t read_integer(Value value, const Path& path, Issues& issues,
                                   std::int64_t least, std::int64_t most);
  // Reports that a value is missing or not what was expected.
  static void wrong(Value value, const Path& path, Issues& issues, std::string_view expected);

 private:
  core::json::Fields fields_;
  Issues& issues_;
};

// "data_corrupt", with the first issues: "settings: [0].retry.attempts is …; expected …".
core::Error stored_error(std::string_view what, const core::json::Issues& issues);
core::Error stored_error(std::string_view what, const core::Error& parsing);

// Reads a whole text; `what` names it in messages. Code "data_corrupt".
template <typename T>
core::Result<T> read_stored(std::string_view text, std::string_view what) {
  core::json::Reader reader;
  const core::Result<core::json::Value> value = reader.read(text);
  if (!value) return stored_error(what, value.error());
  core::json::Issues issues;
  T result{};
  StoredReader::read(*value, {}, issues, result);
  if (!issues.empty()) return stored_error(what, issues);
  return result;
}

template <typename T>
std::string write_stored_text(const T& value) {
  StoredWriter out;
  out.value(value);
  return out.take();
}

}  // namespace terapi::simulator
