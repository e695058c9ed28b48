#include "conformance/harness/measure/bare_reader.h"

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/url.h"

namespace terapi::conformance {
namespace {

struct BareRequest {
  std::string base_url;
  std::string secret_key;
  std::uint64_t limit = 0;
};

// Cursors are base64, in which nothing is escaped.
std::optional<std::string> next_cursor(std::string_view page) {
  constexpr std::string_view kKey = R"("next_cursor":")";
  const std::size_t head = page.substr(0, kKey.size() * 2).find(kKey);
  const std::size_t at = head != std::string_view::npos ? head : page.rfind(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t begin = at + kKey.size();
  return std::string(page.substr(begin, page.find('"', begin) - begin));
}

// On its own thread, from the first page to the last.
class BareReader {
 public:
  explicit BareReader(BareRequest request) : request_(std::move(request)) {}

  core::Result<BareReading> read() {
    const auto begun = std::chrono::steady_clock::now();
    ask("");
    loop_.run();
    if (trouble_) return *trouble_;
    reading_.took = std::chrono::steady_clock::now() - begun;
    return reading_;
  }

 private:
  void ask(const std::string& cursor) {
    core::Request request;
    request.target = request_.base_url +
                     "/records?model=Issue&limit=" + std::to_string(request_.limit) +
                     (cursor.empty() ? "" : "&" + core::encode_query({{"cursor", cursor}}));
    request.headers.set("Authorization", "Bearer " + request_.secret_key);
    request.headers.set("Provider-Config-Key", "github");
    request.headers.set("Connection-Id", "demo");
    core::SendOptions options;
    options.max_response_bytes = std::size_t{1} << 30U;
    sender_.send(std::move(request), options,
                 [this](const core::Result<core::Response>& answer) { take(answer); });
  }

  void take(const core::Result<core::Response>& answer) {
    if (!answer || answer->status != 200) {
      trouble_ = answer ? core::Error{"cannot_read", answer->body} : answer.error();
      return loop_.stop();
    }
    reading_.bytes += answer->body.size();
    const auto next = next_cursor(answer->body);
    if (next) return ask(*next);
    loop_.stop();
  }

  BareRequest request_;
  core::EventLoop loop_;
  core::HttpSender sender_{loop_, {}};
  BareReading reading_;
  std::optional<core::Error> trouble_;
};

}  // namespace

core::Result<BareReading> read_bare(MeasuringStage& stage, std::uint64_t limit,
                                    core::Duration time_limit) {
  std::atomic<bool> done{false};
  std::optional<core::Result<BareReading>> reading;
  std::thread thread([&, request = BareRequest{stage.base_url(), stage.secret_key(), limit}] {
    reading = BareReader(request).read();
    done = true;
  });
  stage.run_until([&] { return done.load(); }, time_limit);
  // Whoever waits for an answer is let go by the sender's own time-out.
  while (!done) stage.run_until([&] { return done.load(); }, time_limit);
  thread.join();
  return *std::move(reading);
}

}  // namespace terapi::conformance
