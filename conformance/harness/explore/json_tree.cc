#include "conformance/harness/explore/json_tree.h"

#include <string_view>

namespace terapi::conformance {

namespace json = core::json;

namespace {

JsonTree number_tree(std::string_view text) {
  const std::string whole(text);
  JsonTree number = JsonTree::parse(whole, nullptr, false);
  if (number.is_number() && number.dump() == text) return number;
  return JsonTree::binary({whole.begin(), whole.end()});
}

void append(std::string& out, const JsonTree& tree) {
  if (tree.is_binary()) {
    out.append(tree.get_binary().begin(), tree.get_binary().end());
  } else if (tree.is_structured()) {
    out += tree.is_array() ? '[' : '{';
    for (const auto& child : tree.items()) {
      if (out.back() != '[' && out.back() != '{') out += ',';
      if (tree.is_object()) out += json::quoted(child.key()) + ':';
      append(out, child.value());
    }
    out += tree.is_array() ? ']' : '}';
  } else {
    out += tree.is_string() ? json::quoted(tree.get_ref<const std::string&>()) : tree.dump();
  }
}

}  // namespace

JsonTree json_tree(const json::Value& value) {
  if (value.is_number()) return number_tree(value.text());
  if (value.is_string()) return value.string();
  if (value.is_array()) {
    JsonTree tree = JsonTree::array();
    for (const json::Value item : value.items()) tree.push_back(json_tree(item));
    return tree;
  }
  if (!value.is_object()) return JsonTree::parse(value.present() ? value.text() : "null");
  JsonTree tree = JsonTree::object();
  for (const json::Member member : value.members()) {
    tree[member.key.string()] = json_tree(member.value);
  }
  return tree;
}

std::string json_text(const JsonTree& tree) {
  std::string out;
  append(out, tree);
  return out;
}

}  // namespace terapi::conformance
