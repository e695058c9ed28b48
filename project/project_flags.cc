#include "project/project_flags.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "project/project_search.h"

namespace terapi::project {
namespace {

bool is_replaced(const ProjectMember& member, const std::set<std::string>& given) {
  return given.contains(std::string(member.flag)) ||
         std::any_of(member.yields_to.begin(), member.yields_to.end(),
                     [&](std::string_view flag) { return given.contains(std::string(flag)); });
}

bool has_to_be_there(const ProjectSetting& setting) {
  const MemberKind kind = setting.member->kind;
  const bool path_alone = setting.value.find_first_of("=,") == std::string::npos;
  return kind == MemberKind::kPath || kind == MemberKind::kPaths ||
         (kind == MemberKind::kLoads && path_alone) ||
         (kind == MemberKind::kWorld && !setting.value.empty());
}

// "--start: 'x' is no time" as "start: 'x' is no time".
std::string in_members_words(const std::string& message, const ProjectMember& member) {
  const std::string flag = "--" + std::string(member.flag);
  if (!message.starts_with(flag)) return std::string(member.name) + ": " + message;
  return std::string(member.name) + message.substr(flag.size());
}

core::Result<void> set(const core::Flags& flags, const ProjectSetting& setting) {
  if (setting.member->kind == MemberKind::kWorld && setting.value.empty())
    return {};  // in the file
  std::error_code error;
  if (has_to_be_there(setting) && !std::filesystem::exists(setting.value, error)) {
    return core::Error{"no_file", std::string(setting.member->name) + ": there is no '" +
                                      setting.value + "'; paths are seen from the project file"};
  }
  std::string word = "--" + std::string(setting.member->flag);
  if (setting.member->kind != MemberKind::kBoolean) word += "=" + setting.value;
  const auto parsed = flags.parse({word});
  if (parsed) return {};
  return core::Error{parsed.error().code,
                     in_members_words(parsed.error().message, *setting.member)};
}

}  // namespace

std::string ProjectUse::notice() const {
  if (!passed_over.empty()) return passed_over;
  return file ? "project file " + file->path() : "";
}

core::Error ProjectUse::placed(const core::Error& error) const {
  if (!file) return error;
  const ProjectSetting* found = nullptr;
  for (const ProjectSetting& setting : file->settings()) {
    const std::string flag = "--" + std::string(setting.member->flag);
    if (!has(setting.member->name) || !error.message.starts_with(flag)) continue;
    const char after = error.message.size() > flag.size() ? error.message[flag.size()] : ' ';
    if (after != ' ' && after != ':') continue;
    // Of several, the one that it speaks of.
    const bool named = error.message.find(setting.value) != std::string::npos;
    if (found == nullptr || named) found = &setting;
    if (named) break;
  }
  if (found == nullptr) return error;
  return {error.code,
          file->place(found->offset) + ": " + in_members_words(error.message, *found->member)};
}

void ProjectFlags::add_to(core::Flags& flags) {
  flags.text("project", "FILE",
             "the project file (default: terapi.json here or above, up to the repository's root)",
             file_);
  flags.toggle("no-project", "use no project file", none_);
}

core::Result<ProjectUse> ProjectFlags::find() const {
  ProjectUse use;
  if (none_) {
    if (file_.empty()) return use;
    return core::Error{"bad_usage", "--project and --no-project are opposites; give one of them"};
  }
  std::string path = file_;
  if (path.empty()) {
    const auto found = find_project_file(".");
    if (!found) return use;
    if (found->doubtful) {
      use.passed_over = found->path +
                        " is not used: it is another user's, in a folder that all may write to; "
                        "--project " +
                        found->path + " uses it";
      return use;
    }
    path = found->path;
  }
  auto file = ProjectFile::read(path);
  if (!file) {
    const std::string hint = file_.empty() ? "\n(--no-project goes without it)" : "";
    return core::Error{file.error().code, file.error().message + hint};
  }
  use.file = *std::move(file);
  return use;
}

core::Result<ProjectUse> ProjectFlags::apply(
    const core::Flags& flags, const std::vector<std::string>& arguments,
    const std::function<bool(const ProjectMember&)>& takes) const {
  auto use = find();
  if (!use || !use->file) return use;
  const std::set<std::string> given = flags.named_in(arguments);
  std::string mistakes;
  for (const ProjectSetting& setting : use->file->settings()) {
    const ProjectMember& member = *setting.member;
    if (!takes(member) || is_replaced(member, given)) continue;
    use->members.emplace(member.name);
    if (const auto done = set(flags, setting); !done) {
      mistakes += (mistakes.empty() ? "" : "\n") + use->file->place(setting.offset) + ": " +
                  done.error().message;
    }
  }
  if (!mistakes.empty()) return core::Error{"bad_project", mistakes};
  return use;
}

}  // namespace terapi::project
