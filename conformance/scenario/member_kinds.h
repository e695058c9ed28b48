// Kinds of members: how a value of the scenario language is read, written, and described in a JSON
// Schema. A kind of T has
//
//   void read(const Slot& slot, T& value) const;   mistakes go to the slot's issues
//   void write(json::Writer& out, const T& value, Subject judges) const;
//   std::string schema(Subject judges) const;      "\"type\":\"boolean\""
//
// and may have `kTakesNull` (otherwise null counts as absent) and `writes(value)` (for a verb: true
// when it is the one to write the step with).
//
// Thread rule: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/scenario/description.h"
#include "core/clock.h"
#include "core/json_fields.h"
#include "core/json_writer.h"

namespace terapi::conformance {

// Where a value stands in the file that is being read.
struct Slot {
  core::json::Value value;
  core::json::Path path;
  core::json::Issues& issues;
  Subject judges;

  // "steps[0].worker is 9; expected a whole number from 1 to 8"
  void wrong(std::string_view expected) const;
  void empty() const;  // where it must not be
  Slot item(std::size_t index, const core::json::Value& item) const;
};

struct BooleanKind {
  void read(const Slot& slot, bool& yes) const;
  void write(core::json::Writer& out, bool yes, Subject) const { out.boolean(yes); }
  std::string schema(Subject) const { return R"("type":"boolean")"; }
};

struct TextKind {
  bool not_empty = false;
  std::string_view pattern{};  // for the schema only

  void read(const Slot& slot, std::string& text) const;
  void write(core::json::Writer& out, const std::string& text, Subject) const { out.string(text); }
  std::string schema(Subject) const;
};

// A text that is one of these.
struct OneOf {
  std::vector<std::string> words;

  void read(const Slot& slot, std::string& text) const;
  void write(core::json::Writer& out, const std::string& text, Subject) const { out.string(text); }
  std::string schema(Subject) const;
};

// Reports that one of these words was expected.
void refuse_word(const Slot& slot, const std::vector<std::string>& words);

template <typename T>
struct WordsKind {
  std::span<const core::Word<T>> words;

  void read(const Slot& slot, T& value) const {
    std::vector<std::string> known;
    for (const core::Word<T>& each : words) {
      if (slot.value.is_string() && slot.value.string() == each.word) {
        value = each.value;
        return;
      }
      known.emplace_back(each.word);
    }
    refuse_word(slot, known);
  }
  void write(core::json::Writer& out, const T& value, Subject) const {
    for (const core::Word<T>& each : words) {
      if (each.value == value) out.string(each.word);
    }
  }
  std::string schema(Subject) const {
    core::json::Writer out;
    out.begin_array();
    for (const core::Word<T>& each : words) {
      if (each.says.empty()) {
        out.string(each.word);
      } else {
        out.begin_object().field("const", each.word).field("description", each.says).end_object();
      }
    }
    out.end_array();
    return (words.front().says.empty() ? "\"enum\":" : "\"oneOf\":") + out.take();
  }
};

// The number, or nothing once the mistake was reported.
std::optional<std::int64_t> read_whole(const Slot& slot, const Range& range);

template <typename T>
struct WholeKind {
  Range range;

  void read(const Slot& slot, T& number) const {
    if (const auto value = read_whole(slot, range)) number = static_cast<T>(*value);
  }
  void write(core::json::Writer& out, T number, Subject) const { out.number(number); }
  std::string schema(Subject) const {
    return R"("type":"integer","minimum":)" + std::to_string(range.least) + R"(,"maximum":)" +
           std::to_string(range.most);
  }
};

struct DurationKind {
  void read(const Slot& slot, core::Duration& duration) const;
  void write(core::json::Writer& out, core::Duration duration, Subject) const;
  std::string schema(Subject) const { return R"("$ref":"#/$defs/duration")"; }
};

// Any JSON, kept as it is and checked later.
struct JsonKind {
  void read(const Slot& slot, core::json::Value& value) const { value = slot.value; }
  void write(core::json::Writer& out, const core::json::Value& value, Subject) const;
  std::string schema(Subject) const { return ""; }
};

template <typename Kind>
struct MaybeKind {
  Kind kind;

