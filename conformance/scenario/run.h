// Run: one run of a sync, as a scenario describes it. Elsewhere it is kept as text, the body of
// POST /_simulator/runs.
#pragma once

#include <optional>
#include <string>

#include "conformance/contract/stream_asked.h"
#include "conformance/scenario/step_kinds.h"

namespace terapi::conformance {

template <typename Json>
void describe(Json& json, const StreamAsked* /*stream*/) {
  json.may("integration", &StreamAsked::integration, "of the stream");
  json.may("connection", &StreamAsked::connection, "of the stream");
  json.may("model", &StreamAsked::model, "of the stream");
  json.may("variant", &StreamAsked::variant, "of the stream");
}

struct Run {
  StreamAsked stream{};
  std::optional<std::string> sync{}, type{}, environment{};
  std::string save{}, update{}, replace{}, gone{}, error{};  // texts of JSON; empty: absent
  std::optional<bool> webhook{};

  template <typename Json>
  static void describe(Json& json) {
    json.about("one run of a sync: what changes on the server, and whether a webhook announces it");
    json.embed(&Run::stream);
    json.may("sync", &Run::sync, "its name");
    json.may("type", &Run::type,
             OneOf{{"INITIAL", "INCREMENTAL", "FULL", "initial", "incremental", "full"}},
             "of the run, as the webhook tells it");
    json.may("environment", &Run::environment, "whose stream it is, where there are several");
    json.may("save", &Run::save, RunRecordsKind{},
             "whole records: new ones are added, changed ones updated");
    json.may("update", &Run::update, RunRecordsKind{},
             "parts of records, merged into what is there");
    json.may("replace", &Run::replace, RunRecordsKind{},
             "the full data set: what is not in it is deleted");
    json.may("delete", &Run::gone, kIds, "ids");
    json.may("error", &Run::error,
             JsonTextKind{core::json::Kind::kNull, R"("type":["object","string"])"},
             "the run fails after what it saved: {type, description}, or the description alone");
    json.may("webhook", &Run::webhook, "false: no webhook");
  }

  std::string body() const;
};
template <>
inline constexpr std::string_view kDefinition<Run> = "run";

}  // namespace terapi::conformance
