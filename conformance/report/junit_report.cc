#include "conformance/report/junit_report.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "conformance/contract/timestamp.h"
#include "conformance/report/console_report.h"
#include "conformance/report/run_difference.h"
#include "core/utf8.h"

namespace terapi::conformance {
namespace {

// The results of one world.
struct Suite {
  std::string name;
  std::vector<const ScenarioResult*> results;
};

// In the order in which the worlds first come.
std::vector<Suite> suites_of(const RunSummary& run) {
  std::vector<Suite> suites;
  for (const ScenarioResult& result : run.results) {
    const std::string& name = result.world.empty() ? run.mode : result.world;
    auto suite = std::find_if(suites.begin(), suites.end(),
                              [&](const Suite& other) { return other.name == name; });
    if (suite == suites.end()) suite = suites.insert(suites.end(), Suite{name, {}});
    suite->results.push_back(&result);
  }
  return suites;
}

std::string seconds_text(core::Duration duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(duration.count()) / 1e6);
  return text;
}

// Writes the parts of a report; all text goes through the redactor.
class JunitWriter {
 public:
  JunitWriter(const RunSummary& run, const Redactor& redactor)
      : run_(run), redactor_(redactor), text_of_(lookup_in(run)) {}

  std::string write() {
    std::vector<const ScenarioResult*> all;
    for (const ScenarioResult& result : run_.results) all.push_back(&result);
    out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites";
    totals("terapi-conformance " + run_.mode, all, run_.elapsed);
    for (const Suite& suite : suites_of(run_)) {
      core::Duration elapsed{0};
      for (const ScenarioResult* result : suite.results) elapsed += result->elapsed;
      out_ += "  <testsuite";
      totals(suite.name, suite.results, elapsed);
      for (const ScenarioResult* result : suite.results) test_case(suite.name, *result);
      out_ += "  </testsuite>\n";
    }
    return std::move(out_) + "</testsuites>\n";
  }

 private:
  std::string clean(std::string_view text) const { return xml_text(redactor_.redact(text)); }
  void attribute(std::string_view name, std::string_view value) {
    out_ += " " + std::string(name) + "=\"";
    for (const char c : clean(value)) out_ += c == '\n' ? std::string("&#10;") : std::string(1, c);
    out_ += '"';
  }
  void attribute(std::string_view name, std::uint64_t value) {
    attribute(name, std::to_string(value));
  }

  void totals(const std::string& name, const std::vector<const ScenarioResult*>& results,
              core::Duration elapsed) {
    Counts counts;
    for (const ScenarioResult* result : results) counts.add(result->verdict);
    attribute("name", name);
    attribute("tests", counts.total());
    attribute("failures", counts.of(Verdict::kFail) + counts.of(Verdict::kInconclusive));
    attribute("disabled", 0);
    attribute("skipped", counts.skipped);
    attribute("errors", counts.of(Verdict::kError));
    attribute("time", seconds_text(elapsed));
    attribute("timestamp", write_millis(run_.started_at));
    out_ += ">\n";
  }

  void test_case(const std::string& suite, const ScenarioResult& result) {
    out_ += "    <testcase";
    attribute("name", result.scenario);
    if (!result.file.empty()) {
      attribute("file", result.file);
      attribute("line", 1);
    }
    attribute("status", "run");
    attribute("result", result.verdict == Verdict::kSkip ? "skipped" : "completed");
    attribute("time", seconds_text(result.elapsed));
    attribute("classname", suite);
    out_ += ">\n      <properties>\n        <property name=\"verdict\"";
    attribute("value", to_string(result.verdict));
    out_ += "/>\n        <property name=\"seed\"";
    attribute("value", result.seed);
    out_ += "/>\n      </properties>\n";
    outcome(result);
    out_ += "    </testcase>\n";
  }

  void outcome(const ScenarioResult& result) {
    if (result.verdict == Verdict::kSkip) {
      out_ += "      <skipped";
      attribute("message", result.reason);
      out_ += "/>\n";
    } else if (is_failure(result.verdict)) {
      const std::string tag = result.verdict == Verdict::kError ? "error" : "failure";
      out_ += "      <" + tag;
      attribute("message", headline(result));
      attribute("type", to_string(result.verdict));
      out_ += ">" + clean(render_failure(result, text_of_)) + "</" + tag + ">\n";
    } else if (const std::string remarks = render_remarks(result); !remarks.empty()) {
      out_ += "      <system-out>" + clean(remarks) + "</system-out>\n";
    }
  }

  const RunSummary& run_;
  const Redactor& redactor_;
  TextLookup text_of_;
  std::string out_;
};

// XML 1.0 has no other control characters, and neither U+FFFE nor U+FFFF.
bool is_xml_character(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (first < 0x20) return first == '\t' || first == '\n' || first == '\r';
  return character != "\uFFFE" && character != "\uFFFF";
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = core::utf8_sequence_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || !is_xml_character(character)) {
      out += "\uFFFD";
    } else if (character == "&") {
      out += "&amp;";
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (character == "\"") {
      out += "&quot;";
    } else {
      out += character;
    }
    text.remove_prefix(character.size());
  }
  return out;
}

std::string junit_report(const RunSummary& run, const Redactor& redactor) {
  return JunitWriter(run, redactor).write();
}

}  // namespace terapi::conformance
