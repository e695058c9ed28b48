// Wire: writes into the History what passes between a server and whoever asks it, the client under
// test or the judge itself: each request and its answer, the pages that are in them, each webhook.
//
//   const std::size_t place = wire.asked_by_client(request, life);
//   wire.answered(place, outcome);
//
// Who has more to do on the way (ClientWire) takes the steps of answered() one by one.
//
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "conformance/contract/dialect.h"
#include "conformance/contract/served_page.h"
#include "conformance/evidence/history.h"
#include "conformance/evidence/model.h"
#include "core/clock.h"
#include "core/http_message.h"
#include "core/json.h"
#include "core/result.h"

namespace terapi::conformance {

// A webhook's body. Codes: those of json::Document, and "too_large" for what is no webhook.
core::Result<core::json::Document> read_webhook(const core::Request& request);

class Wire {
 public:
  using Now = std::function<core::Time()>;
  // All of them outlive it.
  Wire(Now now, const Dialect& dialect, const Model& model, History& history)
      : now_(std::move(now)), dialect_(dialect), model_(model), history_(history) {}

  // A request; its place in History::exchanges. Exchange::life is 0 where nobody knows which of
  // several processes asked.
  std::size_t asked_by_client(const core::Request& request, int life);
  std::size_t asked_by_judge(const core::Request& request);
  // The answer, as it goes to whoever asked.
  enum class Pages : std::uint8_t { kRead, kLeftAlone };
  void answered(std::size_t place, const core::Outcome& outcome, Pages pages = Pages::kRead);
  // There was none; `why` is one line.
  void unanswered(std::size_t place, std::string_view why);
  // Another play begins, with another history.
  void forget() { name_of_.clear(); }

  // answered() is these three: what is told by its head, the records of its page, the event.
  void note_head(Exchange& exchange, const core::Outcome& outcome);
  void note_page(Exchange& exchange, std::string_view body);
  void note_answer(Exchange& exchange, const core::Outcome& outcome);
  // One record of a page; of what a client is given, which version it is.
  void note_record(Exchange& exchange, const ServedRecord& record);

  // A webhook left for its receiver, at that time, or was answered. `text` is one line about it.
  // The place in History::webhooks.
  std::size_t webhook_sent(const core::Request& request, int life, core::Time at, std::string text);
  void webhook_answered(std::size_t place, int status, core::Time at, std::string text);

  // How a reader is told of that cursor: by the record that it came from.
  void name_cursor(const std::string& stream, const std::string& cursor, std::string name);
  std::string cursor_name(const std::string& stream, const std::string& cursor) const;

 private:
  std::size_t asked(Exchange exchange, const core::Request& request);
  std::string asked_text(const Exchange& exchange, const core::Request& request) const;
  std::string answer_text(const Exchange& exchange, const core::Outcome& outcome) const;
  std::string page_text(const Exchange& exchange) const;

  Now now_;
  const Dialect& dialect_;
  const Model& model_;
  History& history_;
  std::unordered_map<std::string, std::string> name_of_;  // stream and cursor → the record
};

}  // namespace terapi::conformance
