#include "project/project_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <utility>

#include "core/nearest.h"

namespace terapi::project {

namespace files = std::filesystem;
namespace json = core::json;

namespace {

// "client" and "run" of "client.run"; "" and "world" of "world".
std::pair<std::string_view, std::string_view> parts_of(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return {"", name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

bool takes_lists(MemberKind kind) {
  return kind == MemberKind::kTexts || kind == MemberKind::kPaths || kind == MemberKind::kLoads ||
         kind == MemberKind::kGlobs;
}

bool is_path(MemberKind kind) {
  return kind == MemberKind::kPath || kind == MemberKind::kPaths || kind == MemberKind::kNewPath ||
         kind == MemberKind::kWorld;
}

std::string issue_lines(json::Issues issues, std::string_view text, const std::string& path) {
  std::stable_sort(issues.begin(), issues.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  std::string lines;
  const json::Places places(text);
  for (const json::Issue& issue : issues) {
    const json::Place place = places.of(issue.offset);
    lines += (lines.empty() ? "" : "\n") + path + ":" + std::to_string(place.line) + ":" +
             std::to_string(place.column) + ": " + issue.message;
  }
  return lines;
}

}  // namespace

class ProjectReader {
 public:
  ProjectReader(ProjectFile& file, json::Issues& issues) : file_(file), issues_(issues) {}

  void read(const json::Value& root) {
    json::Fields fields(root, {}, issues_);
    refuse_repeated(root, {});
    refuse_null(root, {});
    fields.string("$schema");
    std::map<std::string, std::unique_ptr<json::Fields>, std::less<>> groups;
    for (const ProjectMember& member : project_members()) {
      const auto [group, name] = parts_of(member.name);
      if (group.empty()) {
        read_member(member, name, fields);
        continue;
      }
      auto found = groups.find(group);
      if (found == groups.end()) {
        const json::Value object = fields.object(group);
        refuse_repeated(object, {std::string(group)});
        refuse_null(object, {std::string(group)});
        found = groups
                    .emplace(group, object.is_object()
                                        ? std::make_unique<json::Fields>(
                                              object, json::Path{std::string(group)}, issues_)
                                        : nullptr)
                    .first;
      }
      if (found->second) read_member(member, name, *found->second);
    }
    for (auto& [name, group] : groups) {
      if (group) group->finish();
    }
    fields.finish();
    join_globs();
  }

 private:
  // Of two the first would have no effect, and nobody would know.
  void refuse_repeated(const json::Value& object, const json::Path& path) {
    std::set<std::string> names;
    for (const json::Member member : object.members()) {
      if (names.insert(member.key.string()).second) continue;
      complain(member.key, json::path_text(path_below(path, member)) + " is here a second time");
    }
  }

  void refuse_null(const json::Value& object, const json::Path& path) {
    for (const json::Member member : object.members()) {
      if (!member.value.is_null()) continue;
      json::report_wrong(member.value, path_below(path, member),
                         "a value; leave it out for what holds without it", issues_);
    }
  }

  static json::Path path_below(json::Path path, const json::Member& member) {
    path.push_back(member.key.string());
    return path;
  }

  void read_member(const ProjectMember& member, std::string_view name, json::Fields& fields) {
    const json::Value value = fields.any(name);
    if (!value.present() || value.is_null()) return;
    const json::Path path = fields.path_to(name);
    switch (member.kind) {
      case MemberKind::kNumber:
        if (const auto number = fields.integer(name, 0, member.most)) {
          add(member, std::to_string(*number), value);
        }
        return;
      case MemberKind::kBoolean:
        if (fields.boolean(name).value_or(false)) add(member, "", value);
        return;
      case MemberKind::kChoice:
        read_choice(member, value, path);
        return;
      case MemberKind::kQuirks:
        read_quirks(member, value, path);
        return;
      case MemberKind::kWorld:
        if (value.is_object()) {
          file_.world_begin_ = value.offset();
          file_.world_end_ = value.offset() + value.text().size();
          add(member, "", value);
          return;
        }
        break;
      default:
        break;
    }
    read_texts(member, value, path, fields);
  }

  void read_texts(const ProjectMember& member, const json::Value& value, const json::Path& path,
                  json::Fields& fields) {
    if (value.is_array() && takes_lists(member.kind)) {
      std::size_t i = 0;
      for (const json::Value item : value.items()) {
        json::Path item_path = path;
        item_path.push_back(std::to_string(i++));
        read_text(member, item, item_path, fields);
      }
      return;
    }
    read_text(member, value, path, fields);
  }

  void read_text(const ProjectMember& member, const json::Value& value, const json::Path& path,
                 json::Fields& fields) {
    if (!value.is_string()) {
      json::report_wrong(value, path, expected(member.kind), issues_);
      return;
    }
    std::string text = fields.text_of(value, path);
    if (text.empty() || text.find('\0') != std::string::npos) {
      complain(value, json::path_text(path) + (text.empty() ? " is empty" : " has a NUL in it") +
                          "; expected " + expected(member.kind));
      return;
    }
    if (member.kind == MemberKind::kGlobs) {
      read_glob(member, value, path, std::move(text));
      return;
    }
    if (is_path(member.kind)) text = from_here(text);
    if (member.kind == MemberKind::kLoads) text = load_from_here(text);
    add(member, std::move(text), value);
  }

  static std::string expected(MemberKind kind) {
    switch (kind) {
      case MemberKind::kWorld:
        return "the path of a world file, or a world, which is an object";
      case MemberKind::kPath:
      case MemberKind::kNewPath:
        return "a path";
      case MemberKind::kPaths:
        return "a path, or a list of paths";
      case MemberKind::kGlobs:
        return "a glob such as \"client/*\", or a list of them";
      case MemberKind::kTexts:
      case MemberKind::kLoads:
        return "a string, or a list of strings";
      default:
        return "a string";
    }
  }

  // They are one flag, in which commas part and a '!' turns them round.
  void read_glob(const ProjectMember& member, const json::Value& value, const json::Path& path,
                 std::string glob) {
    const bool skip = member.name == "skip";
    if (skip && glob.front() == '!') {
      complain(value, json::path_text(path) +
                          " begins with '!'; expected a glob of what is to be "
                          "left out, as it is");
      return;
    }
    if (!globs_.empty()) globs_ += ',';
    if (skip) globs_ += '!';
    globs_ += glob;
    if (glob.front() == '!') glob.erase(0, 1);
    file_.globs_.push_back({std::move(glob), value.offset()});
    if (glob_member_ == nullptr) glob_member_ = &member;
  }

  void join_globs() {
    if (globs_.empty()) return;
    file_.settings_.push_back({glob_member_, globs_, file_.globs_.front().offset});
  }

  void read_choice(const ProjectMember& member, const json::Value& value, const json::Path& path) {
    const std::vector<std::string> words(member.words.begin(), member.words.end());
    const std::string word = value.string();
    if (!value.is_string()) {
      std::string all;
      for (const std::string& each : words) all.append(all.empty() ? "\"" : "\", \"").append(each);
      json::report_wrong(value, path, "one of " + all + "\"", issues_);
    } else if (std::find(words.begin(), words.end(), word) == words.end()) {
      complain(value, json::path_text(path) + ": unknown value '" + word + "'" +
                          core::suggestion(word, words));
    } else {
      add(member, word, value);
    }
  }

  void read_quirks(const ProjectMember& member, const json::Value& value, const json::Path& path) {
    if (!value.is_object()) {
      json::report_wrong(value, path, "an object, {\"NAME\": true or false}", issues_);
      return;
    }
    refuse_repeated(value, path);
    for (const json::Member quirk : value.members()) {
      const std::string name = quirk.key.string();
      if (quirk.value.is_boolean()) {
        add(member, name + (quirk.value.boolean() ? "=on" : "=off"), quirk.value);
        continue;
      }
      json::Path quirk_path = path;
      quirk_path.push_back(name);
      json::report_wrong(quirk.value, quirk_path, "true or false", issues_);
    }
  }

  std::string from_here(const std::string& path) const {
    return (files::path(file_.folder_) / path).lexically_normal().string();
  }

  // "connection=demo,file=packages.ndjson" or "sync.db".
  std::string load_from_here(const std::string& spec) const {
    if (spec.find_first_of("=,") == std::string::npos) return from_here(spec);
    std::string whole;
    std::istringstream parts(spec);
    constexpr std::string_view kFile = "file=";
    for (std::string part; std::getline(parts, part, ',');) {
      if (!whole.empty()) whole += ',';
      whole += part.starts_with(kFile) && part.size() > kFile.size()
                   ? std::string(kFile) + from_here(part.substr(kFile.size()))
                   : part;
    }
    return whole;
  }

  void add(const ProjectMember& member, std::string value, const json::Value& from) {
    file_.settings_.push_back({&member, std::move(value), from.offset()});
  }

  void complain(const json::Value& value, std::string message) {
    issues_.push_back({"invalid_value", std::move(message), {}, value.offset()});
  }

  ProjectFile& file_;
  json::Issues& issues_;
  std::string globs_;
  const ProjectMember* glob_member_ = nullptr;
};

core::Result<ProjectFile> ProjectFile::read(const std::string& path) {
  constexpr std::uintmax_t kMost = 64U << 20U;  // a world may stand in it
  std::error_code error;
  std::ifstream in(path, std::ios::binary);
  if (!in || !files::is_regular_file(path, error)) {
    return core::Error{"no_file", path + ": there is no such file, or it cannot be read"};
  }
  if (files::file_size(path, error) > kMost) {
    return core::Error{"bad_project", path + ": is larger than 64 MiB; expected a project file"};
  }
  std::stringstream text;
  text << in.rdbuf();
  return parse(text.str(), path);
}

core::Result<ProjectFile> ProjectFile::parse(std::string text, std::string path) {
  ProjectFile file;
  file.path_ = std::move(path);
  file.folder_ = files::path(file.path_).parent_path().string();
  if (file.folder_.empty()) file.folder_ = ".";
  const auto document = json::Document::parse(text, {.comments = true});
  if (!document) {
    return core::Error{"bad_project", file.path_ + ": " + document.error().message};
  }
  json::Issues issues;
  ProjectReader(file, issues).read(document->root());
  if (!issues.empty()) {
    return core::Error{"bad_project", issue_lines(std::move(issues), text, file.path_)};
  }
  file.text_ = std::move(text);
  return file;
}

std::string ProjectFile::world_text() const {
  if (world_end_ == 0) return "";
  std::string text = text_.substr(0, world_end_);
  for (std::size_t i = 0; i < world_begin_; ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
  return text;
}

std::string ProjectFile::place(std::size_t offset) const {
  const json::Place place = json::place_of(text_, offset);
  return path_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

}  // namespace terapi::project
