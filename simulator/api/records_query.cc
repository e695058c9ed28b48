#include "simulator/api/records_query.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "simulator/records/names.h"
#include "simulator/records/stream.h"

namespace terapi::simulator {
namespace {

constexpr std::size_t kMostLimit = 10'000;
constexpr std::size_t kMostIds = 100;
constexpr std::size_t kLongestId = 256;
constexpr std::size_t kLongestCursor = 1'000;
constexpr Duration kOldest = std::chrono::hours(24 * 365);

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Reads one request's parameters, collecting errors as it goes.
class Reader {
 public:
  Reader(const QueryParameters& parameters, const Dialect& dialect, Time now,
         std::vector<ValidationError>& errors)
      : parameters_(parameters), dialect_(dialect), now_(now), errors_(errors) {}

  RecordsQuery read() {
    RecordsQuery query;
    read_model(query);
    read_cursor(query);
    read_modified_after(query);
    read_limit(query);
    read_filter(query);
    read_ids(query);
    read_variant(query);
    refuse_unknown();
    return query;
  }

 private:
  void fail(std::string code, std::string message, std::vector<std::string> path) {
    errors_.push_back({std::move(code), std::move(message), std::move(path)});
  }

  // The one value of a parameter; given twice is an error (REC-3).
  std::optional<std::string> single(const std::string& name) {
    std::optional<std::string> value;
    int count = 0;
    for (const auto& [key, text] : parameters_) {
      if (key != name) continue;
      value = text;
      ++count;
    }
    if (count <= 1) return value;
    fail("invalid_type", "Invalid input: expected one value, received " + std::to_string(count),
         {name});
    return std::nullopt;
  }

  void read_model(RecordsQuery& query) {
    const bool given = std::any_of(parameters_.begin(), parameters_.end(),
                                   [](const auto& p) { return p.first == "model"; });
    const std::optional<std::string> model = single("model");
    if (!given) {
      fail("invalid_type", "Invalid input: expected string, received undefined", {"model"});
    }
    if (!model) return;
    query.model = *model;
    if (name_fault(NameOf::kModel, *model)) {
      fail("invalid_format", "Invalid model: expected 1 to 255 characters", {"model"});
    }
  }

  void read_variant(RecordsQuery& query) {
    const std::optional<std::string> variant = single("variant");
    if (!variant) return;
    if (!name_fault(NameOf::kVariant, *variant)) {
      query.variant = *variant;
    } else {
      fail("invalid_format", "Invalid string: must match pattern /^[a-zA-Z0-9_-]+$/", {"variant"});
    }
  }

  void read_cursor(RecordsQuery& query) {
    const std::optional<std::string> cursor = single("cursor");
    if (!cursor) return;
    if (cursor->empty()) {
      return fail("too_small", "Too small: expected string to have >=1 characters", {"cursor"});
    }
    if (cursor->size() > kLongestCursor) {
      return fail("too_big", "Too big: expected string to have <=1000 characters", {"cursor"});
    }
    query.after = decode_cursor(*cursor, dialect_);
    query.bad_cursor = !query.after;
  }

  void read_modified_after(RecordsQuery& query) {
    const std::optional<std::string> newer = single("modified_after");
    const std::optional<std::string> older = single("delta");
    const std::string name = older ? "delta" : "modified_after";
    const std::optional<std::string>& given = older ? older : newer;
    if (!given) return;
    std::optional<Time> time = core::parse_rfc3339(*given);
    if (time && dialect_.modified_after_needs_z) {
      if (!given->ends_with("Z")) time.reset();
      if (time) time = std::chrono::floor<std::chrono::milliseconds>(*time);
    }
    if (!time) {
      std::string message = "Invalid ISO datetime";
      if (given->find(' ') != std::string::npos && !dialect_.modified_after_needs_z) {
        message += "; a '+' has to be sent as %2B (curl: --data-urlencode)";
      }
      return fail("invalid_format", std::move(message), {name});
    }
    if (*time < now_ - kOldest) {
      return fail("custom", "must be within the last 12 months", {name});
    }
    query.modified_from = time;
  }

