// Fields: reads the members of a JSON object by name and kind, and collects every mistake in it
// with its path and place, unknown keys included, so that they can all be shown at once.
//
//   json::Issues issues;
//   json::Fields fields(doc.root(), {}, issues);
//   std::string name = fields.string("name").value_or("dev");
//   fields.finish();                       // reports the keys that were not read
//   if (!issues.empty()) …
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/json.h"
#include "core/words.h"

namespace terapi::core::json {

using Path = std::vector<std::string>;

// One mistake in a document.
struct Issue {
  std::string code;     // "invalid_type", "unrecognized_keys", "required", "invalid_value"
  std::string message;  // what was found, what was expected
  Path path;            // ["records","0","model"]
  std::size_t offset = 0;
};
using Issues = std::vector<Issue>;

// "records[0].model", or "the document" for the root.
std::string path_text(const Path& path);

// Reports that the value at `path` is not what was expected: "steps[0].worker is 9; expected a
// whole number from 1 to 8".
void report_wrong(const Value& value, const Path& path, std::string_view expected, Issues& issues);

// Kept for as long as the document and the issues live.
class Fields {
 public:
  Fields(Value object, Path path, Issues& issues);
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  // Each returns nothing when the key is absent (or null, where `null` means absent), and reports
  // an issue when it is there with the wrong kind, or is a string that is no Unicode text.
  std::optional<std::string> string(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<Duration> duration(std::string_view key);
  // One of a table of words, as what it stands for.
  template <typename T, std::size_t N>
  std::optional<T> word(std::string_view key, const std::array<Word<T>, N>& words) {
    const std::optional<std::size_t> index = choice(key, words_in(words));
    if (!index) return std::nullopt;
    return words[*index].value;
  }
  // A number from 0 to `most`, in whole units of 1/`scale`: decimal(…, 1000, …) reads 1.5 as 1500.
  std::optional<std::int64_t> decimal(std::string_view key, std::int64_t scale, double most);
  std::vector<std::string> strings(std::string_view key);
  // Any value, present or not; an object or array or absent.
  Value any(std::string_view key);
  Value object(std::string_view key);
  Value array(std::string_view key);
  // A string that must be there; "" after reporting that it is not.
  std::string required(std::string_view key);

  bool has(std::string_view key);
  // What a string within the object spells, after reporting half of a surrogate pair, of which
  // nothing could be made that stays apart from others.
  std::string text_of(const Value& string, const Path& path);
  Path path_to(std::string_view key) const;
  // `complaint` goes on after the path of the key: "is missing", "must not be empty".
  void report(std::string_view key, std::string code, std::string_view complaint);

  Issues& issues() { return issues_; }

  // Reports the members that were never asked for, naming the nearest right key.
  void finish();

 private:
  Value find(std::string_view key);
  // Which of them it is, by index.
  std::optional<std::size_t> choice(std::string_view key, const std::vector<std::string>& choices);
  void wrong_kind(std::string_view key, const Value& value, std::string_view expected);
  Value object_;
  Path path_;
  Issues& issues_;
  std::vector<std::string> known_;
};

}  // namespace terapi::core::json
