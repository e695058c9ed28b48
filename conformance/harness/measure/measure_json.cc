#include "conformance/harness/measure/measure_json.h"

#include <nlohmann/json.hpp>

#include "core/version.h"

namespace terapi::conformance {
namespace {

using Json = nlohmann::ordered_json;

double milliseconds_of(core::Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

Json row_json(const MeasuredRow& row) {
  return {{"id", row.id},
          {"part", core::word_of(kMeasuredParts, row.part)},
          {"round_trip_ms", milliseconds_of(row.round_trip)},
          {"what", row.what},
          {"unit", row.unit},
          {"better", row.more_is_better ? "more" : "less"}};
}

Json figure_json(const std::string& row, const MeasuredFigure& figure,
                 const std::optional<double>& ratio) {
  const bool there = figure.missing.empty();
  const auto value = [&](double number) { return there ? Json(number) : Json(nullptr); };
  return {{"row", row},
          {"value", value(figure.value.median)},
          {"least", value(figure.value.least)},
          {"most", value(figure.value.most)},
          {"rounds", figure.value.rounds},
          {"ratio", ratio ? Json(*ratio) : Json(nullptr)},
          {"missing", there ? Json(nullptr) : Json(figure.missing)}};
}

Json latencies_json(const MeasuredLatencies& latencies) {
  return {{"round_trip_ms", milliseconds_of(latencies.round_trip)},
          {"changes_per_second", latencies.changes_per_second},
          {"until", core::word_of(kWitnesses, latencies.witness)},
          {"milliseconds", latencies.milliseconds}};
}

Json client_json(const Measurement& measurement, const ClientFigures& client) {
  const auto& commands = client.client.commands;
  Json figures = Json::array();
  for (const MeasuredRow& row : measurement.rows) {
    const auto figure = client.figures.find(row.id);
    if (figure == client.figures.end()) continue;
    figures.push_back(
        figure_json(row.id, figure->second, ratio_to_reference(measurement, client, row.id)));
  }
  Json latencies = Json::array();
  for (const MeasuredLatencies& each : client.latencies) latencies.push_back(latencies_json(each));
  return {{"name", client.client.name},
          {"reference", client.client.reference},
          {"run", commands.run},
          {"dump", commands.dump.empty() ? Json(nullptr) : Json(commands.dump)},
          {"until", client.witness ? Json(core::word_of(kWitnesses, *client.witness)) : Json()},
          {"figures", figures},
          {"latencies", latencies}};
}

}  // namespace

std::string measure_json(const Measurement& measurement) {
  Json rows = Json::array();
  Json ceiling = Json::array();
  for (const MeasuredRow& row : measurement.rows) {
    rows.push_back(row_json(row));
    const auto bare = measurement.ceiling.find(row.id);
    if (bare != measurement.ceiling.end()) {
      ceiling.push_back(figure_json(row.id, bare->second, std::nullopt));
    }
  }
  Json clients = Json::array();
  for (const ClientFigures& client : measurement.clients) {
    clients.push_back(client_json(measurement, client));
  }
  const Json document = {{"schema_version", kMeasureJsonVersion},
                         {"program_version", core::kVersion},
                         {"dialect", measurement.dialect},
                         {"records", measurement.records},
                         {"large_records", measurement.large_records},
                         {"changes", measurement.changes},
                         {"limit", measurement.limit},
                         {"round_trip_ms", milliseconds_of(measurement.round_trip)},
                         {"cores", measurement.cores},
                         {"other_work", measurement.other_work},
                         {"seconds", measurement.seconds},
                         {"rows", rows},
                         {"bare_reader", ceiling},
                         {"clients", clients},
                         {"notes", measurement.notes}};
  // Names and last words may be any bytes.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace terapi::conformance
