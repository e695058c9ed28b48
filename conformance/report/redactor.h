// Redactor: takes keys out of text before it is printed or written to a file. Every report passes
// all text that came from outside through one.
//
// A key is found as it is, with any of its characters percent-encoded, in base64 (both alphabets,
// also as a part of a longer text, as in Basic authentication) and escaped as in JSON.
//
// A key of fewer than kLeastKeyAnywhere bytes (contract/key_in_text.h) is found only where it
// stands alone, with neither a letter nor a digit beside it: "k" taken out of every word would
// leave nothing to read, and hide nothing.
//
// Thread rule: immutable, so any.
//
//   const Redactor redactor({secret_key, signing_key});
//   redactor.redact("Authorization: Bearer 7f3d…");   // "Authorization: Bearer [redacted]"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace terapi::conformance {

class Redactor {
 public:
  static constexpr std::string_view kMark = "[redacted]";

  Redactor() = default;
  // Empty secrets are ignored.
  explicit Redactor(const std::vector<std::string>& secrets);

  std::string redact(std::string_view text) const;

 private:
  struct Form {
    std::string text;
    bool alone = false;  // only where it stands alone
  };
  std::vector<Form> forms_;  // longest first: a key may be a part of another
};

}  // namespace terapi::conformance
