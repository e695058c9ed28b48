// Flags: a program's command line, by name, with its help and with errors that name the nearest
// right flag. "--name value" and "--name=value" are the same; "--" ends the flags.
//
//   Flags flags;
//   flags.number("port", "N", "port to listen on (0: any free one)", {.most = 65535}, port);
//   flags.duration("poll", "DURATION", "look for news this often", 1ms, poll);
//   Result<std::vector<std::string>> rest = flags.parse(arguments);
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/words.h"

namespace terapi::core {

class Flags {
 public:
  using Set = std::function<Result<void>(const std::string&)>;

  // A flag with a value; `set` is called for each time it is given. One that was refused is taken
  // from here on.
  void add(std::string name, std::string value_name, std::string help, Set set);
  // A text that is not empty.
  void text(std::string name, std::string value_name, std::string help, std::string& target);
  struct Bounds {
    std::uint64_t least = 0;
    std::uint64_t most = UINT64_MAX;
  };
  // A whole number within the bounds.
  void number(std::string name, std::string value_name, std::string help, Bounds bounds,
              std::uint64_t& target);
  void number(std::string name, std::string value_name, std::string help, Bounds bounds,
              std::optional<std::uint64_t>& target);
  // "100ms", "20s", "1h" (core/duration.h), of at least that length.
  void duration(std::string name, std::string value_name, std::string help, Duration least,
                Duration& target);
  void duration(std::string name, std::string value_name, std::string help, Duration least,
                std::optional<Duration>& target);
  // May be given several times: collects the texts, none of which is empty.
  void list(std::string name, std::string value_name, std::string help,
            std::vector<std::string>& target);
  // One of several words.
  void choice(std::string name, std::vector<std::string> words, std::string help,
              std::string& target);
  template <typename T, std::size_t N>
  void choice(const std::string& name, const std::array<Word<T>, N>& words, const std::string& help,
              T& target) {
    add_choice(name, words_in(words), help,
               [&target, words](const std::string& word) { target = *value_of(words, word); });
  }
  // A flag without a value.
  void toggle(std::string name, std::string help, bool& target);
  // One that others of a program's commands take and this one does not, added before or not: `why`
  // is the error. It is not in the help.
  void refuse(std::string name, std::string why);

  // What is left: words that are not flags, and everything after "--". Code "bad_usage".
  Result<std::vector<std::string>> parse(const std::vector<std::string>& arguments) const;
  // The names of the flags that these arguments give, right or wrong: what else may say the same, a
  // project file, has to yield to them.
  std::set<std::string> named_in(const std::vector<std::string>& arguments) const;
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
  void add_number(std::string name, std::string value_name, std::string help, Bounds bounds,
                  std::function<void(std::uint64_t)> set);
  void add_duration(std::string name, std::string value_name, std::string help, Duration least,
                    std::function<void(Duration)> set);
  void add_choice(std::string name, std::vector<std::string> words, std::string help,
                  std::function<void(const std::string&)> set);
  const Flag* find(std::string_view name) const;
  std::vector<Flag> flags_;
};

}  // namespace terapi::core
