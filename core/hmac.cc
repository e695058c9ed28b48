#include "core/hmac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "core/check.h"

namespace terapi::core {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Finding an algorithm by its name costs OpenSSL more than a webhook's digest does, so each is
// found once.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const kFound = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  TERAPI_CHECK(kFound != nullptr, "OpenSSL has SHA-256");
  return kFound;
}

struct FreeMacContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMacContext>;

// One that has taken in the key and nothing else; what is signed goes into a copy of it.
const EVP_MAC_CTX& keyed_with(std::string_view key) {
  static EVP_MAC* const kMac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  struct Keyed {
    std::string key;
    MacContext context;
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
  std::string name = "SHA256";
  const std::array<OSSL_PARAM, 2> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
      OSSL_PARAM_construct_end()};
  // An empty key needs an address, too: null would mean the key of before.
  const bool done = context != nullptr && EVP_MAC_init(context.get(), bytes_of(last_key),
                                                       last_key.size(), params.data()) == 1;
  TERAPI_CHECK(done, "OpenSSL has HMAC");
  return *context;
}

}  // namespace

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), digest, &size, sha256_algorithm(), nullptr);
  TERAPI_CHECK(done == 1, "OpenSSL has SHA-256");
  return {reinterpret_cast<const char*>(digest), size};
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  const MacContext context(EVP_MAC_CTX_dup(&keyed_with(key)));
  const bool done = context != nullptr &&
                    EVP_MAC_update(context.get(), bytes_of(bytes), bytes.size()) == 1 &&
                    EVP_MAC_final(context.get(), digest, &size, sizeof digest) == 1;
  TERAPI_CHECK(done, "OpenSSL has HMAC");
  return {reinterpret_cast<const char*>(digest), size};
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace terapi::core
