// Uuid: the stable internal id that orders records saved at one instant (CUR-5). A value.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace terapi::simulator {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;

  static Uuid lowest() { return {}; }
  static Uuid highest();
};

// "1a161601-2399-8836-aab2-f695eb6a6ac2", lower case, 36 characters.
inline constexpr std::size_t kUuidSize = 36;
// Writes kUuidSize characters and returns where they end.
char* write_uuid(char* to, const Uuid& uuid);
void append_uuid(std::string& out, const Uuid& uuid);
std::string format_uuid(const Uuid& uuid);
// Either case; nothing when it is not one.
std::optional<Uuid> parse_uuid(std::string_view text);
// A random one (RFC 9562, 5.4), in either case.
bool is_uuid_v4(std::string_view text);
// One that zod takes: of versions 1 to 8 and the RFC's variant, or the nil UUID.
bool is_rfc_uuid(const Uuid& uuid);

// The id of the record named `id` in a stream: the same in every process, and spread so that the
// order within one save looks random, as the public system's does. Its first four bytes are the
// stream's tag, by which a cursor of another stream is recognised (CUR-7).
Uuid record_uuid(std::uint32_t stream_tag, std::string_view id);
std::uint32_t stream_tag_of(const Uuid& uuid);

// A version 4 uuid made of 128 given bits, for delivery and run ids.
Uuid random_uuid(std::uint64_t high, std::uint64_t low);

}  // namespace terapi::simulator
