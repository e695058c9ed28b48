#include "conformance/contract/clause_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/test_places.h"

namespace terapi::conformance {
namespace {

using testing::HasSubstr;

// A row of the tables in docs/contract.md.
struct DocumentedClause {
  std::string id;
  std::string level;
  std::string source;  // "P,D"
  std::string now;     // "✔", "◐" or "○"
};

std::vector<DocumentedClause> documented_clauses() {
  std::ifstream file(core::source_folder() + "/docs/contract.md");
  std::vector<DocumentedClause> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::istringstream rest(line);
    for (std::string cell; std::getline(rest, cell, '|');) {
      std::erase(cell, ' ');
      cells.push_back(cell);
    }
    const bool clause = cells.size() > 5 && cells[1].find('-') != std::string::npos &&
                        cells[1].find_first_not_of('-') != std::string::npos;
    if (clause) rows.push_back({cells[1], cells[2], cells[3], cells[4]});
  }
  return rows;
}

std::string catalogue_error(std::string_view text) {
  core::Result<ClauseCatalogue> parsed = ClauseCatalogue::parse(text);
  if (parsed) return "parsed";
  EXPECT_EQ(parsed.error().code, "bad_catalogue");
  return parsed.error().message;
}

// A catalogue with this clause and no invariant.
std::string with_clause(const std::string& members) {
  return "{\"clauses\":[\n  {" + members + "}],\n \"invariants\":[]}";
}

constexpr char kWholeClause[] =
    R"("id":"A-1","level":"MUST","source":"G","statement":"So.","checkable_by":"server")";

TEST(ClauseCatalogue, HasTheClausesOfTheContract) {
  std::vector<std::string> documented;
  for (const DocumentedClause& row : documented_clauses()) {
    documented.push_back(row.id + " " + row.level + " " + row.source);
  }
  ASSERT_GT(documented.size(), 70U) << "the tables were not found";
  std::vector<std::string> known;
  for (const Clause& clause : ClauseCatalogue::builtin().clauses()) {
    known.push_back(clause.id + " " + std::string(to_string(clause.level)) + " " + clause.source);
  }
  EXPECT_THAT(known, testing::UnorderedElementsAreArray(documented));
}

TEST(ClauseCatalogue, NumbersItsClausesFromOneInEachGroup) {
  std::map<std::string, int> last;
  for (const Clause& clause : ClauseCatalogue::builtin().clauses()) {
    const std::size_t dash = clause.id.find('-');
    const int number = std::stoi(clause.id.substr(dash + 1));
    int& before = last[clause.id.substr(0, dash)];
    EXPECT_EQ(number, before + 1) << clause.id;
    before = number;
  }
}

TEST(ClauseCatalogue, EveryEntryIsASentenceOfItsOwn) {
  std::set<std::string> statements;
  for (const Clause& clause : ClauseCatalogue::builtin().clauses()) {
    EXPECT_GT(clause.statement.size(), 20U) << clause.id;
    EXPECT_EQ(clause.statement.back(), '.') << clause.id;
    EXPECT_EQ(clause.statement.find_first_of("`*\n"), std::string::npos)
        << clause.id << " is not plain text";
    EXPECT_TRUE(statements.insert(clause.statement).second) << clause.id;
  }
  for (const Invariant& invariant : ClauseCatalogue::builtin().invariants()) {
    EXPECT_GT(invariant.statement.size(), 20U) << invariant.id;
    EXPECT_EQ(invariant.statement.back(), '.') << invariant.id;
  }
}

TEST(ClauseCatalogue, WhatIsPlannedIsUncheckedAndSaysWhy) {
  int implemented = 0;
  for (const DocumentedClause& row : documented_clauses()) {
    if (row.now == "✔") ++implemented;
    if (row.now != "○") continue;
    const Clause* clause = ClauseCatalogue::builtin().find(row.id);
    ASSERT_NE(clause, nullptr) << row.id;
    EXPECT_THAT(clause->unchecked, HasSubstr("Planned")) << row.id;
  }
  EXPECT_GT(implemented, 50) << "the marks were not found";
  EXPECT_EQ(ClauseCatalogue::builtin().find("CUR-3")->unchecked, "");
  EXPECT_EQ(ClauseCatalogue::builtin().find("AUTH-5")->unchecked, "");
}

TEST(ClauseCatalogue, HasTheInvariants) {
  std::vector<std::string> ids;
  for (const Invariant& invariant : ClauseCatalogue::builtin().invariants()) {
    ids.push_back(invariant.id);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9",
                                           "I10", "V1", "V2", "V3", "V4"}));
}

