#include "conformance/harness/measure/measure_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace terapi::conformance {
namespace {

using Line = std::vector<std::string>;  // one cell for each column

constexpr double kSpreadWorthTelling = 0.1;

std::string heading(const Measurement& measurement, const MeasuredRow& row) {
  const std::string network = ", " + network_words(row.round_trip);
  switch (row.part) {
    case MeasuredPart::kFirstSync:
      return "First sync" + network;
    case MeasuredPart::kWebhooks:
      return "From a change to its being stored" + network;
    case MeasuredPart::kCatchUp:
      return "Catching up with " + figure_text(static_cast<double>(measurement.changes)) +
             " changes" + network;
  }
  return "";
}

std::string cell(const MeasuredFigure* figure, const std::optional<double>& ratio, bool reference) {
  if (figure == nullptr) return "";
  if (!figure->missing.empty()) return "–";
  std::string text = figure_text(figure->value.median);
  if (figure->value.share() >= kSpreadWorthTelling) {
    text += " ±" + std::to_string(std::lround(figure->value.share() * 100)) + " %";
  }
  if (ratio && !reference) text += "  " + figure_text(*ratio) + " ×";
  return text;
}

const MeasuredFigure* find(const std::map<std::string, MeasuredFigure>& figures,
                           const std::string& row) {
  const auto found = figures.find(row);
  return found == figures.end() ? nullptr : &found->second;
}

Line line_of(const Measurement& measurement, const MeasuredRow& row) {
  Line line = {"  " + row.what, row.unit == "/s" ? "" : row.unit};
  if (!measurement.ceiling.empty()) {
    line.push_back(cell(find(measurement.ceiling, row.id), std::nullopt, true));
  }
  for (const ClientFigures& client : measurement.clients) {
    line.push_back(cell(find(client.figures, row.id),
                        ratio_to_reference(measurement, client, row.id), client.client.reference));
  }
  return line;
}

Line head_of(const Measurement& measurement) {
  Line line = {"", ""};
  if (!measurement.ceiling.empty()) line.emplace_back("bare reader");
  for (const ClientFigures& client : measurement.clients) {
    line.push_back(printable(client.client.name));
  }
  return line;
}

std::vector<std::size_t> widths_of(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths;
  for (const Line& line : lines) {
    if (line.size() < 2) continue;  // a heading
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(line[i]));
    }
  }
  return widths;
}

std::string text_of(const std::vector<Line>& lines, const ConsoleStyle& style) {
  const std::vector<std::size_t> widths = widths_of(lines);
  std::string text;
  for (const Line& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i > 0) row += "  ";
      row += line.size() == 1 ? line[i]
             : i < 2          ? pad_right(line[i], widths[i])
                              : pad_left(line[i], widths[i]);
    }
    while (row.ends_with(' ')) row.pop_back();
    text.append(line.size() == 1 ? style.bold(row) : row).append("\n");
  }
  return text;
}

std::string until_text(const ClientFigures& client) {
  if (!client.witness) return "";
  switch (*client.witness) {
    case Witness::kFiles:
      return "stored: its last write into TERAPI_STATE_DIR, confirmed by its dump";
    case Witness::kDump:
      return "stored: the end of the first dump that has everything, so a little later than it "
             "was, as its files do not show it; of webhooks, until they were served";
    case Witness::kServed:
      return "until it was SERVED, not until it was stored: there is no --dump to tell, or no "
             "write into TERAPI_STATE_DIR";
  }
  return "";
}

// Each reason once, with the rows that it is of.
void add_reasons(const Measurement& measurement, const ClientFigures& client, std::string& text) {
  std::vector<std::string> told;
  for (const MeasuredRow& row : measurement.rows) {
    const MeasuredFigure* figure = find(client.figures, row.id);
    if (figure == nullptr || figure->missing.empty()) continue;
    if (std::find(told.begin(), told.end(), figure->missing) != told.end()) continue;
    told.push_back(figure->missing);
    text.append("  –  ").append(printable(client.client.name)).append(", ").append(row.what);
    text.append(": ").append(printable(figure->missing)).append("\n");
  }
}

}  // namespace

std::string figure_text(double value) {
  std::array<char, 32> text{};
  if (value != 0 && std::abs(value) < 0.0995) {
    std::snprintf(text.data(), text.size(), "%.3f", value);
  } else if (std::abs(value) < 9.995) {
    std::snprintf(text.data(), text.size(), "%.2f", value);
  } else if (std::abs(value) < 99.95) {
    std::snprintf(text.data(), text.size(), "%.1f", value);
  } else {
    std::snprintf(text.data(), text.size(), "%.0f", value);
    std::string number = text.data();
    for (std::size_t i = number.size(); i > 3; i -= 3) number.insert(i - 3, ",");
    return number;
  }
  return text.data();
}

std::string measure_table(const Measurement& measurement, const ConsoleStyle& style) {
  std::vector<Line> lines = {head_of(measurement)};
  std::string before;
  for (const MeasuredRow& row : measurement.rows) {
    const std::string title = heading(measurement, row);
    if (title != before) lines.push_back({title});
    before = title;
    lines.push_back(line_of(measurement, row));
  }
  std::string text = text_of(lines, style) + "\n";
  for (const ClientFigures& client : measurement.clients) {
    const std::string until = until_text(client);
    if (!until.empty()) {
      text.append("  ")
          .append(printable(client.client.name))
          .append(": ")
          .append(until)
          .append("\n");
    }
    add_reasons(measurement, client, text);
  }
  for (const std::string& note : measurement.notes) {
    text.append("  ").append(style.yellow("!")).append("  ").append(printable(note)).append("\n");
  }
  return text;
}

}  // namespace terapi::conformance
