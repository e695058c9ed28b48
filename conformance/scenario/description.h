// Description: how the scenario language is defined. Each of its structs (a step, a check, a run)
// describes itself once, member by member, for all who need it: the reader of files, the writer,
// the JSON Schema, and through that the tables of docs/write-a-scenario.md.
//
//   struct MarkStep {
//     std::string name;
//
//     template <typename Json>
//     static void describe(Json& json) {
//       json.about("later checks and counts begin here", R"({"mark":"morning"})");
//       json.verb("mark", &MarkStep::name, "a name, for readers");
//     }
//   };
//
// What a description can say:
//   about(says, example, [for_servers])          the whole of it, once; the example of scenarios
//                                                that judge a server may be another one
//   verb(name, get, [kind,] says, [who])         the member that a step is known by; of several
//                                                verbs a step has one
//   must(…), may(…)                              required and optional members; the default is
//                                                the value in a new struct
//   embed(get)                                   the members of another struct stand here, too
// `get` is a pointer to the member, or a function from the struct to it. The kind follows from its
// type; a Range, an array of Words, or a kind of member_kinds.h says more. `who`: only scenarios
// that judge a server, or a client, may name it.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/words.h"

namespace terapi::conformance {

enum class Subject : std::uint8_t { kServer, kClient };

// Which scenarios may name it.
enum class For : std::uint8_t { kAll, kServers, kClients };
constexpr bool admits(For who, Subject judges) {
  return who == For::kAll || (who == For::kServers) == (judges == Subject::kServer);
}

// The least and the most that a whole number may be.
struct Range {
  std::int64_t least;
  std::int64_t most;
};

// A `get` for what is made of several members at once.
struct Whole {
  template <typename T>
  constexpr T& operator()(T& object) const {
    return object;
  }
};
inline constexpr Whole kWhole{};

struct MemberInfo {
  enum class Use : std::uint8_t { kMay, kMust, kVerb };
  std::string_view name;
  std::string_view says;
  Use use = Use::kMay;
  For who = For::kAll;
};

// A struct's name in the schema's $defs; "" for one that is written in place.
template <typename T>
inline constexpr std::string_view kDefinition{};

// A struct describes itself, or, where it belongs to another room, a function does.
template <typename T, typename Json>
void describe_members(Json& json) {
  if constexpr (requires { T::describe(json); }) {
    T::describe(json);
  } else {
    describe(json, static_cast<const T*>(nullptr));
  }
}

// Chooses the kind for a member's type (member_kinds.h).
template <typename T, typename Hint>
auto kind_for(const Hint& hint);
struct NoHint {};

// What visitors of a description derive from. A Visitor of an Object has
//   template <typename Get, typename Kind> void visit(const MemberInfo&, Get, const Kind&);
template <typename Visitor, typename Object>
class Description {
 public:
  void about(std::string_view /*says*/, std::string_view /*example*/ = "",
             std::string_view /*for_servers*/ = "") {}

  template <typename Get, typename... More>
  void verb(std::string_view name, Get get, const More&... more) {
    tell(MemberInfo::Use::kVerb, name, get, more...);
  }
  template <typename Get, typename... More>
  void must(std::string_view name, Get get, const More&... more) {
    tell(MemberInfo::Use::kMust, name, get, more...);
  }
  template <typename Get, typename... More>
  void may(std::string_view name, Get get, const More&... more) {
    tell(MemberInfo::Use::kMay, name, get, more...);
  }
  template <typename Get>
  void embed(Get get) {
    using Inner = std::remove_cvref_t<std::invoke_result_t<Get, Object&>>;
    const auto through = [this, get](const MemberInfo& info, auto inner, const auto& kind) {
      visitor().visit(
          info, [ get, inner ](auto& object) -> auto& {
            return std::invoke(inner, std::invoke(get, object));
          },
          kind);
    };
    Embedded<Inner, decltype(through)> embedded(through);
    describe_members<Inner>(embedded);
  }

 private:
  template <typename Inner, typename Through>
  class Embedded : public Description<Embedded<Inner, Through>, Inner> {
   public:
    explicit Embedded(const Through& through) : through_(through) {}
    template <typename Get, typename Kind>
    void visit(const MemberInfo& info, Get get, const Kind& kind) {
      through_(info, get, kind);
    }

   private:
    const Through& through_;
  };

  template <typename Get>
  void tell(MemberInfo::Use use, std::string_view name, Get get, std::string_view says,
            For who = For::kAll) {
    tell(use, name, get, NoHint{}, says, who);
  }
  template <typename Get, typename Hint>
  void tell(MemberInfo::Use use, std::string_view name, Get get, const Hint& hint,
            std::string_view says, For who = For::kAll) {
    using Member = std::remove_cvref_t<std::invoke_result_t<Get, Object&>>;
    visitor().visit(MemberInfo{name, says, use, who}, get, kind_for<Member>(hint));
  }
  Visitor& visitor() { return static_cast<Visitor&>(*this); }
};

}  // namespace terapi::conformance
