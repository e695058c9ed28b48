// HTTP messages as values: what goes in and out of every Transport, server and simulator.
//
// No parsing of the wire here (core/system does that) and no meaning: a header is a name and a
// value. Values, no thread rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace terapi::core {

// Header fields in the order they came. Names compare without case (RFC 9110); a name may repeat.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value);
  // Replaces every field of that name by this one.
  void set(std::string name, std::string value);
  void erase(std::string_view name);
  // The first value of that name.
  std::optional<std::string_view> get(std::string_view name) const;
  // All values of that name, separated by commas: the list that several such lines are (RFC 9110,
  // 5.3). Only for fields that are lists.
  std::optional<std::string> list(std::string_view name) const;
  std::size_t count(std::string_view name) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  friend bool operator==(const Headers&, const Headers&) = default;

 private:
  std::vector<Field> fields_;
};

bool equals_ignoring_case(std::string_view a, std::string_view b);

struct Request {
  std::string method = "GET";
  // For a server: origin form, "/records?model=Issue", as it came (still percent-encoded).
  // For a Transport: an absolute URL, "http://127.0.0.1:3003/records?model=Issue".
  std::string target;
  Headers headers{};
  std::string body{};
  // Where the caller is, as an address; in-process callers are loopback.
  std::string remote_address = "127.0.0.1";
};

struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
};

// "Not Found" for 404; "" when there is no standard phrase.
std::string_view reason_phrase(int status);

// What is done to a response on its way out. All zero or empty: nothing, it is simply sent.
struct WireFaults {
  Duration delay{0};                            // wait before the first byte
  bool reset = false;                           // no answer: the connection is reset (RST)
  std::optional<std::size_t> truncate_after{};  // close after this many bytes of the body
  Duration stall{0};                            // stop half-way through the body for this long
  std::uint64_t drip_bytes_per_second = 0;      // send the body at this rate
  friend bool operator==(const WireFaults&, const WireFaults&) = default;
};

class BodySource;

// A response and what happens to it on the wire.
struct Outcome {
  Response response;
  WireFaults wire;
  // What follows on response.body, where not all of it is there yet; a Content-Length among the
  // headers is that of the whole. Only an HttpServer sends it; elsewhere nothing follows.
  std::shared_ptr<BodySource> rest{};
};

}  // namespace terapi::core
