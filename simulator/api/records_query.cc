#include "simulator/api/records_query.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>

#include "simulator/api/input_check.h"
#include "simulator/javascript/iso_datetime.h"
#include "simulator/javascript/javascript_date.h"
#include "simulator/javascript/javascript_number.h"
#include "simulator/records/names.h"
#include "simulator/records/stream.h"

namespace terapi::simulator {
namespace {

constexpr double kMostLimit = 10'000;
constexpr std::size_t kMostIds = 100;
constexpr std::size_t kLongestAskedId = 256;
constexpr Duration kOldest = std::chrono::hours(24 * 365);

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Reads one request's parameters, collecting errors as it goes.
class Reader {
 public:
  Reader(const std::vector<QueryEntry>& entries, const Dialect& dialect, Time now,
         std::vector<ValidationError>& errors)
      : entries_(entries), dialect_(dialect), now_(now), errors_(errors) {}

  RecordsQuery read() {
    RecordsQuery query;
    read_model(query);
    read_variant(query);
    read_times(query);
    read_limit(query);
    read_filter(query);
    read_cursor(query);
    read_ids(query);
    refuse_unknown();
    return query;
  }

 private:
  void fail(std::string code, std::string message, std::vector<std::string> path) {
    errors_.push_back({std::move(code), std::move(message), std::move(path)});
  }

