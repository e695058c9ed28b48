#include "core/nearest.h"

#include <algorithm>
#include <numeric>

namespace terapi::core {
namespace {

// Levenshtein's distance, row by row.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view wrong, const std::vector<std::string>& right) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, wrong.size() / 3) + 1;
  if (wrong.size() > 100) return best;
  for (const std::string& word : right) {
    const std::size_t d = distance(wrong, word);
    if (d < best_distance) {
      best_distance = d;
      best = word;
    }
  }
  return best;
}

std::string suggestion(std::string_view wrong, const std::vector<std::string>& right) {
  const std::string near = nearest(wrong, right);
  if (!near.empty()) return "; did you mean '" + near + "'?";
  std::string text = "; known: ";
  for (const std::string& word : right) {
    if (&word != &right.front()) text += ", ";
    text += word;
  }
  return text;
}

}  // namespace terapi::core
