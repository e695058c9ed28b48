#include "conformance/evidence/sometimes.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace terapi::conformance {
namespace {

bool any_exchange(const History& history, const std::function<bool(const Exchange&)>& is_it) {
  return std::any_of(history.exchanges.begin(), history.exchanges.end(), is_it);
}

bool any_event(const History& history, EventKind kind) {
  return std::any_of(history.events().begin(), history.events().end(),
                     [kind](const Event& event) { return event.kind == kind; });
}

// A page was asked for after records had changed since the page before it.
bool changed_between_pages(const History& history) {
  for (const Exchange& exchange : history.exchanges) {
    if (!exchange.next_cursor || !exchange.response) continue;
    for (const Exchange& next : history.exchanges) {
      if (next.cursor != exchange.next_cursor || next.request < *exchange.response) continue;
      for (std::size_t i = *exchange.response; i < next.request; ++i) {
        if (history.events()[i].kind == EventKind::kRun) return true;
      }
    }
  }
  return false;
}

using Look = bool (*)(const History&);

const std::vector<std::pair<std::string, Look>>& looks() {
  static const std::vector<std::pair<std::string, Look>> kLooks = {
      {"several pages",
       [](const History& h) {
         return any_exchange(h, [](const Exchange& e) { return e.next_cursor.has_value(); });
       }},
      {"an empty page",
       [](const History& h) {
         return any_exchange(h, [](const Exchange& e) {
           return e.status == 200 && e.records.empty() && e.next_cursor;
         });
       }},
      {"a resume",
       [](const History& h) {
         return any_exchange(h, [](const Exchange& e) { return e.life > 1 && e.cursor; });
       }},
      {"a full read",
       [](const History& h) {
         return any_exchange(h, [&h](const Exchange& e) {
           return !e.cursor && !e.restricted && &e != &h.exchanges.front();
         });
       }},
      {"a change between pages", &changed_between_pages},
      {"a kill", [](const History& h) { return any_event(h, EventKind::kKill); }},
      {"a webhook accepted",
       [](const History& h) {
         return std::any_of(h.webhooks.begin(), h.webhooks.end(), [](const WebhookSight& w) {
           return w.status >= 200 && w.status < 300;
         });
       }},
      {"a webhook refused",
       [](const History& h) {
         return std::any_of(h.webhooks.begin(), h.webhooks.end(), [](const WebhookSight& w) {
           return w.status >= 400 && w.status < 500;
         });
       }},
  };
  return kLooks;
}

}  // namespace

std::vector<std::string> sometimes_words() {
  std::vector<std::string> words;
  for (const auto& [word, look] : looks()) words.push_back(word);
  return words;
}

bool happened(std::string_view word, const History& history) {
  return std::any_of(looks().begin(), looks().end(), [&](const auto& entry) {
    return entry.first == word && entry.second(history);
  });
}

}  // namespace terapi::conformance
