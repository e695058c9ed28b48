#include "client/webhooks/signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace terapi::client {
namespace {

using HmacDigest = std::array<std::uint8_t, 32>;

// A rotation has two keys; more values than this are not worth the work.
constexpr std::size_t kMostValues = 8;

int hmac_hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<HmacDigest> parse_hmac_hex(std::string_view hex) {
  while (!hex.empty() && (hex.front() == ' ' || hex.front() == '\t')) hex.remove_prefix(1);
  while (!hex.empty() && (hex.back() == ' ' || hex.back() == '\t')) hex.remove_suffix(1);
  HmacDigest digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = hmac_hex_digit(hex[2 * i]);
    const int low = hmac_hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

// Values that are no digest are passed over: they prove nothing, and disprove nothing either.
std::vector<HmacDigest> parse_hmac_list(std::string_view header) {
  std::vector<HmacDigest> values;
  for (std::size_t i = 0; i < kMostValues; ++i) {
    const std::size_t comma = header.find(',');
    if (const auto digest = parse_hmac_hex(header.substr(0, comma))) values.push_back(*digest);
    if (comma == std::string_view::npos) break;
    header.remove_prefix(comma + 1);
  }
  return values;
}

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

// Null when the library does not have what is needed; nothing is verified with that key then.
MacContext keyed_context(std::string_view key) {
  static EVP_MAC* const kMac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);  // searching takes long
  MacContext context(kMac != nullptr ? EVP_MAC_CTX_new(kMac) : nullptr);
  std::string digest_name = "SHA256";
  const std::array<OSSL_PARAM, 2> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name.data(), 0),
      OSSL_PARAM_construct_end()};
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
  if (!context || EVP_MAC_init(context.get(), bytes, key.size(), params.data()) != 1) return {};
  return context;
}

std::optional<HmacDigest> hmac_of(const EVP_MAC_CTX& keyed, std::string_view body) {
  const MacContext context(EVP_MAC_CTX_dup(&keyed));
  const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
  HmacDigest digest{};
  std::size_t size = 0;
  if (!context || EVP_MAC_update(context.get(), bytes, body.size()) != 1 ||
      EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) != 1 ||
      size != digest.size()) {
    return std::nullopt;
  }
  return digest;
}

}  // namespace

Signature::Signature(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (key.empty()) continue;
    if (MacContext context = keyed_context(key)) keyed_.emplace_back(std::move(context));
  }
}

bool Signature::verifies(std::string_view body, std::string_view header) const {
  const std::vector<HmacDigest> values = parse_hmac_list(header);
  if (values.empty()) return false;
  // No early way out, so that the time tells nothing of which key or value was right.
  bool found = false;
  for (const auto& keyed : keyed_) {
    const auto expected = hmac_of(*keyed, body);
    if (!expected) continue;
    for (const HmacDigest& value : values) {
      if (CRYPTO_memcmp(value.data(), expected->data(), value.size()) == 0) found = true;
    }
  }
  return found;
}

}  // namespace terapi::client
