#include "client/webhooks/signature.h"

#include <utility>

#include "core/hex.h"
#include "core/hmac.h"

namespace terapi::client {
namespace {

// A rotation has two keys; more values than this are not worth the work.
constexpr std::size_t kMostValues = 8;

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The digests in a header. Values that are no digest are passed over: they prove nothing, and
// disprove nothing either.
std::vector<std::string> digests_in(std::string_view header) {
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < kMostValues; ++i) {
    const std::size_t comma = header.find(',');
    auto digest = core::parse_hex(without_blanks(header.substr(0, comma)));
    if (digest) digests.push_back(*std::move(digest));
    if (comma == std::string_view::npos) break;
    header.remove_prefix(comma + 1);
  }
  return digests;
}

}  // namespace

Signature::Signature(std::vector<std::string> keys) : keys_(std::move(keys)) {
  std::erase(keys_, "");
}

bool Signature::verifies(std::string_view body, std::string_view header) const {
  const std::vector<std::string> digests = digests_in(header);
  if (digests.empty()) return false;
  // No early way out, so that the time tells nothing of which key or value was right.
  bool found = false;
  for (const std::string& key : keys_) {
    const std::string expected = core::hmac_sha256(key, body);
    for (const std::string& digest : digests) {
      if (core::equal_in_constant_time(digest, expected)) found = true;
    }
  }
  return found;
}

}  // namespace terapi::client
