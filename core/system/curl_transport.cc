#include "core/system/curl_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "core/url.h"

namespace terapi::core {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;
// What is set aside for a body on the strength of its announcement alone.
constexpr std::size_t kMaxReserve = std::size_t{16} << 20;
// Large, because each piece costs a poll and a read.
constexpr long kReadBuffer = 512L << 10;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  TERAPI_CHECK(longer != nullptr, "out of memory");
  static_cast<void>(list.release());
  list.reset(longer);
}

// A header line cannot be two.
std::string safe(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

// curl leaves a header without a value out, unless it ends with a semicolon.
std::string header_line(std::string_view name, std::string_view value) {
  return value.empty() ? safe(name) + ";" : safe(name) + ": " + safe(value);
}

bool has_usual_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Collects one response, within its limits.
class Receiver {
 public:
  explicit Receiver(std::size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  // What a callback says it has taken; less than it was given makes curl give up.
  std::size_t on_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > kMaxHeaderBytes) {
      return refuse({"bad_response", "the answer's header has more than " +
                                         std::to_string(kMaxHeaderBytes) + " bytes"});
    }
    // Of 100 (Continue) and the final answer, the last one counts.
    if (line.starts_with("HTTP/")) response_.headers = Headers();
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.starts_with("HTTP/")) return line.size();
    const std::string_view name = trimmed(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equals_ignoring_case(name, "Content-Length")) expect(value);
    response_.headers.add(std::string(name), std::string(value));
    return line.size();
  }

  std::size_t on_body(std::string_view bytes) {
    if (bytes.size() > max_body_bytes_ - response_.body.size()) {
      return refuse({"response_too_large",
                     "the answer has more than " + std::to_string(max_body_bytes_) + " bytes"});
    }
    if (response_.body.empty()) response_.body.reserve(std::max(expected_, bytes.size()));
    response_.body += bytes;
    return bytes.size();
  }

  const std::optional<Error>& refusal() const { return refusal_; }
  Response take() { return std::move(response_); }

 private:
  std::size_t refuse(Error error) {
    refusal_ = std::move(error);
    return 0;
  }

  void expect(std::string_view length) {
    std::size_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    expected_ = std::min({bytes, max_body_bytes_, kMaxReserve});
  }

  const std::size_t max_body_bytes_;
  std::size_t expected_ = 0;
  std::size_t header_bytes_ = 0;
  Response response_;
  std::optional<Error> refusal_;
};

std::size_t write_header(char* data, std::size_t, std::size_t size, void* receiver) {
  return static_cast<Receiver*>(receiver)->on_header({data, size});
}

std::size_t write_body(char* data, std::size_t, std::size_t size, void* receiver) {
  return static_cast<Receiver*>(receiver)->on_body({data, size});
}

std::string code_of(CURLcode result, std::string_view why) {
  switch (result) {
    case CURLE_COULDNT_CONNECT:
      return "connection_refused";
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "name_not_resolved";
    case CURLE_OPERATION_TIMEDOUT:
      return "timeout";
    case CURLE_PARTIAL_FILE:
      return "truncated_body";
    case CURLE_RECV_ERROR:
      // libcurl has one number for a reset and for what is not chunked coding.
      if (why.find("chunked") != std::string_view::npos) return "bad_response";
      return "connection_reset";
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
      return "connection_reset";
    case CURLE_FILESIZE_EXCEEDED:
      return "response_too_large";
    case CURLE_URL_MALFORMAT:
      return "bad_url";
    default:
      // Among them: an answer that is not HTTP, a certificate that is not trusted.
      return "bad_response";
  }
}

}  // namespace

class CurlTransport::Impl {
 public:
  Impl() {
    static const CURLcode kGlobal = curl_global_init(CURL_GLOBAL_DEFAULT);
    TERAPI_CHECK(kGlobal == CURLE_OK, "libcurl does not start");
    easy_ = curl_easy_init();
    TERAPI_CHECK(easy_ != nullptr, "libcurl gives no handle");
  }
  ~Impl() { curl_easy_cleanup(easy_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<Response> send(const Request& request, const SendOptions& options) {
    if (const Result<Url> url = parse_url(request.target); !url) return url.error();
    // Forgets the last request's settings, but keeps the connections.
    curl_easy_reset(easy_);
    set_up();
    const List headers = headers_of(request);
    set_request(request, headers.get());
    set_timeout(options.timeout);
    Receiver receiver(options.max_response_bytes);
    set(CURLOPT_HEADERFUNCTION, &write_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&receiver));
    set(CURLOPT_WRITEFUNCTION, &write_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&receiver));
    // An announced length over the limit is refused before any of the body is read.
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.max_response_bytes));
    error_[0] = '\0';
    const CURLcode result = curl_easy_perform(easy_);
    if (receiver.refusal()) return *receiver.refusal();
    if (result != CURLE_OK) return error_of(result, request);
    return response_of(receiver);
  }

 private:
  template <typename T>
  void set(CURLoption option, T value) {
    const CURLcode result = curl_easy_setopt(easy_, option, value);
    TERAPI_CHECK(result == CURLE_OK, "libcurl refuses option " + std::to_string(option) + ": " +
                                         curl_easy_strerror(result));
  }

  void set_up() {
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_TCP_NODELAY, 1L);
    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    // A wish only: libcurl may refuse it after a failure, and then keeps a smaller one.
    curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, kReadBuffer);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_PROXY, "");
    set(CURLOPT_PATH_AS_IS, 1L);
  }

  static List headers_of(const Request& request) {
    List list;
    for (const auto& [name, value] : request.headers) {
      if (name.empty() || equals_ignoring_case(name, "Content-Length")) continue;
      append(list, header_line(name, value));
    }
    // curl's own, unless they were asked for: a name with nothing behind the colon leaves it out.
    for (const char* own : {"Accept", "Content-Type", "Expect"}) {
      if (!request.headers.get(own)) append(list, std::string(own) + ":");
    }
    return list;
  }

  void set_request(const Request& request, curl_slist* headers) {
    set(CURLOPT_URL, request.target.c_str());
    set(CURLOPT_HTTPHEADER, headers);
    if (request.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
      return;
    }
    if (has_usual_body(request.method) || !request.body.empty()) {
      set(CURLOPT_POSTFIELDS, request.body.data());
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    set(CURLOPT_CUSTOMREQUEST, safe(request.method).c_str());
  }

  void set_timeout(Duration timeout) {
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(timeout);
    // Nought would mean none.
    const long milliseconds =
        static_cast<long>(std::clamp<std::int64_t>(whole.count(), 1, 1L << 31));
    set(CURLOPT_TIMEOUT_MS, milliseconds);
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
  }

  Error error_of(CURLcode result, const Request& request) const {
    const char* why = error_[0] != '\0' ? error_.data() : curl_easy_strerror(result);
    return {code_of(result, why), request.method + " " + request.target + ": " + why};
  }

  Result<Response> response_of(Receiver& receiver) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    Response response = receiver.take();
    response.status = static_cast<int>(status);
    return response;
  }

  CURL* easy_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

CurlTransport::CurlTransport() : impl_(std::make_unique<Impl>()) {}

CurlTransport::~CurlTransport() = default;

Result<Response> CurlTransport::send(const Request& request, const SendOptions& options) {
  return impl_->send(request, options);
}

}  // namespace terapi::core
