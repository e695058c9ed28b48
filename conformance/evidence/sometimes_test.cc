#include "conformance/evidence/sometimes.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

// Two pages, and records that change between them.
History two_pages(bool change) {
  History history;
  Exchange first;
  first.request = history.add({.kind = EventKind::kRequest});
  first.response = history.add({.kind = EventKind::kResponse});
  first.status = 200;
  first.next_cursor = "a";
  if (change) history.add({.kind = EventKind::kRun});
  Exchange second;
  second.cursor = "a";
  second.request = history.add({.kind = EventKind::kRequest});
  second.response = history.add({.kind = EventKind::kResponse});
  history.exchanges = {first, second};
  return history;
}

TEST(Sometimes, SeesAChangeBetweenPages) {
  EXPECT_TRUE(happened("a change between pages", two_pages(true)));
  EXPECT_FALSE(happened("a change between pages", two_pages(false)));
  EXPECT_TRUE(happened("several pages", two_pages(false)));
}

TEST(Sometimes, NothingHappensInAnEmptyHistory) {
  for (const std::string& word : sometimes_words(true))
    EXPECT_FALSE(happened(word, History())) << word;
  EXPECT_FALSE(happened("no such word", two_pages(true)));
}

}  // namespace
}  // namespace terapi::conformance
