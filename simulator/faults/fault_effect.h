// What faults can do to an event, as data. A rule (fault_rule.h) holds the effect that its `do`
// describes; where several rules strike one event, their effects are added up.
//
// Each field's default means "nothing". Who asks the rules carries the effect out
// (docs/add-a-fault.md). Values.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/http_message.h"

namespace terapi::simulator {

// An answer that is given in place of the API's own, and what the journal says about it.
struct InjectedAnswer {
  core::Response response;
  std::string error_code;
  std::optional<core::Duration> retry_after;
};

// What a fault makes of a request, whoever was to answer it.
struct RequestEffect {
  std::optional<InjectedAnswer> answer;
  core::WireFaults wire;  // done to the answer on its way out

  // Delays add up; of anything else the later rule's holds.
  void add(const RequestEffect& other) {
    if (other.answer) answer = other.answer;
    wire.delay += other.wire.delay;
    wire.reset = wire.reset || other.wire.reset;
    if (other.wire.truncate_after) wire.truncate_after = other.wire.truncate_after;
    wire.stall += other.wire.stall;
    if (other.wire.drip_bytes_per_second > 0) {
      wire.drip_bytes_per_second = other.wire.drip_bytes_per_second;
    }
  }
};

// What a fault makes of an API request.
struct ApiEffect : RequestEffect {
  core::Duration stale{0};     // records are shown as they were that long ago
  bool database_down = false;  // nothing can be looked up

  void add(const ApiEffect& other) {
    RequestEffect::add(other);
    database_down = database_down || other.database_down;
    if (other.stale > core::Duration(0)) stale = other.stale;
  }
};

// What a fault makes of a request to the external API: of a run, an action or the proxy.
struct UpstreamEffect : RequestEffect {};

// What a fault makes of one attempt to deliver a webhook.
struct WebhookEffect {
  bool drop = false;        // never arrives, and no one will try again
  int copies = 1;           // how often it arrives
  core::Duration delay{0};  // how much later it is sent
  bool reorder = false;     // lets the next webhook to the same URL go first
  bool forge_signature = false;
  bool forge_body = false;
  core::Duration before_commit{0};  // how long before its data can be read it is sent

  void add(const WebhookEffect& other) {
    drop = drop || other.drop;
    if (other.copies != 1) copies = other.copies;
    delay += other.delay;
    reorder = reorder || other.reorder;
    forge_signature = forge_signature || other.forge_signature;
    forge_body = forge_body || other.forge_body;
    if (other.before_commit > core::Duration(0)) before_commit = other.before_commit;
  }
};

// What a fault makes of a save.
struct StoreEffect {
  // How much later than it is stamped the save becomes visible.
  core::Duration late_commit{0};

  void add(const StoreEffect& other) {
    if (other.late_commit > core::Duration(0)) late_commit = other.late_commit;
  }
};

// A rule is about one kind of event, and so has one kind of effect.
using FaultEffect = std::variant<ApiEffect, WebhookEffect, StoreEffect, UpstreamEffect>;

}  // namespace terapi::simulator
