#include "conformance/harness/explore/shrink.h"

#include <algorithm>
#include <array>
#include <utility>

#include "conformance/harness/explore/json_tree.h"
#include "core/check.h"
#include "core/duration.h"

namespace terapi::conformance {
namespace {

// Where a node is.
using TreePath = JsonTree::json_pointer;

// Of the node there: its name, or its number in a list.
std::string name_at(const TreePath& path) { return path.empty() ? "" : path.back(); }

template <typename Fits>
void add_paths(const JsonTree& node, const TreePath& path, const Fits& fits,
               std::vector<TreePath>& paths) {
  if (fits(node, name_at(path))) paths.push_back(path);
  if (!node.is_structured()) return;
  for (const auto& child : node.items()) add_paths(child.value(), path / child.key(), fits, paths);
}

// Those of the nodes that fit, each before what is in it.
template <typename Fits>
std::vector<TreePath> paths_to(const JsonTree& root, const Fits& fits) {
  std::vector<TreePath> paths;
  add_paths(root, TreePath(), fits, paths);
  return paths;
}

// The member, where the node is an object that has it.
const JsonTree* find(const JsonTree& node, const char* name) {
  const auto found = node.is_object() ? node.find(name) : node.end();
  return found == node.end() ? nullptr : &*found;
}

std::string spelled(const JsonTree* node, const char* usual = "") {
  return node == nullptr ? usual : node->is_string() ? node->get<std::string>() : "";
}

bool is_of(const JsonTree& entry, const std::string& stream) {
  const StreamAsked usual;
  const auto part = [&](const char* name, const std::string& otherwise) {
    return spelled(find(entry, name), otherwise.c_str());
  };
  return stream_name(part("integration", usual.integration), part("connection", usual.connection),
                     part("model", usual.model), part("variant", usual.variant)) == stream;
}

template <typename Drop>
void drop_if(JsonTree& list, const Drop& drop) {
  for (std::size_t i = list.size(); i-- > 0;) {
    if (drop(list[i])) list.erase(i);
  }
}

void forget_stream(JsonTree& root, const std::string& stream) {
  if (root.contains(TreePath("/given/records"))) {
    drop_if(root["given"]["records"], [&](const JsonTree& entry) { return is_of(entry, stream); });
  }
  drop_if(root["steps"], [&](const JsonTree& step) {
    const JsonTree* run = find(step, "run");
    const auto names = [&](const char* verb) {
      const JsonTree* part = find(step, verb);
      return part != nullptr && spelled(find(*part, "stream")) == stream;
    };
    return (run != nullptr && is_of(*run, stream)) || names("expect") || names("webhook");
  });
}

class Shrinker {
 public:
  Shrinker(JsonTree root, const StillFails& fails, std::size_t most)
      : root_(std::move(root)), fails_(fails), most_(most) {}

  Shrunk run() {
    bool smaller = true;
    while (smaller && !exhausted()) {
      smaller = false;
      smaller = drop_from(TreePath("/steps")) || smaller;
      smaller = drop_streams() || smaller;
      smaller = drop_items() || smaller;
      smaller = drop_members() || smaller;
      smaller = merge_records() || smaller;
      smaller = simplify_kinds() || smaller;
      smaller = simplify_scalars() || smaller;
    }
    return {json_text(root_), tried_, !exhausted()};
  }

 private:
  bool exhausted() const { return tried_ >= most_; }

  // Takes the candidate when it fails alike.
  bool take(JsonTree candidate) {
    if (exhausted()) return false;
    const auto scenario = Scenario::parse(json_text(candidate), "candidate");
    if (!scenario) return false;
    ++tried_;
    if (!fails_(*scenario)) return false;
    root_ = std::move(candidate);
    return true;
  }

  // Removes runs of what is in the list: half of it, a quarter, … one.
  bool drop_from(const TreePath& path) {
    bool dropped = false;
    for (std::size_t chunk = std::max<std::size_t>(root_.at(path).size() / 2, 1);; chunk /= 2) {
      std::size_t begin = 0;
      while (begin < root_.at(path).size()) {
        JsonTree candidate = root_;
        JsonTree& list = candidate.at(path);
        const std::size_t end = std::min(begin + chunk, list.size());
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(begin),
                   list.begin() + static_cast<std::ptrdiff_t>(end));
        if (take(std::move(candidate))) {
          dropped = true;
        } else {
          begin += chunk;
        }
        if (exhausted()) return dropped;
      }
      if (chunk <= 1) return dropped;
    }
  }

  // One by one from the end, since a success moves what stands behind it.
  bool drop_items() {
    bool dropped = false;
    std::vector<TreePath> lists =
        paths_to(root_, [](const JsonTree& node, const std::string& name) {
          return node.is_array() && name != "dialects";  // which say for whom the story is
        });
    std::reverse(lists.begin(), lists.end());
    for (const TreePath& list : lists) dropped = drop_from(list) || dropped;
    return dropped;
  }
  bool drop_members() {
    // What a scenario has to have, it is not read without; these would make another story of it.
    static constexpr std::array kKept = {"origin", "seed", "dialects"};
    bool dropped = false;
    std::vector<TreePath> members =
        paths_to(root_, [](const JsonTree&, const std::string&) { return true; });
    std::reverse(members.begin(), members.end());
    for (const TreePath& path : members) {
      if (path.empty() || !root_.at(path.parent_pointer()).is_object()) continue;
      const bool kept = path.parent_pointer().empty() &&
                        std::find(kKept.begin(), kKept.end(), path.back()) != kKept.end();
      if (kept || path.back() == "id") continue;  // a record without one is another story
      JsonTree candidate = root_;
      candidate.at(path.parent_pointer()).erase(path.back());
      dropped = take(std::move(candidate)) || dropped;
    }
    return dropped;
  }

