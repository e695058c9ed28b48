#include "core/flags.h"

#include <algorithm>

#include "core/duration.h"
#include "core/nearest.h"
#include "core/parse_number.h"

namespace terapi::core {
namespace {

Error bad_usage(std::string message) { return {"bad_usage", std::move(message)}; }

// An empty value is most often a variable that nobody has set; what the flag stands for without one
// may be something else altogether.
Error empty_value(const std::string& flag, const std::string& value_name) {
  return bad_usage("--" + flag + " is empty; expected " + value_name);
}

}  // namespace

void Flags::add(std::string name, std::string value_name, std::string help, Set set) {
  std::erase_if(flags_,
                [&](const Flag& flag) { return flag.name == name && !flag.refusal.empty(); });
  flags_.push_back({std::move(name), std::move(value_name), std::move(help), std::move(set)});
}

void Flags::text(std::string name, std::string value_name, std::string help, std::string& target) {
  const std::string flag = name;
  const std::string expected = value_name;
  add(std::move(name), std::move(value_name), std::move(help),
      [&target, flag, expected](const std::string& value) -> Result<void> {
        if (value.empty()) return empty_value(flag, expected);
        target = value;
        return {};
      });
}

void Flags::list(std::string name, std::string value_name, std::string help,
                 std::vector<std::string>& target) {
  const std::string flag = name;
  const std::string expected = value_name;
  add(std::move(name), std::move(value_name), std::move(help),
      [&target, flag, expected](const std::string& value) -> Result<void> {
        if (value.empty()) return empty_value(flag, expected);
        target.push_back(value);
        return {};
      });
}

void Flags::number(std::string name, std::string value_name, std::string help, Bounds bounds,
                   std::uint64_t& target) {
  add_number(std::move(name), std::move(value_name), std::move(help), bounds,
             [&target](std::uint64_t number) { target = number; });
}

void Flags::number(std::string name, std::string value_name, std::string help, Bounds bounds,
                   std::optional<std::uint64_t>& target) {
  add_number(std::move(name), std::move(value_name), std::move(help), bounds,
             [&target](std::uint64_t number) { target = number; });
}

void Flags::add_number(std::string name, std::string value_name, std::string help, Bounds bounds,
                       std::function<void(std::uint64_t)> set) {
  const std::string flag = name;
  add(std::move(name), std::move(value_name), std::move(help),
      [set = std::move(set), bounds, flag](const std::string& value) -> Result<void> {
        const auto number = parse_number<std::uint64_t>(value);
        if (!number || *number < bounds.least || *number > bounds.most) {
          return bad_usage("--" + flag + ": '" + value + "' is not a whole number from " +
                           std::to_string(bounds.least) + " to " + std::to_string(bounds.most));
        }
        set(*number);
        return {};
      });
}

void Flags::duration(std::string name, std::string value_name, std::string help, Duration least,
                     Duration& target) {
  add_duration(std::move(name), std::move(value_name), std::move(help), least,
               [&target](Duration duration) { target = duration; });
}

void Flags::duration(std::string name, std::string value_name, std::string help, Duration least,
                     std::optional<Duration>& target) {
  add_duration(std::move(name), std::move(value_name), std::move(help), least,
               [&target](Duration duration) { target = duration; });
}

void Flags::add_duration(std::string name, std::string value_name, std::string help, Duration least,
                         std::function<void(Duration)> set) {
  const std::string flag = name;
  add(std::move(name), std::move(value_name), std::move(help),
      [set = std::move(set), least, flag](const std::string& value) -> Result<void> {
        const Result<Duration> duration = parse_duration(value);
        if (!duration) return bad_usage("--" + flag + ": " + duration.error().message);
        if (*duration < least) {
          return bad_usage("--" + flag + ": '" + value + "' is too short; expected " +
                           format_duration(least) + " or more");
        }
        set(*duration);
        return {};
      });
}

void Flags::choice(std::string name, std::vector<std::string> words, std::string help,
                   std::string& target) {
  add_choice(std::move(name), std::move(words), std::move(help),
             [&target](const std::string& word) { target = word; });
}

void Flags::add_choice(std::string name, std::vector<std::string> words, std::string help,
                       std::function<void(const std::string&)> set) {
  std::string value_name;
  for (const std::string& word : words) value_name += (value_name.empty() ? "" : "|") + word;
  const std::string flag = name;
  add(std::move(name), value_name, std::move(help),
      [set = std::move(set), words = std::move(words),
       flag](const std::string& value) -> Result<void> {
        if (std::find(words.begin(), words.end(), value) == words.end()) {
          return bad_usage("--" + flag + ": unknown value '" + value + "'" +
                           suggestion(value, words));
        }
        set(value);
        return {};
      });
}

void Flags::toggle(std::string name, std::string help, bool& target) {
  add(std::move(name), "", std::move(help), [&target](const std::string&) -> Result<void> {
    target = true;
    return {};
  });
}

void Flags::refuse(std::string name, std::string why) {
  std::erase_if(flags_, [&](const Flag& flag) { return flag.name == name; });
  flags_.push_back({std::move(name), "", "", nullptr, std::move(why)});
}

const Flags::Flag* Flags::find(std::string_view name) const {
  const auto found = std::find_if(flags_.begin(), flags_.end(),
                                  [&](const Flag& flag) { return flag.name == name; });
  return found == flags_.end() ? nullptr : &*found;
}

Result<std::vector<std::string>> Flags::parse(const std::vector<std::string>& arguments) const {
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      rest.insert(rest.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  arguments.end());
      break;
    }
    if (!argument.starts_with("--")) {
      if (argument.size() > 1 && argument.starts_with("-")) {
        return bad_usage("unknown flag '" + argument + "'; flags begin with --, see --help");
      }
      rest.push_back(argument);
      continue;
    }
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    const Flag* flag = find(name);
    if (flag == nullptr) {
      std::vector<std::string> names;
      for (const Flag& known : flags_) {
        if (known.refusal.empty()) names.push_back("--" + known.name);
      }
      return bad_usage("unknown flag '--" + name + "'" + suggestion("--" + name, names));
    }
    if (!flag->refusal.empty()) return bad_usage(flag->refusal);
    std::string value;
    if (equals != std::string::npos) {
      if (flag->value_name.empty()) return bad_usage("--" + name + " takes no value");
      value = argument.substr(equals + 1);
    } else if (!flag->value_name.empty()) {
      if (i + 1 >= arguments.size()) {
        return bad_usage("--" + name + " has no value; expected " + flag->value_name);
      }
      value = arguments[++i];
    }
    if (Result<void> set = flag->set(value); !set) return set.error();
  }
  return rest;
}

std::set<std::string> Flags::named_in(const std::vector<std::string>& arguments) const {
  std::set<std::string> names;
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    if (!arguments[i].starts_with("--")) continue;
    const std::size_t equals = arguments[i].find('=');
    std::string name = arguments[i].substr(2, equals == std::string::npos ? equals : equals - 2);
    const Flag* flag = find(name);
    const bool value_follows =
        flag != nullptr && !flag->value_name.empty() && equals == std::string::npos;
    if (value_follows) ++i;
    names.insert(std::move(name));
  }
  return names;
}

std::string Flags::help() const {
  std::size_t widest = 0;
  const auto shown = [](const Flag& flag) {
    return "--" + flag.name + (flag.value_name.empty() ? "" : " " + flag.value_name);
  };
  for (const Flag& flag : flags_) {
    if (flag.refusal.empty()) widest = std::max(widest, shown(flag).size());
  }
  std::string text;
  for (const Flag& flag : flags_) {
    if (!flag.refusal.empty()) continue;
    std::string line = "  " + shown(flag);
    line.resize(widest + 4, ' ');
    text += line + flag.help + "\n";
  }
  return text;
}

}  // namespace terapi::core
