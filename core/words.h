// Words: the words for the values of a type, in a table that stands once. Whoever reads, writes or
// explains a word takes it from there.
//
//   static constexpr std::array<Word<What>, 2> kWhats = {
//       {{What::kStarts, "starts", "a process begins"}, {What::kStops, "stops", "SIGTERM"}}};
//   word_of(kWhats, What::kStops);    // "stops"
//
// Pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "core/check.h"

namespace terapi::core {

template <typename T>
struct Word {
  T value;
  std::string_view word;
  std::string_view says{};  // what it means, for people
};

template <typename T, std::size_t N>
std::string_view word_of(const std::array<Word<T>, N>& words, const T& value) {
  for (const Word<T>& each : words) {
    if (each.value == value) return each.word;
  }
  TERAPI_CHECK(false, "a value without a word");
  return "";
}

}  // namespace terapi::core
