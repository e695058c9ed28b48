#include "conformance/contract/webhook_signature.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "conformance/contract/sha256.h"
#include "core/hex.h"
#include "core/hmac.h"

namespace terapi::conformance {
namespace {

std::string state_hex(const Sha256::State& state) {
  std::string bytes;
  for (const std::uint32_t word : state) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(word >> shift & 255);
  }
  return core::hex(bytes);
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// SHA-256's inner state after the message of which this is the digest, in hex.
core::Result<Sha256::State> state_of(std::string_view digest) {
  Sha256::State state{};
  constexpr std::size_t kWord = 8;  // digits
  bool good = digest.size() == state.size() * kWord;
  for (std::size_t i = 0; good && i < state.size(); ++i) {
    const char* begin = digest.data() + i * kWord;
    const auto [end, error] = std::from_chars(begin, begin + kWord, state[i], 16);
    good = error == std::errc() && end == begin + kWord;
  }
  if (good) return state;
  return core::Error{"bad_signature",
                     "'" + std::string(digest.substr(0, 100)) + "' is not 64 hex digits"};
}

}  // namespace

std::string hmac_sha256_hex(std::string_view key, std::string_view body) {
  return core::hex(core::hmac_sha256(key, body));
}

std::string legacy_signature_hex(std::string_view secret, std::string_view body) {
  return core::hex(core::sha256(std::string(secret) + std::string(body)));
}

std::vector<std::string> signature_values(std::string_view header_value) {
  constexpr std::string_view kBlank = " \t";
  std::vector<std::string> values;
  while (!header_value.empty()) {
    const std::size_t comma = std::min(header_value.find(','), header_value.size());
    std::string_view value = header_value.substr(0, comma);
    header_value.remove_prefix(std::min(comma + 1, header_value.size()));
    value.remove_prefix(std::min(value.find_first_not_of(kBlank), value.size()));
    value = value.substr(0, value.find_last_not_of(kBlank) + 1);
    if (!value.empty()) values.emplace_back(value);
  }
  return values;
}

bool hmac_header_verifies(std::string_view header_value, const std::vector<std::string>& keys,
                          std::string_view body) {
  std::vector<std::string> expected;
  expected.reserve(keys.size());
  for (const std::string& key : keys) expected.push_back(hmac_sha256_hex(key, body));
  const std::vector<std::string> values = signature_values(header_value);
  return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
    return std::find(expected.begin(), expected.end(), in_lower_case(value)) != expected.end();
  });
}

core::Result<Forgery> legacy_length_extended(std::size_t secret_length,
                                             std::string_view known_signature,
                                             std::string_view known_body, std::string_view suffix) {
  const core::Result<Sha256::State> state = state_of(known_signature);
  if (!state) return state.error();
  const std::string padding = Sha256::padding(secret_length + known_body.size());
  Forgery forgery;
  forgery.body = known_body;
  forgery.body += padding;
  Sha256 hash(*state, secret_length + forgery.body.size());
  hash.update(suffix);
  forgery.body += suffix;
  forgery.signature = state_hex(hash.finish());
  return forgery;
}

}  // namespace terapi::conformance
