// Flags: a program's command line, by name, with its help and with errors that name the nearest
// right flag. "--name value" and "--name=value" are the same; "--" ends the flags.
//
//   Flags flags;
//   flags.text("port", "N", "port to listen on (0: any free one)", port);
//   Result<std::vector<std::string>> rest = flags.parse(arguments);
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::core {

class Flags {
 public:
  using Set = std::function<Result<void>(const std::string&)>;

  // A flag with a value; `set` is called for each time it is given.
  void add(std::string name, std::string value_name, std::string help, Set set);
  void text(std::string name, std::string value_name, std::string help, std::string& target);
  // A whole number in a range.
  void number(std::string name, std::string value_name, std::string help, std::uint64_t most,
              std::uint64_t& target);
  // One of some words.
  void choice(std::string name, std::vector<std::string> words, std::string help,
              std::string& target);
  // A flag without a value.
  void toggle(std::string name, std::string help, bool& target);
  // One that others of a program's commands take and this one does not, added before or not: `why`
  // is the error. It is not in the help.
  void refuse(std::string name, std::string why);

  // What is left: words that are no flags, and all that stands after "--". Code "bad_usage".
  Result<std::vector<std::string>> parse(const std::vector<std::string>& arguments) const;
  // The flags and what they do, a line each.
  std::string help() const;

 private:
  struct Flag {
    std::string name;
    std::string value_name;  // empty: takes no value
    std::string help;
    Set set;
    std::string refusal{};  // empty: it is taken
  };
  const Flag* find(std::string_view name) const;
  std::vector<Flag> flags_;
};

}  // namespace terapi::core
