// Sha256: SHA-256 (FIPS 180-4) with an inner state that can be set. A digest is that state, so who
// knows one can go on from it: this is how the judge forges a legacy signature without the key
// (conformance/contract/webhook_signature.h). For everything else OpenSSL does the hashing.
//
// Thread rule: one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace terapi::conformance {

class Sha256 {
 public:
  using State = std::array<std::uint32_t, 8>;
  static constexpr std::size_t kBlockSize = 64;

  Sha256();
  // Goes on after `length` bytes, a whole number of blocks, which led to this state.
  Sha256(const State& state, std::uint64_t length) : state_(state), length_(length) {}

  void update(std::string_view bytes);
  // The digest of all so far; the object is used up.
  State finish();

  // What a message of this length is followed by: 0x80, zeros, its length in bits.
  static std::string padding(std::uint64_t length);

 private:
  void compress(const char* block);

  State state_;
  std::uint64_t length_ = 0;
  std::string held_;  // less than a block
};

}  // namespace terapi::conformance
