#include "conformance/laws/law.h"

#include <algorithm>

namespace terapi::conformance {

const std::vector<Law>& all_laws() {
  static const std::vector<Law> kLaws = {
      {"order",
       "Records come oldest modification first, each id and each cursor once.",
       {"CUR-1", "CUR-2", "CUR-5"},
       &check_order},
      {"pages-agree",
       "Whatever the page size, the same records come in the same order.",
       {"CUR-3", "CUR-5", "REC-1"},
       &check_pages_agree},
      {"exact-page",
       "next_cursor is null exactly when nothing follows.",
       {"CUR-4"},
       &check_exact_page},
      {"suffix",
       "Each record's cursor leads to exactly what comes after it.",
       {"CUR-3", "CUR-5"},
       &check_suffix},
      {"cursors-readable",
       "A cursor holds the record's time and an id, and survives being sent in a URL.",
       {"CUR-1", "CUR-6"},
       &check_cursors_readable},
      {"position-cursors",
       "A cursor that can be decoded is a position, whether or not there is such a record.",
       {"CUR-7"},
       &check_position_cursors},
      {"hostile-cursors",
       "A cursor that cannot be decoded is refused, whatever bytes it is made of.",
       {"CUR-7", "ERR-2"},
       &check_hostile_cursors},
      {"metadata",
       "Each record's metadata is complete, well-formed and consistent.",
       {"META-1", "META-2", "META-3", "META-4", "META-6"},
       &check_metadata},
      {"filters",
       "A filter returns exactly the union of the actions that it names.",
       {"REC-7"},
       &check_filters},
      {"modified-after",
       "modified_after accepts each served time, includes it, and distinguishes microseconds.",
       {"REC-8"},
       &check_modified_after},
      {"twelve-months",
       "modified_after of more than twelve months ago is refused.",
       {"REC-8"},
       &check_twelve_months},
      {"ids",
       "ids returns the records that it names, in the stream's order, up to a hundred.",
       {"REC-6"},
       &check_ids},
      {"combined",
       "cursor, modified_after, filter, ids and limit combine.",
       {"REC-9"},
       &check_combined},
      {"limits", "limit is a whole number from 1 to 10000.", {"REC-5"}, &check_limits},
      {"parameters",
       "Unknown, repeated and missing parameters and headers are refused, and all reported at "
       "once.",
       {"REC-3", "ERR-1"},
       &check_parameters},
      {"authentication",
       "Only the key gives access; each mistake in the header has its own error; no key is "
       "repeated.",
       {"AUTH-1", "AUTH-2", "AUTH-5"},
       &check_authentication},
      {"order-of-checks",
       "Of several mistakes, the first in the order of checks is reported.",
       {"AUTH-4"},
       &check_order_of_checks},
      {"routes",
       "HEAD and a trailing slash answer like GET; a wrong path is refused with a JSON error.",
       {"REC-2", "ERR-2"},
       &check_routes},
      {"methods",
       "A method that a path does not support is refused, and Allow lists the right ones.",
       {"ERR-2"},
       &check_methods,
       {.writes = true}},
      {"prune-body",
       "A wrong body is refused and prunes nothing.",
       {"PRUNE-1", "ERR-1", "ERR-2"},
       &check_prune_body,
       {.writes = true}},
      {"empty-stream", "A model without records is an empty page.", {"REC-4"}, &check_empty_stream},
      {"matches-model",
       "What is served is what was saved: ids, order, payloads, actions, times.",
       {"REC-1", "REC-10", "CUR-2", "CUR-9", "META-4", "META-5", "META-6", "META-7"},
       &check_matches_model,
       {.model = true}},
      {"reachable",
       "A reader that pages while others write gets each record's final version.",
       {"CUR-2", "CUR-3"},
       &check_reachable,
       {.writes = true, .runs = true}},
      {"nothing-behind",
       "Nothing ever turns up behind a cursor that was given out.",
       {"CUR-8"},
       &check_nothing_behind,
       {.writes = true, .runs = true}},
      {"side-by-side",
       "A reader misses nothing of what several writers save at the same time.",
       {"CUR-8"},
       &check_side_by_side,
       {.writes = true, .runs = true}},
      {"any-query",
       "Whatever restrictions are combined, exactly what matches them all comes, in order.",
       {"REC-5", "REC-6", "REC-7", "REC-8", "REC-9", "CUR-4"},
       &check_any_query},
      {"rate-limit",
       "A limit counts down, and whoever exceeds it is told when to try again.",
       {"RATE-1"},
       &check_rate_limit},
      {"deliveries",
       "Every change is announced to each URL, and tried again as the policy says until it is "
       "taken.",
       {"HOOK-1", "HOOK-5", "HOOK-6", "HOOK-7", "HOOK-8"},
       &check_deliveries,
       {.webhooks = true}},
  };
  return kLaws;
}

const Law* find_law(std::string_view name) {
  const auto& laws = all_laws();
  const auto found =
      std::find_if(laws.begin(), laws.end(), [&](const Law& law) { return law.name == name; });
  return found == laws.end() ? nullptr : &*found;
}

std::vector<std::string> law_names() {
  std::vector<std::string> names;
  for (const Law& law : all_laws()) names.emplace_back(law.name);
  return names;
}

}  // namespace terapi::conformance
