#include "conformance/harness/explore/shrink.h"

#include <algorithm>
#include <array>
#include <utility>

#include "conformance/harness/explore/json_tree.h"
#include "core/check.h"
#include "core/duration.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// Where a node is: the indices of children that lead to it.
using TreePath = std::vector<std::size_t>;

JsonTree& at(JsonTree& root, const TreePath& path) {
  JsonTree* node = &root;
  for (const std::size_t index : path) node = &node->children.at(index);
  return *node;
}

template <typename Visit>
void visit_tree(const JsonTree& node, TreePath& path, Visit visit) {
  visit(node, path);
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    path.push_back(i);
    visit_tree(node.children[i], path, visit);
    path.pop_back();
  }
}

template <typename Fits>
std::vector<TreePath> paths_to(const JsonTree& root, Fits fits) {
  std::vector<TreePath> paths;
  TreePath path;
  visit_tree(root, path, [&](const JsonTree& node, const TreePath& where) {
    if (fits(node)) paths.push_back(where);
  });
  return paths;
}

class Shrinker {
 public:
  Shrinker(JsonTree root, const StillFails& fails, std::size_t most)
      : root_(std::move(root)), fails_(fails), most_(most) {}

  Shrunk run() {
    bool smaller = true;
    while (smaller && !exhausted()) {
      smaller = false;
      smaller = drop_from_list("steps") || smaller;
      smaller = drop_streams() || smaller;
      smaller = drop_items() || smaller;
      smaller = drop_members() || smaller;
      smaller = merge_records() || smaller;
      smaller = simplify_kinds() || smaller;
      smaller = simplify_scalars() || smaller;
    }
    return {root_.compact(), tried_, !exhausted()};
  }

 private:
  bool exhausted() const { return tried_ >= most_; }

  // Takes the candidate when it fails alike.
  bool take(JsonTree candidate) {
    if (exhausted()) return false;
    const auto scenario = Scenario::parse(candidate.compact(), "candidate");
    if (!scenario) return false;
    ++tried_;
    if (!fails_(*scenario)) return false;
    root_ = std::move(candidate);
    return true;
  }

