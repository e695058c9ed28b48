// Servers that take a request for another one.
#include <algorithm>
#include <cmath>

#include "conformance/harness/mutants/changed_page.h"
#include "conformance/harness/mutants/records_target.h"
#include "conformance/harness/mutants/server_lists.h"
#include "conformance/harness/mutants/whole_stream.h"
#include "core/rfc3339.h"

namespace terapi::conformance {
namespace {

// Changes the query of each request for records.
class MisreadsQueries final : public ServerMutation {
 public:
  using Change = void (*)(RecordsTarget& target);
  MisreadsQueries(core::Clock& clock, Change change) : ServerMutation(clock), change_(change) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (auto target = RecordsTarget::of(request)) {
      change_(*target);
      request.target = target->text();
    }
    inner(std::move(request), std::move(answered));
  }

 private:
  Change change_;
};

std::vector<std::string> words_of(const std::string& filter) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= filter.size();) {
    const std::size_t end = std::min(filter.find(',', begin), filter.size());
    words.push_back(filter.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

void filter_drops_deleted(RecordsTarget& target) {
  const auto words = words_of(target.get("filter").value_or(""));
  if (words.size() < 2) return;
  std::string kept;
  for (const std::string& word : words) {
    if (!core::equals_ignoring_case(word, "deleted")) kept += (kept.empty() ? "" : ",") + word;
  }
  if (!kept.empty()) target.set("filter", kept);
}
void filter_ignored_with_cursor(RecordsTarget& target) {
  if (target.get("cursor")) target.erase("filter");
}
void small_limit_ignored(RecordsTarget& target) {
  const std::string limit = target.get("limit").value_or("");
  const bool number = !limit.empty() && limit.size() < 3 &&
                      limit.find_first_not_of("0123456789") == std::string::npos &&
                      limit.find_first_not_of('0') != std::string::npos;
  if (number) target.erase("limit");
}
void modified_after_exclusive(RecordsTarget& target) {
  const auto time = core::parse_rfc3339(target.get("modified_after").value_or(""));
  if (time) target.set("modified_after", core::format_rfc3339(*time + core::Duration(1)));
}
void modified_after_in_milliseconds(RecordsTarget& target) {
  const auto time = core::parse_rfc3339(target.get("modified_after").value_or(""));
  if (!time) return;
  const auto whole = std::chrono::floor<std::chrono::milliseconds>(*time);
  target.set("modified_after", core::format_rfc3339(whole));
}
void modified_after_wins(RecordsTarget& target) {
  if (target.get("modified_after")) target.erase("cursor");
}
void unknown_parameters_accepted(RecordsTarget& target) {
  target.keep_only(
      {"model", "cursor", "modified_after", "delta", "limit", "filter", "ids", "ids[]", "variant"});
}
void variant_ignored(RecordsTarget& target) { target.erase("variant"); }

// Takes limit=1.5 for 2, and knows no next page then.
class FractionLimit final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    auto target = RecordsTarget::of(request);
    const std::string limit = target ? target->get("limit").value_or("") : "";
    const bool fraction = limit.find('.') != std::string::npos &&
                          limit.find_first_not_of("0123456789.") == std::string::npos;
    if (!fraction) return inner(std::move(request), std::move(answered));
    const double number = std::ceil(std::strtod(limit.c_str(), nullptr));
    target->set("limit", std::to_string(static_cast<long>(number)));
    request.target = target->text();
    inner(std::move(request), [answered = std::move(answered)](core::Outcome outcome) {
      if (auto page = ChangedPage::parse(outcome.response.body)) {
        page->next_cursor.reset();
        outcome.response.body = page->text();
      }
      answered(std::move(outcome));
    });
  }
};

class HeadIs500 final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (request.method == "HEAD" && RecordsTarget::of(request)) {
      return answered({{500, {{"Content-Type", "application/json"}}, ""}, {}});
    }
    inner(std::move(request), std::move(answered));
  }
};

