#include "simulator/javascript/query_string.h"

#include <algorithm>
#include <utility>

#include "core/url.h"
#include "core/utf8.h"
#include "simulator/javascript/javascript_number.h"

namespace terapi::simulator {
namespace {

// qs's own bounds.
constexpr std::size_t kMostParameters = 1000;
constexpr unsigned kLargestIndex = 20;

// decodeURIComponent, which takes valid UTF-8 only, or the text itself; "+" is a blank either way.
std::string decoded(std::string_view text) {
  core::Result<std::string> out = core::percent_decode(text, true);
  if (out && core::is_utf8(*out)) return *std::move(out);
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '+', ' ');
  return plain;
}

// "ids[0]" taken apart; brackets that come first, or are not closed, are part of the name.
struct Name {
  std::string name;
  bool bracket = false;
  std::string inside;
};

Name taken_apart(const std::string& key) {
  const std::size_t open = key.find('[');
  const std::size_t close = key.find(']', open == std::string::npos ? key.size() : open);
  if (open == 0 || open == std::string::npos || close == std::string::npos) return {key, false, ""};
  return {key.substr(0, open), true, key.substr(open + 1, close - open - 1)};
}

void add(QueryEntry& entry, const Name& name, std::string value, bool is_new) {
  QueryEntry::Kind kind = is_new ? QueryEntry::Kind::kText : QueryEntry::Kind::kList;
  if (name.bracket) {
    const auto index = javascript_array_index(name.inside);
    const bool list = name.inside.empty() || (index && *index <= kLargestIndex);
    kind = list ? QueryEntry::Kind::kList : QueryEntry::Kind::kObject;
  }
  entry.kind = is_new ? kind : std::max({entry.kind, kind, QueryEntry::Kind::kList});
  entry.values.push_back(std::move(value));
}

}  // namespace

std::vector<QueryEntry> parse_query_string(std::string_view query) {
  std::vector<QueryEntry> entries;
  for (std::size_t count = 0; count < kMostParameters && !query.empty(); ++count) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    // "a]=b=c": qs looks for "]=" first, so that brackets may hold an equals sign.
    const std::size_t bracket = pair.find("]=");
    const std::size_t equals = bracket == std::string_view::npos ? pair.find('=') : bracket + 1;
    const std::string key = decoded(pair.substr(0, equals));
    std::string value = equals >= pair.size() ? "" : decoded(pair.substr(equals + 1));
    if (key.empty()) continue;
    const Name name = taken_apart(key);
    auto found = std::find_if(entries.begin(), entries.end(),
                              [&](const QueryEntry& entry) { return entry.name == name.name; });
    const bool is_new = found == entries.end();
    if (is_new)
      found = entries.insert(entries.end(), QueryEntry{name.name, QueryEntry::Kind::kText, {}});
    add(*found, name, std::move(value), is_new);
  }
  return entries;
}

}  // namespace terapi::simulator
