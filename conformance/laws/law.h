// Law: a property of the API that holds on any data, checked by the judge as a caller.
//
//   Findings findings;
//   LawContext context{server, findings};
//   find_law("suffix")->check(context);
//
// A law finds out by itself what is in the stream. It says `unproven` when there is too little in
// it to tell, and it never takes silence for an answer. Laws that write say so.
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/contract/cursor.h"
#include "conformance/evidence/model.h"
#include "conformance/laws/findings.h"
#include "conformance/laws/server_caller.h"

namespace terapi::conformance {

struct DeliveriesSeen;

struct LawParameters {
  StreamAsked stream{};
  std::vector<std::uint64_t> limits{};  // pages-agree: of these sizes; empty: the law's own
  std::uint64_t rounds = 20;            // runs made by laws that write
  std::uint64_t seed = 1;
  // Of a server that others rely on: a sample of each kind of question, not all of them.
  bool thrifty = false;
  // The part of the stream that is looked at: no record behind this place; none: all of it.
  std::optional<Position> until{};
};

struct LawContext {
  ServerCaller& server;
  Findings& findings;
  LawParameters given{};
  const ModelStream* model = nullptr;          // null: what should be there is unknown
  const DeliveriesSeen* deliveries = nullptr;  // null: nobody has seen its webhooks
  std::string unproven{};                      // why this data shows nothing; empty: it does
};

struct Law {
  std::string_view name;
  std::string_view says;  // one sentence
  std::vector<std::string_view> clauses;
  void (*check)(LawContext& context);
  struct Needs {
    bool writes = false;    // sends more than GET and HEAD
    bool model = false;     // needs to know what should be there
    bool runs = false;      // the control API, to change records
    bool webhooks = false;  // has to have seen them
    bool any() const { return writes || model || runs || webhooks; }
  };
  Needs needs{};
};

const std::vector<Law>& all_laws();
// Null for an unknown name.
const Law* find_law(std::string_view name);
std::vector<std::string> law_names();

// The laws, each in a file of its own or with related ones.
void check_order(LawContext& context);
void check_pages_agree(LawContext& context);
void check_exact_page(LawContext& context);
void check_suffix(LawContext& context);
void check_cursors_readable(LawContext& context);
void check_position_cursors(LawContext& context);
void check_hostile_cursors(LawContext& context);
void check_metadata(LawContext& context);
void check_filters(LawContext& context);
void check_modified_after(LawContext& context);
void check_twelve_months(LawContext& context);
void check_ids(LawContext& context);
void check_combined(LawContext& context);
void check_limits(LawContext& context);
void check_parameters(LawContext& context);
void check_authentication(LawContext& context);
void check_order_of_checks(LawContext& context);
void check_routes(LawContext& context);
void check_methods(LawContext& context);
void check_prune_body(LawContext& context);
void check_empty_stream(LawContext& context);
void check_matches_model(LawContext& context);
void check_reachable(LawContext& context);
void check_nothing_behind(LawContext& context);
void check_side_by_side(LawContext& context);
void check_any_query(LawContext& context);
void check_rate_limit(LawContext& context);
void check_deliveries(LawContext& context);

}  // namespace terapi::conformance