  // A stream with all that is about it, which no single part can be left out of.
  bool drop_streams() {
    const TreePath streams("/client/streams");
    bool dropped = false;
    for (std::size_t i = root_.contains(streams) ? root_.at(streams).size() : 0; i-- > 0;) {
      JsonTree candidate = root_;
      JsonTree& list = candidate.at(streams);
      if (i >= list.size() || list.size() < 2) continue;
      const std::string name = spelled(&list[i]);
      list.erase(i);
      forget_stream(candidate, name);
      dropped = take(std::move(candidate)) || dropped;
    }
    return dropped;
  }

  // Entries of one stream in the world become one: what shares a time is simpler than what does
  // not.
  bool merge_records() {
    const TreePath records("/given/records");
    bool merged = false;
    for (std::size_t i = 1; root_.contains(records) && i < root_.at(records).size(); ++i) {
      JsonTree candidate = root_;
      JsonTree& list = candidate.at(records);
      JsonTree& into = list[i - 1];
      const JsonTree from = list[i];
      if (!from.contains("items") || !into.contains("items")) continue;
      if (without_items(into) != without_items(from)) continue;
      into["items"].insert(into["items"].end(), from["items"].begin(), from["items"].end());
      list.erase(i);
      if (!take(std::move(candidate))) continue;
      merged = true;
      --i;
    }
    return merged;
  }
  static JsonTree without_items(JsonTree entry) {
    entry.erase("items");
    return entry;
  }

  bool replace(const TreePath& path, JsonTree with) {
    if (root_.at(path) == with) return false;
    JsonTree candidate = root_;
    candidate.at(path) = std::move(with);
    return take(std::move(candidate));
  }

  // A fault that people know in place of one that they don't, a plain kill in place of one at some
  // moment. Only towards the front of the list, so that it ends.
  bool simplify_kinds() {
    const std::array<JsonTree, 3> faults = {JsonTree{{"status", 503}}, JsonTree{{"reset", true}},
                                            JsonTree{{"drop", true}}};
    bool simpler = false;
    for (const TreePath& path : paths_to(root_, [](const JsonTree&node, const std::string&name) {
           return name == "do" && node.is_object();
         })) {
      const JsonTree now = root_.at(path);
      for (const JsonTree& fault : faults) {
        if (now == fault) break;
        if (!replace(path, fault)) continue;
        simpler = true;
        break;
      }
    }
    for (const TreePath& path : paths_to(root_, [](const JsonTree&node, const std::string&) {
           return find(node, "kill_at") != nullptr;
         })) {
      simpler = replace(path, {{"client", "is killed"}}) || simpler;
    }
    return simpler;
  }

  bool simplify_scalars() {
    bool simpler = false;
    for (const TreePath& path : paths_to(root_, [](const JsonTree&node, const std::string&) {
           return node.is_number_unsigned() || node.is_string();
         })) {
      if (path.parent_pointer().empty()) continue;  // not the story's own: its seed, its title
      // Another status is another story; and who polls more often than is usual is in a hot loop.
      if (path.back() == "status" || path.back() == "poll") continue;
      if (name_at(path.parent_pointer()) == "answers") continue;  // statuses, too
      const JsonTree node = root_.at(path);
      simpler = (node.is_string() ? shorten(path, node.get<std::string>())
                                  : lower(path, node.get<std::uint64_t>())) ||
                simpler;
    }
    return simpler;
  }

  bool lower(const TreePath& path, std::uint64_t value) {
    if (value >= 1'000'000'000) return false;
    for (const std::uint64_t smaller : {std::uint64_t{1}, value / 2, value - 1}) {
      if (smaller >= value || smaller == 0) continue;
      if (replace(path, smaller)) return true;
    }
    return false;
  }

  bool shorten(const TreePath& path, const std::string& text) {
    static constexpr std::array kShorter = {"1ms", "10ms", "100ms", "1s", "2s", "10s"};
    const auto now = core::parse_duration(text);
    if (!now) return false;
    for (const char* shorter : kShorter) {
      if (*core::parse_duration(shorter) >= *now) return false;
      if (replace(path, shorter)) return true;
    }
    return false;
  }

  JsonTree root_;
  const StillFails& fails_;
  std::size_t most_;
  std::size_t tried_ = 0;
};

}  // namespace

Shrunk shrink(const std::string& text, const StillFails& fails, std::size_t most_tries) {
  const auto document = core::json::Document::parse(text, {.comments = true, .max_depth = 100'000});
  TERAPI_CHECK(document.has_value(), "a scenario that was played is JSON");
  return Shrinker(json_tree(document->root()), fails, most_tries).run();
}

}  // namespace terapi::conformance
