#include "conformance/evidence/sometimes.h"

#include <algorithm>
#include <functional>
#include <iterator>

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

bool any_webhook(const History& history, int least, int most) {
  return std::any_of(history.webhooks.begin(), history.webhooks.end(), [&](const WebhookSight& w) {
    return w.answered && w.status >= least && w.status <= most;
  });
}

struct Word {
  std::string_view word;
  bool of_clients;  // it takes a client under test
  bool (*happened)(const History&);
};

constexpr Word kWords[] = {
    {"several pages", false,
     [](const History& h) {
       return any_exchange(h, [](const Exchange& e) { return e.next_cursor.has_value(); });
     }},
    {"an empty page", false,
     [](const History& h) {
       return any_exchange(h, [](const Exchange& e) {
         return e.status == 200 && e.records.empty() && e.next_cursor;
       });
     }},
    {"a deletion", false,
     [](const History& h) {
       return any_exchange(h, [](const Exchange& e) {
         return std::any_of(e.records.begin(), e.records.end(),
                            [](const Sight& s) { return s.action == "DELETED"; });
       });
     }},
    {"a resume", true,
     [](const History& h) {
       return any_exchange(h, [](const Exchange& e) { return e.life > 1 && e.cursor; });
     }},
    {"a full read", true,
     [](const History& h) {
       return any_exchange(h, [&h](const Exchange& e) {
         return !e.cursor && !e.restricted && &e != &h.exchanges.front();
       });
     }},
    {"a change between pages", false, &changed_between_pages},
    {"a kill", true, [](const History& h) { return any_event(h, EventKind::kKill); }},
    {"a webhook accepted", false, [](const History& h) { return any_webhook(h, 200, 299); }},
    {"a webhook refused", false, [](const History& h) { return any_webhook(h, 400, 499); }},
    {"a webhook failed", false,
     [](const History& h) { return any_webhook(h, 0, 0) || any_webhook(h, 500, 599); }},
};

}  // namespace

std::vector<std::string> sometimes_words(bool of_clients) {
  std::vector<std::string> words;
  for (const Word& each : kWords) {
    if (of_clients || !each.of_clients) words.emplace_back(each.word);
  }
  return words;
}

bool happened(std::string_view word, const History& history) {
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](const Word& each) { return each.word == word && each.happened(history); });
}

}  // namespace terapi::conformance
