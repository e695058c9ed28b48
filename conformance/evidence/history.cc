#include "conformance/evidence/history.h"

#include <array>
#include <utility>

#include "core/words.h"

namespace terapi::conformance {
namespace {

constexpr auto kEventWords = std::to_array<core::Word<EventKind>>({
    {EventKind::kStep, "step"},
    {EventKind::kRun, "run"},
    {EventKind::kRequest, "request"},
    {EventKind::kResponse, "response"},
    {EventKind::kWebhook, "webhook"},
    {EventKind::kWebhookAnswer, "webhook_answer"},
    {EventKind::kStart, "start"},
    {EventKind::kKill, "kill"},
    {EventKind::kExit, "exit"},
    {EventKind::kFault, "fault"},
    {EventKind::kCommit, "commit"},
    {EventKind::kDump, "dump"},
    {EventKind::kNote, "note"},
});

}  // namespace

std::string_view to_string(EventKind kind) { return core::word_of(kEventWords, kind); }

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
