#include "client/webhooks/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <optional>

namespace terapi::client {
namespace {

using Digest = std::array<std::uint8_t, 32>;

// A rotation has two keys; more values than this are not worth the work.
constexpr std::size_t kMostValues = 8;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Digest> parse_digest(std::string_view hex) {
  while (!hex.empty() && (hex.front() == ' ' || hex.front() == '\t')) hex.remove_prefix(1);
  while (!hex.empty() && (hex.back() == ' ' || hex.back() == '\t')) hex.remove_suffix(1);
  Digest digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = hex_digit(hex[2 * i]);
    const int low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

std::optional<Digest> hmac_sha256(std::string_view key, std::string_view body) {
  Digest digest{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
  const bool made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, body.size(),
                         digest.data(), &size) != nullptr;
  if (!made || size != digest.size()) return std::nullopt;
  return digest;
}

std::vector<Digest> parse_list(std::string_view header) {
  std::vector<Digest> values;
  while (values.size() < kMostValues) {
    const std::size_t comma = header.find(',');
    const auto digest = parse_digest(header.substr(0, comma));
    if (!digest) return {};
    values.push_back(*digest);
    if (comma == std::string_view::npos) return values;
    header.remove_prefix(comma + 1);
  }
  return {};
}

}  // namespace

bool Signature::verifies(std::string_view body, std::string_view header) const {
  const std::vector<Digest> values = parse_list(header);
  // All pairs are compared, so that the time tells nothing of which one was right.
  bool found = false;
  for (const std::string& key : keys_) {
    const auto expected = hmac_sha256(key, body);
    if (!expected || key.empty()) continue;
    for (const Digest& value : values) {
      if (CRYPTO_memcmp(value.data(), expected->data(), value.size()) == 0) found = true;
    }
  }
  return found;
}

}  // namespace terapi::client