// Opens whatever connection there is, in whichever environment.
class OtherEnvironmentVisible final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (!RecordsTarget::of(request)) return inner(std::move(request), std::move(answered));
    inner(request, [&inner, request, answered = std::move(answered)](core::Outcome outcome) {
      if (outcome.response.body.find("unknown_connection") == std::string::npos) {
        return answered(std::move(outcome));
      }
      for (const std::string& key : keys_of(inner)) {
        core::Request other = request;
        other.headers.set("Authorization", "Bearer " + key);
        bool found = false;
        inner(std::move(other), [&](const core::Outcome& theirs) {
          found = theirs.response.status == 200;
          if (found) outcome = theirs;
        });
        if (found) break;
      }
      answered(std::move(outcome));
    });
  }

 private:
  static std::vector<std::string> keys_of(const core::Handler& inner) {
    const auto world = core::json::Document::parse(control_call(inner, "GET", "/world"));
    std::vector<std::string> keys;
    if (!world) return keys;
    keys.push_back(world->root()["environment"]["secret_key"].string());
    for (const auto environment : world->root()["environments"].items()) {
      keys.push_back(environment["secret_key"].string());
      keys.push_back(environment["environment"]["secret_key"].string());
    }
    std::erase(keys, "");
    return keys;
  }
};

// Compares the scheme letter by letter.
class SchemeByCase final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    const auto given = request.headers.get("Authorization");
    const bool odd = given && !given->starts_with("Bearer ") && given->size() > 7 &&
                     core::equals_ignoring_case(given->substr(0, 7), "bearer ");
    if (!odd || request.target.starts_with("/_simulator")) {
      return inner(std::move(request), std::move(answered));
    }
    answered({{401,
               {{"Content-Type", "application/json"}},
               R"({"error":{"code":"malformed_auth_header","message":"no Bearer token"}})"},
              {}});
  }
};

}  // namespace

std::vector<ServerMutant> query_mutants() {
  return {
      server_mutant<MisreadsQueries>("filter-drops-deletes", "REC-7",
                                     "Loses `deleted` from a filter of several words.",
                                     &filter_drops_deleted),
      server_mutant<MisreadsQueries>("filter-ignored-with-cursor", "REC-9",
                                     "Applies a filter to the first page only.",
                                     &filter_ignored_with_cursor),
      server_mutant<MisreadsQueries>("limit-ignored", "REC-5",
                                     "Serves a hundred records where fewer were asked for.",
                                     &small_limit_ignored),
      server_mutant<MisreadsQueries>("modified-after-exclusive", "REC-8",
                                     "Leaves out what was modified at modified_after itself.",
                                     &modified_after_exclusive),
      server_mutant<MisreadsQueries>("modified-after-in-milliseconds", "REC-8",
                                     "Compares modified_after in milliseconds.",
                                     &modified_after_in_milliseconds),
      server_mutant<MisreadsQueries>(
          "modified-after-drops-cursor", "REC-9",
          "Ignores the cursor when there is a modified_after: the paging "
          "never gets on.",
          &modified_after_wins),
      server_mutant<MisreadsQueries>("unknown-parameter-accepted", "REC-3",
                                     "Ignores a query parameter that it does not know.",
                                     &unknown_parameters_accepted),
      server_mutant<MisreadsQueries>("variant-ignored", "REC-1",
                                     "Serves the base variant's records for every variant.",
                                     &variant_ignored),
      server_mutant<FractionLimit>("fraction-limit", "REC-5",
                                   "Accepts limit=1.5 and says that no page follows."),
      server_mutant<HeadIs500>("head-with-500", "REC-2", "Answers 500 to HEAD."),
      server_mutant<OtherEnvironmentVisible>("other-environment-visible", "AUTH-3",
                                             "Opens another environment's connections with this "
                                             "one's key."),
      server_mutant<SchemeByCase>("scheme-by-case", "AUTH-2", "Refuses `bearer` in lower case."),
  };
}

}  // namespace terapi::conformance
