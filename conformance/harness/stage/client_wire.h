// ClientWire: what lies between the client under test and the server, where the judge looks and
// meddles. Every request, answer and webhook passes through here, in both worlds, and is written
// down (Wire); wire rules change answers; runs between two pages happen here; and it knows which
// records the client was never given.
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "conformance/contract/dialect.h"
#include "conformance/evidence/history.h"
#include "conformance/evidence/model.h"
#include "conformance/harness/stage/wire.h"
#include "conformance/scenario/step.h"
#include "core/clock.h"
#include "core/transport.h"

namespace terapi::conformance {

class ClientWire {
 public:
  struct Ports {
    std::function<core::Time()> now;
    core::Handler server;
    const Dialect& dialect;
    Model& model;
    History& history;
    Wire& wire;
    std::function<std::string()> signing_key;
    // Records of a page, of those clients, too, that ask for more than they were told (REC-11).
    std::uint64_t most_of_a_page;
    // How much the client has said so far, in bytes; unset: nothing.
    std::function<std::uint64_t()> said{};
  };
  explicit ClientWire(Ports ports) : ports_(std::move(ports)) {}

  // A request of the client's process `life`; `done` gets what is to be sent to it.
  void serve(core::Request request, int life, const std::function<void(core::Outcome)>& done);

  // The client hung up before it had all of the answer to that request, History::exchanges[place].
  void hung_up(std::size_t place);
  // The answer to that request came so late, through the judge, that the client may be gone.
  void doubt(std::size_t place);

  // The play is over: nothing is written down any more, and no change is due.
  void close();

  // Called before the server sees a request for records; false: it never does, since who asked
  // has just been killed.
  std::function<bool()> on_request;
  // A webhook left, or was answered.
  std::size_t webhook_sent(const core::Request& request, int life);
  // `starved`: WebhookSight::starved.
  void webhook_answered(std::size_t webhook, const core::Result<core::Response>& answer,
                        core::Duration starved = core::Duration(0));

  void set_rules(std::vector<WireRule> rules);
  // How often each rule that was ever set has struck.
  const std::map<std::string, std::uint64_t>& fired() const { return fired_; }

  // After the n-th answer to GET /records from now, before it is given to the client.
  void between_pages(std::uint64_t answers, std::function<void()> change);
  std::size_t changes_waiting() const { return changes_.size(); }

  // The records of the watched streams whose present version was never given to the client whole.
  void watch(const std::vector<std::string>& streams);
  void model_changed();
  bool all_given() const { return missing_.empty(); }
  const std::set<std::pair<std::string, std::string>>& missing() const { return missing_; }

  // Versions that were given to the client for the first time: it gets on as long as this grows.
  std::uint64_t given() const { return given_; }

  std::uint64_t in_flight() const { return in_flight_; }
  core::Time last_request_at() const { return last_request_at_; }
  // When the client had, or will have, all of the answer that took longest.
  core::Time last_handed_at() const { return last_handed_at_; }
  // Nothing that was handed over lately, or will be until `false`, can be counted on to be stored.
  void set_unstorable(bool unstorable);

 private:
  // Cursors that were spelt otherwise are spelt as the server knows them.
  void restore_cursor(core::Request& request) const;
  // Larger pages than the scenario's are cut to its size.
  void cut_page(const Exchange& exchange, core::Request& request);
  // Cursors of before are spelt as nobody knows them.
  void forget_cursor(Exchange& exchange, core::Request& request);
  // True: it was answered here, since it does not say who asks.
  bool refuse_nameless(const core::Request& request, std::size_t place,
                       const std::function<void(core::Outcome)>& done);
  void answered(std::size_t place, core::Outcome outcome,
                const std::function<void(core::Outcome)>& done);
  void pass_page(Exchange& exchange, core::Outcome& outcome);
  // What it has now, in its present version, is not missing any more.
  void note_given(const std::string& stream, const Sight& sight);
  bool apply_rules(Exchange& exchange, core::Outcome& outcome);
  bool strikes(const WireRule& rule);
  void apply(const WireRule& rule, Exchange& exchange, core::Outcome& outcome);
  void poison(const WireRule& rule, Exchange& exchange, std::string& body);
  void empty_page(Exchange& exchange, core::Outcome& outcome);
  void lead_back(const WireRule& rule, const Exchange& exchange, std::string& body);
  std::string spelled(const std::string& cursor);
  std::string webhook_text(const core::Request& request, bool authentic) const;
  bool odd_cursors() const;
  void note_strike(const WireRule& rule, const std::string& stream);
  bool is_unstorable(const Exchange& exchange) const;

  Ports ports_;
  std::vector<WireRule> rules_;
  std::map<std::string, std::uint64_t> fired_;
  std::uint64_t pages_ = 0;  // answers since the rules were set
  std::uint64_t given_ = 0;
  std::deque<std::pair<std::uint64_t, std::function<void()>>> changes_;
  std::map<std::string, std::string> odd_to_real_;
  std::map<std::string, std::string> real_to_odd_;
  std::set<std::string> begun_anew_;  // streams; since the rules were set
  std::set<std::string> watched_;
  std::set<std::pair<std::string, std::string>> missing_;
  // By stream: how many versions each of its records had when they were looked at.
  std::map<std::string, std::vector<std::size_t>> versions_seen_;
  std::uint64_t in_flight_ = 0;
  core::Time last_request_at_{};
  core::Time last_handed_at_{};
  bool unstorable_ = false;
  std::optional<core::Time> storable_since_{};
  // By rule: the circle that the client is led in.
  struct Circle {
    std::uint64_t pages = 0;
    std::string beginning;  // a cursor that leads to its first page
  };
  std::map<std::string, Circle> circles_;
  // Of the answer at hand.
  bool too_long_ = false;
  bool byte_order_mark_ = false;
  bool gzip_ = false;
  bool numeric_ids_ = false;
  std::uint64_t padding_ = 0;
  bool closed_ = false;
};

}  // namespace terapi::conformance
