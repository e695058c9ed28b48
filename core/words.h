// Words: the words for the values of a type, in one table. Whoever reads, writes or
// explains a word takes it from there.
//
//   static constexpr auto kWhats = std::to_array<Word<What>>(
//       {{What::kStarts, "starts", "a process begins"}, {What::kStops, "stops", "SIGTERM"}});
//   word_of(kWhats, What::kStops);    // "stops"
//   value_of(kWhats, "stops");        // std::optional<What>
//
// json::Fields::word and Flags::choice read values by such a table, and name the nearest right word
// for a wrong one. A value may have several words: the first is written, all are read. Pure
// functions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"

namespace terapi::core {

template <typename T>
struct Word {
  T value;
  std::string_view word;
  std::string_view says{};  // what it means
};

template <typename T, std::size_t N>
constexpr std::string_view word_of(const std::array<Word<T>, N>& words, const T& value) {
  for (const Word<T>& each : words) {
    if (each.value == value) return each.word;
  }
  TERAPI_CHECK(false, "a value without a word");
  return "";
}

template <typename T, std::size_t N>
constexpr std::optional<T> value_of(const std::array<Word<T>, N>& words, std::string_view word) {
  for (const Word<T>& each : words) {
    if (each.word == word) return each.value;
  }
  return std::nullopt;
}

template <typename T, std::size_t N>
std::vector<std::string> words_in(const std::array<Word<T>, N>& words) {
  std::vector<std::string> all;
  all.reserve(N);
  for (const Word<T>& each : words) all.emplace_back(each.word);
  return all;
}

}  // namespace terapi::core
