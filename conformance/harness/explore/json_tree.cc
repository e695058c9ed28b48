#include "conformance/harness/explore/json_tree.h"

#include <algorithm>

namespace terapi::conformance {

namespace json = core::json;

namespace {

void append_tree(std::string& out, const JsonTree& tree) {
  if (!tree.is_array() && !tree.is_object()) {
    out += tree.text;
    return;
  }
  out += tree.is_array() ? '[' : '{';
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    if (i > 0) out += ',';
    if (tree.is_object()) {
      json::append_quoted(out, tree.children[i].key);
      out += ':';
    }
    append_tree(out, tree.children[i]);
  }
  out += tree.is_array() ? ']' : '}';
}

}  // namespace

JsonTree JsonTree::of(const json::Value& value) {
  JsonTree tree;
  tree.kind = value.kind();
  if (value.is_array()) {
    for (const json::Value item : value.items()) tree.children.push_back(of(item));
  } else if (value.is_object()) {
    for (const json::Member member : value.members()) {
      tree.children.push_back(of(member.value));
      tree.children.back().key = member.key.string();
    }
  } else {
    tree.text = value.present() ? std::string(value.text()) : "null";
  }
  return tree;
}

JsonTree JsonTree::string(std::string_view text) {
  JsonTree tree;
  tree.kind = json::Kind::kString;
  tree.text = json::quoted(text);
  return tree;
}

JsonTree* JsonTree::find(std::string_view name) {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const JsonTree& child) { return child.key == name; });
  return !is_object() || found == children.end() ? nullptr : &*found;
}

const JsonTree* JsonTree::find(std::string_view name) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const JsonTree& child) { return child.key == name; });
  return !is_object() || found == children.end() ? nullptr : &*found;
}

std::string JsonTree::spelled() const { return is_string() ? json::decode_string(text) : ""; }

bool JsonTree::remove(std::string_view name) {
  return is_object() &&
         std::erase_if(children, [&](const JsonTree& child) { return child.key == name; }) > 0;
}

std::string JsonTree::compact() const {
  std::string out;
  append_tree(out, *this);
  return out;
}

}  // namespace terapi::conformance
