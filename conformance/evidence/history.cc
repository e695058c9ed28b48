#include "conformance/evidence/history.h"

#include <utility>

namespace terapi::conformance {

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::kStep:
      return "step";
    case EventKind::kRun:
      return "run";
    case EventKind::kRequest:
      return "request";
    case EventKind::kResponse:
      return "response";
    case EventKind::kWebhook:
      return "webhook";
    case EventKind::kWebhookAnswer:
      return "webhook_answer";
    case EventKind::kStart:
      return "start";
    case EventKind::kKill:
      return "kill";
    case EventKind::kExit:
      return "exit";
    case EventKind::kFault:
      return "fault";
    case EventKind::kCommit:
      return "commit";
    case EventKind::kDump:
      return "dump";
    case EventKind::kNote:
      return "note";
  }
  return "";
}

std::size_t History::add(Event event) {
  event.number = events_.size();
  events_.push_back(std::move(event));
  return events_.back().number;
}

std::string History::trace() const {
  std::string text;
  for (const Event& event : events_) {
    text += std::to_string(event.number) + " " +
            std::to_string(event.at.time_since_epoch().count()) + " ";
    text += to_string(event.kind);
    if (event.life > 0) text += " life=" + std::to_string(event.life);
    if (event.pair) text += " of=" + std::to_string(*event.pair);
    if (!event.stream.empty()) text += " " + event.stream;
    text += " " + event.text + "\n";
  }
  return text;
}

}  // namespace terapi::conformance