  // Removes runs of children: half of them, a quarter, … one.
  bool drop_children(const TreePath& path) {
    bool dropped = false;
    for (std::size_t chunk = std::max<std::size_t>(at(root_, path).children.size() / 2, 1);;
         chunk /= 2) {
      std::size_t begin = 0;
      while (begin < at(root_, path).children.size()) {
        JsonTree candidate = root_;
        auto& children = at(candidate, path).children;
        const std::size_t end = std::min(begin + chunk, children.size());
        children.erase(children.begin() + static_cast<std::ptrdiff_t>(begin),
                       children.begin() + static_cast<std::ptrdiff_t>(end));
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

  bool drop_from_list(const char* name) {
    for (std::size_t i = 0; i < root_.children.size(); ++i) {
      if (root_.children[i].key == name) return drop_children({i});
    }
    return false;
  }

  // One by one from the end, since a success moves what stands behind it.
  bool drop_items() {
    bool dropped = false;
    std::vector<TreePath> lists =
        paths_to(root_, [](const JsonTree& node) { return node.is_array(); });
    std::reverse(lists.begin(), lists.end());
    for (const TreePath& list : lists) {
      if (at(root_, list).key == "dialects") continue;  // it says for whom the story is
      dropped = drop_children(list) || dropped;
    }
    return dropped;
  }
  bool drop_members() {
    // What a scenario has to have, it is not read without; these would make another story of it.
    static constexpr std::array kKept = {"origin", "seed", "dialects"};
    bool dropped = false;
    std::vector<TreePath> objects =
        paths_to(root_, [](const JsonTree& node) { return node.is_object(); });
    std::reverse(objects.begin(), objects.end());
    for (const TreePath& path : objects) {
      for (std::size_t i = at(root_, path).children.size(); i-- > 0;) {
        const std::string& key = at(root_, path).children[i].key;
        const bool kept = path.empty() && std::find(kKept.begin(), kKept.end(), key) != kKept.end();
        if (kept || key == "id") continue;  // a record without one is another story
        JsonTree candidate = root_;
        auto& children = at(candidate, path).children;
        children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
        dropped = take(std::move(candidate)) || dropped;
      }
    }
    return dropped;
  }

  // A stream with all that is about it, which no single part can be left out of.
  bool drop_streams() {
    bool dropped = false;
    const JsonTree* client = root_.find("client");
    const JsonTree* streams = client == nullptr ? nullptr : client->find("streams");
    if (streams == nullptr || streams->children.size() < 2) return false;
    for (std::size_t i = streams->children.size(); i-- > 0;) {
      JsonTree candidate = root_;
      JsonTree& list = *candidate.find("client")->find("streams");
      if (i >= list.children.size() || list.children.size() < 2) continue;
      const std::string name = list.children[i].spelled();
      list.children.erase(list.children.begin() + static_cast<std::ptrdiff_t>(i));
      forget_stream(candidate, name);
      dropped = take(std::move(candidate)) || dropped;
    }
    return dropped;
  }
  static bool is_of(const JsonTree& entry, const std::string& stream) {
    const auto part = [&](const char* name, const std::string& usual) {
      const JsonTree* found = entry.find(name);
      return found == nullptr ? usual : found->spelled();
    };
    const StreamAsked usual;
    return stream_name(part("integration", usual.integration), part("connection", usual.connection),
                       part("model", usual.model), part("variant", usual.variant)) == stream;
  }
  static void forget_stream(JsonTree& root, const std::string& stream) {
    if (JsonTree* given = root.find("given"); given != nullptr && given->find("records")) {
      std::erase_if(given->find("records")->children,
                    [&](const JsonTree& entry) { return is_of(entry, stream); });
    }
    std::erase_if(root.find("steps")->children, [&](const JsonTree& step) {
      const JsonTree* run = step.find("run");
      const JsonTree* check = step.find("expect");
      const JsonTree* webhook = step.find("webhook");
      const auto names = [&](const JsonTree* part) {
        const JsonTree* named = part == nullptr ? nullptr : part->find("stream");
        return named != nullptr && named->spelled() == stream;
      };
      return (run != nullptr && is_of(*run, stream)) || names(check) || names(webhook);
    });
  }

  // Entries of one stream in the world become one: what shares a time is simpler than what does
  // not.
  bool merge_records() {
    bool merged = false;
    for (std::size_t i = 1;; ++i) {
      JsonTree candidate = root_;
      JsonTree* given = candidate.find("given");
      JsonTree* records = given == nullptr ? nullptr : given->find("records");
      if (records == nullptr || i >= records->children.size()) return merged;
      JsonTree& into = records->children[i - 1];
      const JsonTree from = records->children[i];
      JsonTree* items = into.find("items");
      const JsonTree* more = from.find("items");
      const bool alike =
          items != nullptr && more != nullptr && without_items(into) == without_items(from);
      if (!alike) continue;
      items->children.insert(items->children.end(), more->children.begin(), more->children.end());
      records->children.erase(records->children.begin() + static_cast<std::ptrdiff_t>(i));
      if (take(std::move(candidate))) {
        merged = true;
        --i;
      }
    }
  }
  static std::string without_items(JsonTree entry) {
    entry.remove("items");
    return entry.compact();
  }

  bool replace(const TreePath& path, JsonTree with) {
    JsonTree candidate = root_;
    JsonTree& node = at(candidate, path);
    if (node.compact() == with.compact()) return false;
    with.key = node.key;
    node = std::move(with);
    return take(std::move(candidate));
  }

  static JsonTree parsed(std::string_view text) {
    const auto document = json::Document::parse(std::string(text));
    TERAPI_CHECK(document.has_value(), std::string(text));
    return JsonTree::of(document->root());
  }

  // A fault that people know in place of one that they don't, a plain kill in place of one at some
  // moment. Only towards the front of the list, so that it ends.
  bool simplify_kinds() {
    static constexpr std::array<std::string_view, 3> kFaults = {
        R"({"status":503})", R"({"reset":true})", R"({"drop":true})"};
    bool simpler = false;
    for (const TreePath& path : paths_to(
             root_, [](const JsonTree& node) { return node.key == "do" && node.is_object(); })) {
      const std::string now = at(root_, path).compact();
      for (const std::string_view fault : kFaults) {
        if (now == fault) break;
        if (!replace(path, parsed(fault))) continue;
        simpler = true;
        break;
      }
    }
    const JsonTree kill = parsed(R"({"client":"is killed"})");
    for (const TreePath& path :
         paths_to(root_, [](const JsonTree& node) { return node.find("kill_at") != nullptr; })) {
      simpler = replace(path, kill) || simpler;
    }
    return simpler;
  }

  bool simplify_scalars() {
    bool simpler = false;
    for (const TreePath& path : paths_to(root_, [](const JsonTree& node) {
           return node.kind == json::Kind::kNumber || node.is_string();
         })) {
      if (path.size() < 2) continue;  // not the story's own: its seed, its title
      const JsonTree& node = at(root_, path);
      // Another status is another story; and who polls more often than is usual is in a hot loop.
      if (node.key == "status" || node.key == "poll") continue;
      simpler =
          (node.is_string() ? shorten(path, node.spelled()) : lower(path, node.text)) || simpler;
    }
    return simpler;
  }

  bool lower(const TreePath& path, const std::string& text) {
    if (text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) return false;
    const std::uint64_t value = std::stoull(text);
    bool lowered = false;
    for (const std::uint64_t smaller : {std::uint64_t{1}, value / 2, value - 1}) {
      if (smaller >= value || smaller == 0) continue;
      JsonTree with;
      with.kind = json::Kind::kNumber;
      with.text = std::to_string(smaller);
      if (!replace(path, std::move(with))) continue;
      lowered = true;
      break;
    }
    return lowered;
  }

  bool shorten(const TreePath& path, const std::string& text) {
    static constexpr std::array kShorter = {"1ms", "10ms", "100ms", "1s", "2s", "10s"};
    const auto now = core::parse_duration(text);
    if (!now) return false;
    for (const char* shorter : kShorter) {
      if (*core::parse_duration(shorter) >= *now) return false;
      if (replace(path, JsonTree::string(shorter))) return true;
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
  const auto document = json::Document::parse(text, {.comments = true, .max_depth = 100'000});
  TERAPI_CHECK(document.has_value(), "a scenario that was played is JSON");
  return Shrinker(JsonTree::of(document->root()), fails, most_tries).run();
}

}  // namespace terapi::conformance