  template <typename T>
  void read(const Slot& slot, std::optional<T>& maybe) const {
    kind.read(slot, maybe.emplace());
  }
  template <typename T>
  void write(core::json::Writer& out, const std::optional<T>& maybe, Subject judges) const {
    if (maybe) {
      kind.write(out, *maybe, judges);
    } else {
      out.null();
    }
  }
  std::string schema(Subject judges) const { return kind.schema(judges); }
};

template <typename Kind>
struct ListKind {
  Kind kind;
  bool not_empty = false;

  template <typename T>
  void read(const Slot& slot, std::vector<T>& list) const {
    list.clear();
    if (!slot.value.is_array()) return slot.wrong("an array");
    if (not_empty && slot.value.size() == 0) return slot.empty();
    std::size_t index = 0;
    for (const core::json::Value item : slot.value.items()) {
      T read_item{};
      kind.read(slot.item(index++, item), read_item);
      list.push_back(std::move(read_item));
    }
  }
  template <typename T>
  void write(core::json::Writer& out, const std::vector<T>& list, Subject judges) const {
    out.begin_array();
    for (const T& item : list) kind.write(out, item, judges);
    out.end_array();
  }
  std::string schema(Subject judges) const {
    return R"("type":"array","items":{)" + kind.schema(judges) + "}" +
           (not_empty ? R"(,"minItems":1)" : "");
  }
};

// A struct that is described (read_object and the others are in described_object.h).
template <typename T>
void read_object(const Slot& slot, T& object);
template <typename T>
void write_object(core::json::Writer& out, const T& object, Subject judges);
template <typename T>
std::string schema_of(Subject judges);

template <typename T>
struct ObjectKind {
  void read(const Slot& slot, T& object) const { read_object(slot, object); }
  void write(core::json::Writer& out, const T& object, Subject judges) const {
    write_object(out, object, judges);
  }
  std::string schema(Subject judges) const { return schema_of<T>(judges); }
};

// Hints of a description besides Range and Words.
struct NotEmpty {};
inline constexpr NotEmpty kNotEmpty{};

template <typename Kind, typename T>
concept KindOf = requires(const Kind& kind, const Slot& slot, T& value) {
  kind.read(slot, value);
};

template <typename T>
struct ItemOf;
template <typename T>
struct ItemOf<std::optional<T>> {
  using type = T;
};
template <typename T>
struct ItemOf<std::vector<T>> {
  using type = T;
};
template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <typename T>
inline constexpr bool kIsList = false;
template <typename T>
inline constexpr bool kIsList<std::vector<T>> = true;

template <typename T, typename Hint>
auto kind_for(const Hint& hint) {
  if constexpr (KindOf<Hint, T>) {
    return hint;
  } else if constexpr (kIsOptional<T>) {
    const auto inner = kind_for<typename ItemOf<T>::type>(hint);
    return MaybeKind<std::remove_const_t<decltype(inner)>>{inner};
  } else if constexpr (kIsList<T> && std::is_same_v<Hint, NotEmpty>) {
    const auto inner = kind_for<typename ItemOf<T>::type>(NoHint{});
    return ListKind<std::remove_const_t<decltype(inner)>>{inner, true};
  } else if constexpr (kIsList<T>) {
    const auto inner = kind_for<typename ItemOf<T>::type>(hint);
    return ListKind<std::remove_const_t<decltype(inner)>>{inner};
  } else if constexpr (std::is_same_v<Hint, Range>) {
    return WholeKind<T>{hint};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return TextKind{.not_empty = std::is_same_v<Hint, NotEmpty>};
  } else if constexpr (!std::is_same_v<Hint, NoHint>) {
    return WordsKind<T>{hint};
  } else if constexpr (std::is_same_v<T, bool>) {
    return BooleanKind{};
  } else if constexpr (std::is_same_v<T, core::Duration>) {
    return DurationKind{};
  } else if constexpr (std::is_same_v<T, core::json::Value>) {
    return JsonKind{};
  } else {
    return ObjectKind<T>{};
  }
}

}  // namespace terapi::conformance