  const QueryEntry* find(std::string_view name) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const QueryEntry& entry) { return entry.name == name; });
    return found == entries_.end() ? nullptr : &*found;
  }

  // The one value of a parameter; given twice is an error (REC-3).
  const std::string* single(const std::string& name) {
    const QueryEntry* entry = find(name);
    if (entry == nullptr) return nullptr;
    if (entry->kind == QueryEntry::Kind::kText) return &entry->values.front();
    wrong_type("string", entry->kind == QueryEntry::Kind::kList ? "array" : "object", {name},
               errors_);
    return nullptr;
  }

  void read_model(RecordsQuery& query) {
    const std::string* model = single("model");
    if (find("model") == nullptr) wrong_type("string", "undefined", {"model"}, errors_);
    if (model == nullptr) return;
    query.model = *model;
    if (!dialect_.model.empty()) {
      check_text(*model, {"model"}, {.pattern = dialect_.model, .most = kLongestInput}, errors_);
    } else if (name_fault(NameOf::kModel, *model)) {
      fail("invalid_format", "Invalid model: expected 1 to 255 characters", {"model"});
    }
  }

  void read_variant(RecordsQuery& query) {
    const std::string* variant = single("variant");
    if (variant == nullptr) return;
    query.variant = *variant;
    check_text(*variant, {"variant"}, {.pattern = dialect_.variant, .most = kLongestInput},
               errors_);
  }

  void read_cursor(RecordsQuery& query) {
    const std::string* cursor = single("cursor");
    if (cursor == nullptr) return;
    check_text(*cursor, {"cursor"}, {.least = 1, .most = kLongestCursorInput}, errors_);
    query.after = decode_cursor(*cursor, dialect_);
    query.bad_cursor = !query.after;
  }

  // Both names are checked; the older one holds.
  void read_times(RecordsQuery& query) {
    const std::optional<Time> older = read_time("delta");
    const std::optional<Time> newer = read_time("modified_after");
    query.modified_from = older ? older : newer;
  }

  std::optional<Time> read_time(const std::string& name) {
    const std::string* given = single(name);
    if (given == nullptr) return std::nullopt;
    return dialect_.modified_after_needs_z ? read_javascript_time(name, *given)
                                           : read_rfc3339_time(name, *given);
  }

  std::optional<Time> read_rfc3339_time(const std::string& name, const std::string& given) {
    const std::optional<Time> time = core::parse_rfc3339(given);
    if (!time) {
      std::string message = "Invalid ISO datetime";
      if (given.find(' ') != std::string::npos) {
        message += "; a '+' has to be sent as %2B (curl: --data-urlencode)";
      }
      fail("invalid_format", std::move(message), {name});
      return std::nullopt;
    }
    check_age(name, *time);
    return time;
  }

  // Two checks of one text: its form, and how old the date is that JavaScript reads in it.
  std::optional<Time> read_javascript_time(const std::string& name, const std::string& given) {
    const auto time = parse_iso_datetime(given, Offsets::kOnlyZ, Microseconds::kCutOff);
    if (!time) fail("invalid_format", "Invalid ISO datetime", {name});
    check_age(name, javascript_date(given).value_or(Time::min()));
    if (!time) return std::nullopt;
    return std::chrono::floor<std::chrono::milliseconds>(*time);
  }

  void check_age(const std::string& name, Time time) {
    if (time < now_ - kOldest) fail("custom", "must be within the last 12 months", {name});
  }

  void read_limit(RecordsQuery& query) {
    if (dialect_.javascript_values || dialect_.has(Quirk::kFractionLimit)) {
      return read_javascript_limit(query);
    }
    const std::string* text = single("limit");
    if (text == nullptr) return;
    const bool digits = !text->empty() && std::all_of(text->begin(), text->end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) {
      return fail("invalid_type", "Invalid input: expected a whole number from 1 to 10000",
                  {"limit"});
    }
    const double value = std::strtod(text->c_str(), nullptr);
    check_number(value, {"limit"}, kMostLimit, errors_);
    if (value <= kMostLimit) query.limit = static_cast<std::size_t>(value);
  }

  // The public system reads limits as JavaScript numbers, of whatever stands there, and a fraction
  // ends the paging.
  void read_javascript_limit(RecordsQuery& query) {
    const QueryEntry* entry = find("limit");
    if (entry == nullptr) return;
    const bool one = entry->kind != QueryEntry::Kind::kObject && entry->values.size() == 1;
    const double value =
        one ? javascript_number(entry->values.front()) : std::numeric_limits<double>::quiet_NaN();
    check_number(value, {"limit"}, kMostLimit, errors_);
    if (!(value >= 1 && value <= kMostLimit)) return;
    query.ends_paging = value != std::floor(value) && dialect_.has(Quirk::kFractionLimit);
    query.limit = static_cast<std::size_t>(value) + (query.ends_paging ? 1 : 0);
  }

  void read_filter(RecordsQuery& query) {
    const std::string* text = single("filter");
    if (text == nullptr) return;
    std::vector<std::string> words;
    std::size_t begin = 0;
    while (begin <= text->size()) {
      const std::size_t end = std::min(text->find(',', begin), text->size());
      words.push_back(text->substr(begin, end - begin));
      begin = end + 1;
    }
    ActionSet actions;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::optional<Action> action = action_of(words[i]);
      if (action) {
        actions.set(static_cast<std::size_t>(*action));
      } else {
        fail("invalid_value",
             "Invalid option: expected one of "
             "\"added\"|\"updated\"|\"deleted\"|\"ADDED\"|\"UPDATED\"|\"DELETED\"",
             {"filter", std::to_string(i)});
      }
    }
    const bool measured = dialect_.has(Quirk::kFilterDropsDeleted);
    query.actions = measured ? measured_filter(words, actions) : actions;
  }

  std::optional<Action> action_of(const std::string& word) const {
    std::string folded = word;
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    if (dialect_.exact_filter_words) {
      std::string upper = word;
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
      if (word != folded && word != upper) return std::nullopt;
    }
    if (folded == "added") return Action::kAdded;
    if (folded == "updated") return Action::kUpdated;
    if (folded == "deleted") return Action::kDeleted;
    return std::nullopt;
  }

  // What the public system makes of several words: repeated ones alone mean everything, and beside
  // another word `deleted` is lost.
  static ActionSet measured_filter(const std::vector<std::string>& words, ActionSet actions) {
    if (words.size() < 2) return actions;
    if (actions.count() == 1) return all_actions();
    actions.reset(static_cast<std::size_t>(Action::kDeleted));
    return actions;
  }

  void read_ids(RecordsQuery& query) {
    const QueryEntry* entry = find("ids");
    if (entry == nullptr) return;
    query.ids = entry->values;
    const bool bad = entry->kind == QueryEntry::Kind::kObject || query.ids.size() > kMostIds ||
                     std::any_of(query.ids.begin(), query.ids.end(), [](const std::string& id) {
                       return id.empty() || javascript_length(id) > kLongestAskedId;
                     });
    if (bad) {
      const bool plain = dialect_.zod;
      fail("invalid_union",
           plain ? "Invalid input"
                 : "Invalid input: expected at most 100 ids of 1 to 256 characters",
           {"ids"});
    }
    // PostgreSQL's texts have no NUL.
    if (dialect_.javascript_values) {
      for (std::string& id : query.ids) std::erase(id, '\0');
    }
  }

  void refuse_unknown() {
    static const std::set<std::string, std::less<>> kKnown = {
        "model", "cursor", "modified_after", "delta", "limit", "filter", "ids", "variant"};
    std::vector<std::string> unknown;
    for (const QueryEntry& entry : entries_) {
      if (!kKnown.contains(entry.name)) unknown.push_back(entry.name);
    }
    check_unknown(unknown, errors_);
  }

  const std::vector<QueryEntry>& entries_;
  const Dialect& dialect_;
  Time now_;
  std::vector<ValidationError>& errors_;
};

}  // namespace

RecordsQuery read_records_query(const std::vector<QueryEntry>& entries, const Dialect& dialect,
                                Time now, std::vector<ValidationError>& errors) {
  return Reader(entries, dialect, now, errors).read();
}

}  // namespace terapi::simulator
