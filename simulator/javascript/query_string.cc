#include "simulator/javascript/query_string.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/url.h"
#include "core/utf8.h"
#include "simulator/javascript/javascript_number.h"

namespace terapi::simulator {
namespace {

// qs's own bounds.
constexpr std::size_t kMostParameters = 1000;
constexpr std::size_t kMostItems = 100;  // of a list; one that is longer becomes an object

// decodeURIComponent, which takes valid UTF-8 only, or the text itself; "+" is a blank either way.
std::string decoded(std::string_view text) {
  core::Result<std::string> out = core::percent_decode(text, true);
  if (out && core::is_utf8(*out)) return *std::move(out);
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '+', ' ');
  return plain;
}

// "ids[0]" taken apart.
struct Name {
  std::string name;
  bool bracket = false;
  std::string inside{};
  bool nested = false;  // more brackets follow
};

Name taken_apart(const std::string& key) {
  if (key == "[]") return {"0"};
  if (key.size() > 2 && key.front() == '[' && key.back() == ']') {
    return {key.substr(1, key.size() - 2)};
  }
  const std::size_t open = key.find('[');
  if (open == 0 || open == std::string::npos) return {key};
  const std::size_t close = key.find(']', open);
  if (close == std::string::npos) return {key.substr(0, open)};
  return {key.substr(0, open), true, key.substr(open + 1, close - open - 1),
          close + 1 < key.size() && key[close + 1] == '['};
}

QueryEntry::Kind kind_of(const Name& name, bool is_new) {
  if (!name.bracket) return is_new ? QueryEntry::Kind::kText : QueryEntry::Kind::kList;
  if (name.nested) return QueryEntry::Kind::kObject;
  if (name.inside.empty()) return QueryEntry::Kind::kList;
  const auto index = javascript_array_index(name.inside);
  return index && *index < kMostItems ? QueryEntry::Kind::kList : QueryEntry::Kind::kObject;
}

// An entry, and the indices that it was given.
struct Collected {
  QueryEntry entry;
  std::set<std::string> indices{};
};

void add(Collected& to, const Name& name, std::string value, bool is_new) {
  QueryEntry& entry = to.entry;
  const QueryEntry::Kind kind = kind_of(name, is_new);
  entry.kind = is_new ? kind : std::max({entry.kind, kind, QueryEntry::Kind::kList});
  entry.values.push_back(std::move(value));
  // Twice the same index is a list within the list.
  const bool twice = !name.inside.empty() && !to.indices.insert(name.inside).second;
  if (twice || entry.values.size() > kMostItems) entry.kind = QueryEntry::Kind::kObject;
}

// As an object has its keys.
std::vector<QueryEntry> in_object_order(std::vector<Collected> collected) {
  const auto index = [](const Collected& each) { return javascript_array_index(each.entry.name); };
  const auto others =
      std::stable_partition(collected.begin(), collected.end(),
                            [&](const Collected& each) { return index(each).has_value(); });
  std::sort(collected.begin(), others,
            [&](const Collected& a, const Collected& b) { return *index(a) < *index(b); });
  std::vector<QueryEntry> entries;
  entries.reserve(collected.size());
  for (Collected& each : collected) entries.push_back(std::move(each.entry));
  return entries;
}

}  // namespace

std::vector<QueryEntry> parse_query_string(std::string_view query) {
  std::vector<Collected> entries;
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
    // The library leaves out what every object has already.
    if (is_inherited_key(name.name) || is_inherited_key(name.inside)) continue;
    auto found = std::find_if(entries.begin(), entries.end(),
                              [&](const Collected& each) { return each.entry.name == name.name; });
    const bool is_new = found == entries.end();
    if (is_new)
      found = entries.insert(entries.end(), Collected{{name.name, QueryEntry::Kind::kText, {}}});
    add(*found, name, std::move(value), is_new);
  }
  return in_object_order(std::move(entries));
}

}  // namespace terapi::simulator
