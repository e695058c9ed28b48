#include "conformance/harness/mutants/whole_stream.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "conformance/harness/mutants/cursor_text.h"
#include "core/rfc3339.h"
#include "core/url.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

// Sorts as the record's place in the stream does (CUR-6).
std::string place_of(const ChangedRecord& record) {
  return decoded_cursor(record.metadata("cursor")).value_or("");
}

std::string in_lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

bool is_asked_for(const ChangedRecord& record, const RecordsTarget& asked) {
  if (const auto cursor = asked.get("cursor")) {
    if (place_of(record) <= decoded_cursor(*cursor).value_or("")) return false;
  }
  if (const auto after = asked.get("modified_after")) {
    const auto from = core::parse_rfc3339(*after);
    const auto modified = core::parse_rfc3339(record.metadata("last_modified_at"));
    if (from && modified && *modified < *from) return false;
  }
  if (const auto filter = asked.get("filter")) {
    const std::string words = "," + in_lower_case(*filter) + ",";
    const std::string action = "," + in_lower_case(record.metadata("last_action")) + ",";
    if (words.find(action) == std::string::npos) return false;
  }
  const auto ids = asked.all("ids");
  return ids.empty() || std::find(ids.begin(), ids.end(), record.id()) != ids.end();
}

// Reads on from a cursor until next_cursor is null.
void read_on(const core::Handler& inner, const core::Request& request, RecordsTarget target,
             const std::shared_ptr<WholeStream>& read,
             const std::function<void(std::optional<WholeStream>)>& done) {
  core::Request next = request;
  next.target = target.text();
  inner(
      std::move(next), [&inner, request, target, read, done](const core::Outcome& outcome) mutable {
        const auto page = outcome.response.status == 200 ? ChangedPage::parse(outcome.response.body)
                                                         : std::optional<ChangedPage>();
        if (!page) return done(std::nullopt);
        read->records.insert(read->records.end(), page->records.begin(), page->records.end());
        if (!page->next_cursor) return done(std::move(*read));
        target.set("cursor", *page->next_cursor);
        read_on(inner, request, std::move(target), read, done);
      });
}

std::string variant_or_base(const std::string& variant) {
  return variant.empty() ? "base" : variant;
}

}  // namespace

void WholeStream::sort() {
  std::vector<std::pair<std::string, ChangedRecord>> placed;
  placed.reserve(records.size());
  for (ChangedRecord& record : records) {
    std::string place = place_of(record);
    placed.emplace_back(std::move(place), std::move(record));
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  records.clear();
  for (auto& [place, record] : placed) records.push_back(std::move(record));
}

ChangedPage WholeStream::page(const RecordsTarget& asked) const {
  const std::string text = asked.get("limit").value_or("100");
  const std::size_t limit = std::strtoul(text.c_str(), nullptr, 10);
  ChangedPage page;
  for (const ChangedRecord& record : records) {
    if (!is_asked_for(record, asked)) continue;
    if (page.records.size() == limit) {
      page.next_cursor = page.records.back().metadata("cursor");
      break;
    }
    page.records.push_back(record);
  }
  return page;
}

void read_stream(const core::Handler& inner, const core::Request& like,
                 const std::function<void(std::optional<WholeStream>)>& done) {
  core::Request request = like;
  request.method = "GET";
  auto target = RecordsTarget::of(request);
  if (!target) return done(std::nullopt);
  target->keep_only({"model", "variant"});
  target->set("limit", "10000");
  read_on(inner, request, *std::move(target), std::make_shared<WholeStream>(), done);
}

WholeStream stream_of_run(const core::Handler& inner, const core::Request& run) {
  const auto body = json::Document::parse(run.body, {.comments = true});
  if (!body) return {};
  const json::Value root = body->root();
  std::string settings = "/environment";
  if (root["environment"].is_string()) {
    settings += "?environment=" + core::percent_encode(root["environment"].string());
  }
  const auto environment = json::Document::parse(control_call(inner, "GET", settings));
  if (!environment) return {};
  core::Request request;
  request.target = "/records?model=" + core::percent_encode(root["model"].string()) +
                   "&variant=" + variant_or_base(root["variant"].string());
  request.headers = {{"Authorization", "Bearer " + environment->root()["secret_key"].string()},
                     {"Provider-Config-Key", root["integration"].string()},
                     {"Connection-Id", root["connection"].string()}};
  WholeStream whole;
  read_stream(inner, request, [&](std::optional<WholeStream> stream) {
    if (stream) whole = *std::move(stream);
  });
  return whole;
}

std::string stream_name(const core::Request& request) {
  if (const auto target = RecordsTarget::of(request)) {
    return std::string(request.headers.get("Provider-Config-Key").value_or("")) + "/" +
           std::string(request.headers.get("Connection-Id").value_or("")) + "/" +
           target->get("model").value_or("") + "/" +
           variant_or_base(target->get("variant").value_or(""));
  }
  const auto body = json::Document::parse(request.body, {.comments = true});
  if (!body) return "";
  const json::Value root = body->root();
  return root["integration"].string() + "/" + root["connection"].string() + "/" +
         root["model"].string() + "/" + variant_or_base(root["variant"].string());
}

std::string control_call(const core::Handler& inner, const std::string& method,
                         const std::string& path, std::string body) {
  core::Request request;
  request.method = method;
  request.target = "/_simulator" + path;
  request.headers.add("Host", "localhost");
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  std::string answer;
  inner(std::move(request), [&](const core::Outcome& outcome) {
    if (outcome.response.status < 300) answer = outcome.response.body;
  });
  return answer;
}

bool is_run(const core::Request& request) {
  return request.method == "POST" &&
         (request.target == "/_simulator/runs" || request.target.starts_with("/_simulator/runs?"));
}

}  // namespace terapi::conformance
