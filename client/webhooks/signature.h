// Signature: whether a webhook comes from whoever holds the signing key (HOOK-9, CLIENT-5).
//
// The header holds hex HMAC-SHA256(signing key, raw body); while a key is rotated, a
// comma-separated list of such values, one for each key. The receiver may hold two keys, too: one
// value made with one of them is enough. Values are compared in constant time.
//
// The legacy header, hex SHA-256(secret key + raw body), proves nothing and is not looked at: from
// one such value anybody can compute another for a longer body, without the key.
//
// Thread rule: const calls from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace terapi::client {

class Signature {
 public:
  explicit Signature(std::vector<std::string> keys) : keys_(std::move(keys)) {}

  // `body` is what came over the wire, before anything was parsed; `header` the HMAC header's
  // value. Anything that is not a list of hex values is false.
  bool verifies(std::string_view body, std::string_view header) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace terapi::client
