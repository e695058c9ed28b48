// Signature: whether a webhook comes from a holder of a signing key (HOOK-9, CLIENT-5).
//
//   Signature signature({key});
//   if (!signature.verifies(request.body, header)) …   // 401, and nothing happens
//
// The header holds hex HMAC-SHA256(signing key, raw body); while a key is rotated, a
// comma-separated list of such values, newest first, one for each key. The receiver may hold two
// keys, too: one value made with one of its keys is enough, whatever else the list holds. All
// values are compared with all keys, in constant time.
//
// The legacy header, hex SHA-256(secret key + raw body), proves nothing and is ignored: such
// a value is SHA-256's inner state after that text, so from one of them anybody can go on hashing
// and sign a longer body, without the key. HMAC hashes twice and is safe from that.
//
// Errors: none. A header that is missing, empty or garbage is simply not verified.
// Thread rule: const calls from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace terapi::client {

class Signature {
 public:
  // Empty keys are left out: anybody can compute an HMAC with the empty key.
  explicit Signature(std::vector<std::string> keys);

  // `body` is what came over the wire, before anything was parsed; `header` the HMAC header's
  // value. Of a list, only the first few values are looked at.
  bool verifies(std::string_view body, std::string_view header) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace terapi::client