TEST(ClauseCatalogue, FindsById) {
  const ClauseCatalogue& catalogue = ClauseCatalogue::builtin();
  const Clause* clause = catalogue.find("CLIENT-9");
  ASSERT_NE(clause, nullptr);
  EXPECT_EQ(clause->id, "CLIENT-9");
  EXPECT_EQ(clause->checkable_by, CheckableBy::kClient);
  EXPECT_EQ(clause->source, "D");
  EXPECT_EQ(catalogue.find("CLIENT-99"), nullptr);
  EXPECT_EQ(catalogue.find(""), nullptr);
  ASSERT_NE(catalogue.find_invariant("I10"), nullptr);
  EXPECT_EQ(catalogue.find_invariant("I11"), nullptr);
  EXPECT_EQ(*catalogue.look_up("CUR-3"), catalogue.find("CUR-3"));
  EXPECT_EQ(*catalogue.look_up_invariant("V2"), catalogue.find_invariant("V2"));
}

TEST(ClauseCatalogue, SaysWhichIdMayHaveBeenMeant) {
  const ClauseCatalogue& catalogue = ClauseCatalogue::builtin();
  EXPECT_EQ(catalogue.look_up("CURS-3").error(),
            (core::Error{"unknown_clause", "unknown clause 'CURS-3'; did you mean 'CUR-3'?"}));
  EXPECT_EQ(catalogue.look_up("cur-3").error().message,
            "unknown clause 'cur-3'; did you mean 'CUR-3'?");
  EXPECT_EQ(catalogue.look_up("nonsense").error().message, "unknown clause 'nonsense'");
  EXPECT_EQ(catalogue.look_up_invariant("i4").error(),
            (core::Error{"unknown_invariant", "unknown invariant 'i4'; did you mean 'I4'?"}));
}

TEST(ClauseCatalogueText, IsRead) {
  core::Result<ClauseCatalogue> parsed = ClauseCatalogue::parse(
      R"({"clauses":[{"id":"A-1","level":"SHOULD","source":"G,P,D","statement":"So.",
          "checkable_by":"review","unchecked":"Not yet."}],
          "invariants":[{"id":"I1","statement":"Always."}]})");
  ASSERT_TRUE(parsed) << parsed.error().message;
  const Clause& clause = parsed->clauses().at(0);
  EXPECT_EQ(clause.level, Level::kShould);
  EXPECT_EQ(clause.source, "G,P,D");
  EXPECT_EQ(clause.checkable_by, CheckableBy::kReview);
  EXPECT_EQ(clause.unchecked, "Not yet.");
  EXPECT_EQ(parsed->invariants().at(0).statement, "Always.");
  EXPECT_EQ(catalogue_error(with_clause(kWholeClause)), "parsed");
}

TEST(ClauseCatalogueText, FaultsAreNamedWithTheirPlace) {
  EXPECT_THAT(catalogue_error("{"), HasSubstr("line 1, column 2"));
  EXPECT_THAT(catalogue_error("[]"), HasSubstr("expected an object"));
  EXPECT_THAT(catalogue_error(R"({"clauses":[]})"), HasSubstr("invariants is missing"));
  EXPECT_THAT(catalogue_error(with_clause(std::string(kWholeClause) + R"(,"uncheckd":"x")")),
              HasSubstr("did you mean 'unchecked'?"));
  EXPECT_THAT(catalogue_error(with_clause(R"("id":"A-1")")),
              testing::AllOf(HasSubstr("line 2, column 3: clauses[0].level is missing"),
                             HasSubstr("source is missing"), HasSubstr("statement is missing"),
                             HasSubstr("checkable_by is missing")));
}

TEST(ClauseCatalogueText, RefusesValuesThatAreNone) {
  const std::string whole = kWholeClause;
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = whole;
    changed.replace(changed.find(from), from.size(), to);
    return catalogue_error(with_clause(changed));
  };
  EXPECT_THAT(replaced("\"MUST\"", "\"MUSS\""), HasSubstr("line 2, column 23: clauses[0].level"));
  EXPECT_THAT(replaced("\"server\"", "\"nobody\""), HasSubstr("clauses[0].checkable_by"));
  EXPECT_THAT(replaced("\"So.\"", "\"\""), HasSubstr("clauses[0].statement"));
  for (const char* source : {"\"X\"", "\"D,G\"", "\"G,\"", "\"GP\"", "\"G,G\"", "\"G P\""}) {
    EXPECT_THAT(replaced("\"G\"", source), HasSubstr("expected G, P, D or several")) << source;
  }
  EXPECT_THAT(catalogue_error(with_clause(whole + ",\"unchecked\":\"\"")),
              HasSubstr("clauses[0].unchecked"));
  EXPECT_THAT(catalogue_error(with_clause(whole + "},{" + whole)),
              HasSubstr("clauses[1].id is A-1, as of another entry"));
}

}  // namespace
}  // namespace terapi::conformance
