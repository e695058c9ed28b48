#include "core/system/body_decoder.h"

#include <algorithm>

#include "core/hex.h"

namespace terapi::core {
namespace {

// Allowance for bytes that carry no body: a base, and more for each chunk and each body byte.
constexpr std::size_t kFramingBase = std::size_t{16} << 10;
constexpr std::size_t kFramingPerChunk = 16;

// From here on a peer is believed how much will come, up to there: a body that grows by doubling
// is moved each time, the last time with half of it.
constexpr std::size_t kBelieved = std::size_t{1} << 20;
constexpr std::size_t kMostAhead = std::size_t{64} << 20;

void make_room(std::string& body, std::size_t bytes, std::uint64_t left) {
  const bool has_room = body.capacity() - body.size() >= bytes;
  if (has_room || body.size() < kBelieved) return;
  body.reserve(body.size() + std::min<std::uint64_t>(left, std::max(kMostAhead, body.size())));
}

bool is_text(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

}  // namespace

BodyDecoder::BodyDecoder(Framing framing, std::uint64_t left, std::size_t limit)
    : state_(State::kMore),
      framing_(framing),
      left_(left),
      limit_(limit),
      framing_allowance_(kFramingBase) {}

BodyDecoder BodyDecoder::of_length(std::uint64_t bytes) {
  if (bytes == 0) return {};
  return {Framing::kLength, bytes, static_cast<std::size_t>(bytes)};
}

BodyDecoder BodyDecoder::chunked(std::size_t limit, LineEnd line_end) {
  BodyDecoder decoder(Framing::kChunked, 0, limit);
  decoder.line_end_ = line_end;
  return decoder;
}

BodyDecoder BodyDecoder::until_close(std::size_t limit) {
  return {Framing::kUntilClose, ~std::uint64_t{0}, limit};
}

std::size_t BodyDecoder::take(std::string_view bytes, std::string& body) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ == State::kMore) {
    if (framing_ != Framing::kChunked || step_ == Step::kData) {
      used += take_data(bytes.substr(used), body);
    } else {
      take_framing(bytes[used++]);
    }
  }
  return used;
}

void BodyDecoder::close() {
  if (framing_ == Framing::kUntilClose && state_ == State::kMore) state_ = State::kDone;
}

std::size_t BodyDecoder::take_data(std::string_view bytes, std::string& body) {
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (count > limit_ - taken_) {
    state_ = State::kTooLarge;
    return 0;
  }
  if (framing_ == Framing::kLength) make_room(body, count, left_);
  body.append(bytes.substr(0, count));
  taken_ += count;
  left_ -= count;
  framing_allowance_ += count;
  if (left_ == 0) {
    if (framing_ == Framing::kChunked) {
      step_ = Step::kDataReturn;
    } else {
      state_ = State::kDone;
    }
  }
  return count;
}

void BodyDecoder::take_framing(char c) {
  if (++framing_bytes_ > framing_allowance_) {
    state_ = State::kMalformed;
    return;
  }
  if (c == '\n' && line_end_ == LineEnd::kAlsoBare && line_may_end()) take_line_part('\r');
  if (state_ == State::kMore) take_line_part(c);
}

// With a carriage return.
bool BodyDecoder::line_may_end() const {
  return step_ == Step::kSize || step_ == Step::kExtension || step_ == Step::kDataReturn ||
         step_ == Step::kTrailer || step_ == Step::kTrailerLine;
}

void BodyDecoder::take_line_part(char c) {
  switch (step_) {
    case Step::kSize:
      return take_size_digit(c);
    case Step::kExtension:
      if (c == '\r') {
        step_ = Step::kSizeEnd;
      } else if (!is_text(c)) {
        state_ = State::kMalformed;
      }
      return;
    case Step::kSizeEnd:
      // Judged here, before any byte of the chunk has come.
      if (left_ > limit_ - taken_) {
        state_ = State::kTooLarge;
        return;
      }
      framing_allowance_ += kFramingPerChunk;
      return expect(c, '\n', left_ == 0 ? Step::kTrailer : Step::kData);
    case Step::kData:
      return;  // take_data's
    case Step::kDataReturn:
      return expect(c, '\r', Step::kDataEnd);
    case Step::kDataEnd:
      has_digit_ = false;
      return expect(c, '\n', Step::kSize);
    case Step::kTrailer:
      if (c == '\r') {
        step_ = Step::kLastEnd;
        return;
      }
      step_ = Step::kTrailerLine;
      [[fallthrough]];
    case Step::kTrailerLine:
      if (c == '\r') {
        step_ = Step::kTrailerEnd;
      } else if (!is_text(c)) {
        state_ = State::kMalformed;
      }
      return;
    case Step::kTrailerEnd:
      return expect(c, '\n', Step::kTrailer);
    case Step::kLastEnd:
      state_ = c == '\n' ? State::kDone : State::kMalformed;
      return;
  }
}

void BodyDecoder::take_size_digit(char c) {
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (left_ >> 60 != 0) {
      state_ = State::kTooLarge;
      return;
    }
    has_digit_ = true;
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    return;
  }
  if (!has_digit_) {
    state_ = State::kMalformed;
  } else if (c == '\r') {
    step_ = Step::kSizeEnd;
  } else if (c == ';' || c == ' ' || c == '\t') {
    step_ = Step::kExtension;
  } else {
    state_ = State::kMalformed;
  }
}

void BodyDecoder::expect(char c, char expected, Step next) {
  if (c == expected) {
    step_ = next;
  } else {
    state_ = State::kMalformed;
  }
}

}  // namespace terapi::core
