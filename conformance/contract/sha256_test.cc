#include "conformance/contract/sha256.h"

#include <gtest/gtest.h>

#include <string>

namespace terapi::conformance {
namespace {

Sha256::State digest_of(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

TEST(Sha256, GivesTheDigestsOfTheStandardsExamples) {
  EXPECT_EQ(digest_of(""), (Sha256::State{0xe3b0c442, 0x98fc1c14, 0x9afbf4c8, 0x996fb924,
                                          0x27ae41e4, 0x649b934c, 0xa495991b, 0x7852b855}));
  EXPECT_EQ(digest_of("abc"), (Sha256::State{0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                             0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad}));
  EXPECT_EQ(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            (Sha256::State{0x248d6a61, 0xd20638b8, 0xe5c02693, 0x0c3e6039, 0xa33ce459, 0x64ff2167,
                           0xf6ecedd4, 0x19db06c1}));
  EXPECT_EQ(digest_of(std::string(1000000, 'a')),
            (Sha256::State{0xcdc76e5c, 0x9914fb92, 0x81a1c7e2, 0x84d73e67, 0xf1809a48, 0xa497200e,
                           0x046d39cc, 0xc7112cd0}));
}

TEST(Sha256, ReadsInPiecesOfAnySize) {
  const std::string text(300, 'x');
  for (std::size_t piece = 1; piece < 130; ++piece) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      hash.update(std::string_view(text).substr(at, piece));
    }
    ASSERT_EQ(hash.finish(), digest_of(text)) << piece;
  }
}

TEST(Sha256, PadsToWholeBlocks) {
  for (std::size_t length = 0; length < 200; ++length) {
    const std::string padding = Sha256::padding(length);
    ASSERT_EQ((length + padding.size()) % Sha256::kBlockSize, 0U) << length;
    ASSERT_LE(padding.size(), Sha256::kBlockSize + 8) << length;
    ASSERT_EQ(padding[0], '\x80');
    ASSERT_EQ(static_cast<unsigned char>(padding.back()), (length * 8) & 0xff);
  }
}

TEST(Sha256, GoesOnFromADigest) {
  for (const std::size_t length : {0U, 1U, 55U, 56U, 63U, 64U, 119U, 120U, 1000U}) {
    const std::string known(length, 'k');
    const std::string padded = known + Sha256::padding(length);
    Sha256 hash(digest_of(known), padded.size());
    hash.update("and more");
    EXPECT_EQ(hash.finish(), digest_of(padded + "and more")) << length;
  }
}

}  // namespace
}  // namespace terapi::conformance