  void read_limit(RecordsQuery& query) {
    const std::optional<std::string> text = single("limit");
    if (!text) return;
    if (dialect_.fraction_limit_ends_paging) return read_javascript_limit(*text, query);
    const bool digits = !text->empty() && std::all_of(text->begin(), text->end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) {
      return fail("invalid_type", "Invalid input: expected a whole number from 1 to 10000",
                  {"limit"});
    }
    const std::size_t significant = std::min(text->find_first_not_of('0'), text->size());
    const std::size_t value = text->size() - significant > 6
                                  ? kMostLimit + 1
                                  : std::strtoul(text->c_str() + significant, nullptr, 10);
    check_limit(value<1, value> kMostLimit);
    query.limit = value;
  }

  void check_limit(bool too_small, bool too_big) {
    if (too_small) fail("too_small", "Too small: expected number to be >=1", {"limit"});
    if (too_big) fail("too_big", "Too big: expected number to be <=10000", {"limit"});
  }

  // The public system reads limits as JavaScript numbers, and a fraction ends the paging.
  void read_javascript_limit(const std::string& text, RecordsQuery& query) {
    char* end = nullptr;
    const double value = text.empty() ? 0 : std::strtod(text.c_str(), &end);
    if (!text.empty() && (end != text.c_str() + text.size() || !std::isfinite(value))) {
      return fail("invalid_type", "Invalid input: expected number, received NaN", {"limit"});
    }
    check_limit(value<1, value> static_cast<double>(kMostLimit));
    if (value < 1 || value > static_cast<double>(kMostLimit)) return;
    query.ends_paging = value != std::floor(value);
    query.limit = static_cast<std::size_t>(value) + (query.ends_paging ? 1 : 0);
  }

  void read_filter(RecordsQuery& query) {
    const std::optional<std::string> text = single("filter");
    if (!text) return;
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
    query.actions = dialect_.filter_loses_deleted ? measured_filter(words, actions) : actions;
  }

  std::optional<Action> action_of(const std::string& word) const {
    std::string folded = word;
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    if (dialect_.filter_loses_deleted) {
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
    for (const auto& [name, value] : parameters_) {
      if (name == "ids" || name == "ids[]") query.ids.push_back(value);
    }
    const bool bad = query.ids.size() > kMostIds ||
                     std::any_of(query.ids.begin(), query.ids.end(), [](const std::string& id) {
                       return id.empty() || id.size() > kLongestId;
                     });
    if (bad) {
      fail("invalid_union", "Invalid input: expected at most 100 ids of 1 to 256 characters",
           {"ids"});
    }
  }

  void refuse_unknown() {
    static const std::set<std::string, std::less<>> kKnown = {
        "model", "cursor", "modified_after", "delta", "limit", "filter", "ids", "ids[]", "variant"};
    std::vector<std::string> unknown;
    for (const auto& [name, value] : parameters_) {
      if (!kKnown.contains(name) &&
          std::find(unknown.begin(), unknown.end(), name) == unknown.end()) {
        unknown.push_back(name);
      }
    }
    if (unknown.empty()) return;
    std::string message = unknown.size() == 1 ? "Unrecognized key: " : "Unrecognized keys: ";
    for (std::size_t i = 0; i < unknown.size(); ++i) {
      message += (i == 0 ? "\"" : ", \"") + unknown[i] + "\"";
    }
    fail("unrecognized_keys", std::move(message), {});
  }

  const QueryParameters& parameters_;
  const Dialect& dialect_;
  Time now_;
  std::vector<ValidationError>& errors_;
};

}  // namespace

RecordsQuery read_records_query(const QueryParameters& parameters, const Dialect& dialect, Time now,
                                std::vector<ValidationError>& errors) {
  return Reader(parameters, dialect, now, errors).read();
}

}  // namespace terapi::simulator
