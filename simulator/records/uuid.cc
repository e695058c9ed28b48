#include "simulator/records/uuid.h"

#include "core/hex.h"
#include "core/random.h"

namespace terapi::simulator {
namespace {

constexpr std::uint64_t kLowSeed = 0x7465726170692d31U;
constexpr std::uint64_t kHighSeed = 0x7465726170692d32U;

void put_big_endian(std::uint8_t* at, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) {
    at[i] = static_cast<std::uint8_t>(value);
    value >>= 8;
  }
}

void set_version(Uuid& uuid, int version) {
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | (version << 4));
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
}

}  // namespace

Uuid Uuid::highest() {
  Uuid uuid;
  uuid.bytes.fill(0xFF);
  return uuid;
}

char* write_uuid(char* to, const Uuid& uuid) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = kHex[uuid.bytes[i] >> 4];
    *to++ = kHex[uuid.bytes[i] & 15];
  }
  return to;
}

void append_uuid(std::string& out, const Uuid& uuid) {
  char text[kUuidSize];
  write_uuid(text, uuid);
  out.append(text, kUuidSize);
}

std::string format_uuid(const Uuid& uuid) {
  std::string out;
  append_uuid(out, uuid);
  return out;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != kUuidSize) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if ((i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-') return std::nullopt;
    const int high = core::hex_value(text[at]);
    const int low = core::hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    uuid.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return uuid;
}

bool is_rfc_uuid(const Uuid& uuid) {
  const int version = uuid.bytes[6] >> 4;
  const bool variant = (uuid.bytes[8] & 0xC0) == 0x80;
  return (variant && version >= 1 && version <= 8) || uuid == Uuid::lowest();
}

bool is_uuid_v4(std::string_view text) {
  const std::optional<Uuid> uuid = parse_uuid(text);
  return uuid && uuid->bytes[6] >> 4 == 4 && (uuid->bytes[8] & 0xC0) == 0x80;
}

Uuid record_uuid(std::uint32_t stream_tag, std::string_view id) {
  Uuid uuid;
  put_big_endian(uuid.bytes.data(), stream_tag, 4);
  put_big_endian(uuid.bytes.data() + 4, core::hash64(kHighSeed ^ stream_tag, id), 8);
  put_big_endian(uuid.bytes.data() + 12, core::hash64(kLowSeed ^ stream_tag, id), 4);
  set_version(uuid, 8);  // RFC 9562: a version for uuids of one's own making
  return uuid;
}

std::uint32_t stream_tag_of(const Uuid& uuid) {
  std::uint32_t tag = 0;
  for (std::size_t i = 0; i < 4; ++i) tag = tag << 8 | uuid.bytes[i];
  return tag;
}

Uuid random_uuid(std::uint64_t high, std::uint64_t low) {
  Uuid uuid;
  put_big_endian(uuid.bytes.data(), high, 8);
  put_big_endian(uuid.bytes.data() + 8, low, 8);
  set_version(uuid, 4);
  return uuid;
}

}  // namespace terapi::simulator
