// Secrets: the one gate that text passes before it is printed, kept or served (AUTH-5). It knows
// the keys of all environments, and finds them as they are, in other letters' case, and with any of
// their characters percent-encoded, once or more. Whoever keeps or prints what somebody sent is
// given one, and has no other way to its reader: RequestJournal, LogBook, error_response().
//
//   Secrets secrets(state);
//   secrets.add(control_token);
//   secrets.hide("there is nothing at /7f3d…");   // "there is nothing at /[key]"
//
// Thread rule: the simulator's thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/world/state.h"

namespace terapi::simulator {

class Secrets {
 public:
  static constexpr std::string_view kMark = "[key]";

  Secrets() = default;  // knows none
  explicit Secrets(const State& state) : state_(&state) {}
  Secrets(const Secrets&) = delete;
  Secrets& operator=(const Secrets&) = delete;

  // One that is in no environment. An empty one is none.
  void add(std::string secret);
  // The settings of an environment have changed: the keys are read again before they are next used.
  void forget() { known_ = false; }

  // Without keys, and without what stands in URLs (core/shown_url.h).
  std::string hide(std::string_view text) const;
  // The same in place: most texts hold nothing, and stay where they are.
  void hide_in(std::string& text) const;
  // Without keys only: for what is otherwise shown byte for byte, such as a webhook's body. Shorter
  // ones than `least` are left: among data, a key such as "demo" cannot be told from a name.
  std::string hide_keys(std::string_view text, std::size_t least = 1) const;
  // In place.
  void hide_keys_in(std::string& text, std::size_t least = 1) const;

 private:
  // A character as it is meant, and how many bytes of the text it takes.
  struct Letter {
    char meant;
    std::size_t length;
  };
  static Letter letter_at(std::string_view text, std::size_t at);
  void learn() const;
  bool is_current() const;
  std::uint32_t start_of(std::string_view key) const;
  struct Found {
    std::size_t at = std::string_view::npos;  // npos: there is none
    std::size_t length = 0;                   // as it is written
  };
  Found find_key(std::string_view text, std::size_t from, std::size_t least) const;
  std::size_t length_of_key_at(std::string_view text, std::size_t at, std::size_t least) const;
  std::size_t spelled_length(std::string_view text, std::size_t at, std::string_view key) const;

  const State* state_ = nullptr;
  std::vector<std::string> added_;

  // What was learned, for the texts to come.
  mutable bool known_ = false;
  mutable const Environment* first_ = nullptr;  // where they stood
  mutable std::size_t environments_ = 0;
  mutable std::vector<std::string> learned_;  // from the state, as they are there
  mutable std::vector<std::string> keys_;     // in lower case, the longest first
  mutable std::size_t start_length_ = 0;      // of the shortest, at most 4
  mutable std::vector<bool> starts_;          // by first character, in lower case
  mutable std::unordered_map<std::uint32_t, std::vector<std::size_t>> by_start_;
};

}  // namespace terapi::simulator
