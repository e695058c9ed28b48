#include "simulator/observation/log_filter.h"

#include <algorithm>
#include <limits>

namespace terapi::simulator {
namespace {

bool fits(const std::string& wanted, const std::string& is) {
  return wanted.empty() || wanted == is;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool stands_in(const std::string& text, const std::string& part) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool in_fields(const LogFields& fields, const std::string& part) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return stands_in(field.second, part); });
}

bool says(const Operation& operation, const std::string& text) {
  const auto has = [&](const std::string& its) { return stands_in(its, text); };
  if (has(message_of(operation)) || has(operation.name) || has(operation.sync) ||
      in_fields(operation.fields, text)) {
    return true;
  }
  const std::vector<std::string> streams = streams_of(operation);
  return std::any_of(streams.begin(), streams.end(), has) ||
         std::any_of(operation.steps.begin(), operation.steps.end(), [&](const LogStep& step) {
           return has(step.message) || in_fields(step.fields, text);
         });
}

}  // namespace

bool LogFilter::matches(const Operation& operation) const {
  if (operation.level < least || (kind && operation.kind != *kind)) return false;
  if (outcome && operation.outcome != *outcome) return false;
  if ((from && operation.at < *from) || (to && operation.at > *to)) return false;
  if (!fits(environment, operation.environment) || !fits(integration, operation.integration) ||
      !fits(connection, operation.connection) || !fits(sync, operation.sync) ||
      !fits(variant, operation.variant)) {
    return false;
  }
  const auto& models = operation.models;
  if (!model.empty() && std::find(models.begin(), models.end(), model) == models.end()) {
    return false;
  }
  if (!event.empty()) {
    const std::string its = event_of(operation);
    if (its != event && !its.starts_with(event + ".")) return false;
  }
  return text.empty() || says(operation, text);
}

LogPage read_log(const LogBook& logs, const LogFilter& filter, const LogRange& range) {
  LogPage page;
  const auto take = [&](const Operation& operation) {
    if (!filter.matches(operation)) return true;
    if (page.operations.size() == range.limit) {
      page.next = page.operations.back()->id;
      return false;
    }
    page.operations.push_back(&operation);
    return true;
  };
  if (range.after) {
    logs.walk_up(*range.after, take);
    return page;
  }
  logs.walk_down(range.before.value_or(std::numeric_limits<std::uint64_t>::max()), take);
  std::reverse(page.operations.begin(), page.operations.end());
  return page;
}

}  // namespace terapi::simulator
