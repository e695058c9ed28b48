#include "conformance/contract/clause_catalogue.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "conformance/contract/embedded_clauses.h"
#include "core/check.h"
#include "core/json.h"
#include "core/json_fields.h"
#include "core/nearest.h"
#include "core/words.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

constexpr std::array<core::Word<Level>, 3> kLevels = {
    {{Level::kMust, "MUST"}, {Level::kShould, "SHOULD"}, {Level::kMay, "MAY"}}};
constexpr std::array<core::Word<CheckableBy>, 4> kCheckers = {
    {{CheckableBy::kServer, "server"},
     {CheckableBy::kClient, "client"},
     {CheckableBy::kSimulator, "simulator"},
     {CheckableBy::kReview, "review"}}};

// "G", "P,D": letters of G, P, D in this order, each at most once.
bool is_source(std::string_view text) {
  constexpr std::string_view kLetters = "GPD";
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 2 == 1) {
      if (text[i] != ',') return false;
      continue;
    }
    const std::size_t at = kLetters.find(text[i], from);
    if (at == std::string_view::npos) return false;
    from = at + 1;
  }
  return text.size() % 2 == 1;
}

template <typename Entry>
const Entry* entry_of(const std::vector<Entry>& entries, std::string_view id) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [id](const Entry& entry) { return entry.id == id; });
  return found == entries.end() ? nullptr : &*found;
}

template <typename Entry>
core::Result<const Entry*> entry_or_nearest(const std::vector<Entry>& entries, std::string_view id,
                                            const std::string& kind) {
  if (const Entry* entry = entry_of(entries, id)) return entry;
  std::vector<std::string> ids;
  ids.reserve(entries.size());
  for (const Entry& entry : entries) ids.push_back(entry.id);
  std::string upper(id);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const std::string near = core::nearest(upper, ids);
  return core::Error{"unknown_" + kind,
                     "unknown " + kind + " '" + std::string(id) + "'" +
                         (near.empty() ? std::string() : "; did you mean '" + near + "'?")};
}

Clause read_clause(json::Fields& fields) {
  Clause clause;
  clause.id = fields.required("id");
  if (!fields.has("level")) fields.required("level");
  clause.level = fields.word("level", kLevels).value_or(clause.level);
  clause.source = fields.required("source");
  if (!clause.source.empty() && !is_source(clause.source)) {
    fields.report("source", "invalid_value",
                  "is \"" + clause.source + "\"; expected G, P, D or several, as in \"G,P\"");
  }
  clause.statement = fields.required("statement");
  if (!fields.has("checkable_by")) fields.required("checkable_by");
  clause.checkable_by = fields.word("checkable_by", kCheckers).value_or(clause.checkable_by);
  if (fields.has("unchecked")) clause.unchecked = fields.required("unchecked");
  return clause;
}

Invariant read_invariant(json::Fields& fields) {
  Invariant invariant;
  invariant.id = fields.required("id");
  invariant.statement = fields.required("statement");
  return invariant;
}

// Reads each object of the list `key`, and reports ids that come again.
template <typename Entry>
std::vector<Entry> read_entries(json::Fields& root, std::string_view key,
                                Entry (*read)(json::Fields&)) {
  std::vector<Entry> entries;
  if (!root.array(key).present()) {
    root.report(key, "required", "is missing; expected an array");
    return entries;
  }
  for (const json::Value item : root.array(key).items()) {
    json::Path path = root.path_to(key);
    path.push_back(std::to_string(entries.size()));
    json::Fields fields(item, std::move(path), root.issues());
    Entry entry = read(fields);
    if (!entry.id.empty() && entry_of(entries, entry.id) != nullptr) {
      fields.report("id", "invalid_value", "is " + entry.id + ", as of another entry");
    }
    fields.finish();
    entries.push_back(std::move(entry));
  }
  return entries;
}

core::Error bad_catalogue(const json::Document& document, const json::Issues& issues) {
  core::Error error{"bad_catalogue", ""};
  const json::Places places(document.text());
  for (const json::Issue& issue : issues) {
    const json::Place place = places.of(issue.offset);
    if (!error.message.empty()) error.message += "\n";
    error.message += "line " + std::to_string(place.line) + ", column " +
                     std::to_string(place.column) + ": " + issue.message;
  }
  return error;
}

}  // namespace

std::string_view to_string(Level level) { return core::word_of(kLevels, level); }

std::string_view to_string(CheckableBy by) { return core::word_of(kCheckers, by); }

core::Result<ClauseCatalogue> ClauseCatalogue::parse(std::string_view text) {
  core::Result<json::Document> document = json::Document::parse(std::string(text));
  if (!document) return core::Error{"bad_catalogue", document.error().message};
  json::Issues issues;
  json::Fields root(document->root(), {}, issues);
  ClauseCatalogue catalogue;
  if (document->root().is_object()) {
    catalogue.clauses_ = read_entries<Clause>(root, "clauses", read_clause);
    catalogue.invariants_ = read_entries<Invariant>(root, "invariants", read_invariant);
    root.finish();
  }
  if (!issues.empty()) return bad_catalogue(*document, issues);
  return catalogue;
}

const ClauseCatalogue& ClauseCatalogue::builtin() {
  static const ClauseCatalogue kCatalogue = [] {
    core::Result<ClauseCatalogue> parsed = parse(kClausesJson);
    TERAPI_CHECK(parsed.has_value(), parsed.error().message);
    return std::move(*parsed);
  }();
  return kCatalogue;
}

const Clause* ClauseCatalogue::find(std::string_view id) const { return entry_of(clauses_, id); }

const Invariant* ClauseCatalogue::find_invariant(std::string_view id) const {
  return entry_of(invariants_, id);
}

core::Result<const Clause*> ClauseCatalogue::look_up(std::string_view id) const {
  return entry_or_nearest(clauses_, id, "clause");
}

core::Result<const Invariant*> ClauseCatalogue::look_up_invariant(std::string_view id) const {
  return entry_or_nearest(invariants_, id, "invariant");
}

}  // namespace terapi::conformance
