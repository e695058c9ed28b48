#include "conformance/contract/webhook_signature.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <system_error>

#include "conformance/contract/sha256.h"
#include "core/check.h"

namespace terapi::conformance {
namespace {

using SignatureDigest = std::array<unsigned char, 32>;

constexpr std::string_view kSignatureDigits = "0123456789abcdef";

std::string signature_hex(const SignatureDigest& digest) {
  std::string hex;
  hex.reserve(digest.size() * 2);
  for (const unsigned char byte : digest) {
    hex += kSignatureDigits[byte >> 4];
    hex += kSignatureDigits[byte & 15];
  }
  return hex;
}

std::string state_hex(const Sha256::State& state) {
  std::string hex;
  for (const std::uint32_t word : state) {
    for (int shift = 28; shift >= 0; shift -= 4) hex += kSignatureDigits[(word >> shift) & 15];
  }
  return hex;
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

struct FreeSigningContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using SigningContext = std::unique_ptr<EVP_MAC_CTX, FreeSigningContext>;

// One that has the key. Each thread keeps its last: finding HMAC by its name costs OpenSSL more
// than what is then computed with it.
const EVP_MAC_CTX& signing_context(std::string_view key) {
  static EVP_MAC* const kMac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  struct Keyed {
    std::string key;
    SigningContext context;
  };
  // Two keys while one is replaced, and the same again as Standard Webhooks spell them.
  thread_local std::array<Keyed, 4> kept;
  thread_local std::size_t oldest = 0;
  for (const Keyed& keyed : kept) {
    if (keyed.context != nullptr && keyed.key == key) return *keyed.context;
  }
  auto& [last_key, context] = kept[oldest++ % kept.size()];
  last_key = key;
  context.reset(kMac == nullptr ? nullptr : EVP_MAC_CTX_new(kMac));
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 2> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  const auto* bytes = reinterpret_cast<const unsigned char*>(last_key.data());
  const bool done =
      context != nullptr && EVP_MAC_init(context.get(), bytes, last_key.size(), params.data()) == 1;
  TERAPI_CHECK(done, "OpenSSL makes no HMAC");
  return *context;
}

}  // namespace

std::string hmac_sha256_hex(std::string_view key, std::string_view body) {
  SignatureDigest digest{};
  std::size_t size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
  const SigningContext context(EVP_MAC_CTX_dup(&signing_context(key)));
  const bool done = context != nullptr && EVP_MAC_update(context.get(), bytes, body.size()) == 1 &&
                    EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1;
  TERAPI_CHECK(done && size == digest.size(), "OpenSSL makes no HMAC");
  return signature_hex(digest);
}

std::string legacy_signature_hex(std::string_view secret, std::string_view body) {
  std::string signed_text(secret);
  signed_text += body;
  SignatureDigest digest{};
  unsigned size = 0;
  const int done = EVP_Digest(signed_text.data(), signed_text.size(), digest.data(), &size,
                              EVP_sha256(), nullptr);
  TERAPI_CHECK(done == 1 && size == digest.size(), "OpenSSL makes no SHA-256");
  return signature_hex(digest);
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
