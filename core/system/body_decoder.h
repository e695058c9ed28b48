// BodyDecoder: finds the end of one HTTP/1.1 message body in the bytes of a connection, and takes
// the framing off. For requests and for responses.
//
// It holds nothing but a few counters, however long a chunk-size line, an extension or a trailer
// goes on: what carries no body is counted, and too much of it is malformed. A value; no thread
// rule.
//
//   BodyDecoder decoder = BodyDecoder::chunked(limit);
//   std::size_t used = decoder.take(bytes, body);
//   if (decoder.state() == BodyDecoder::State::kDone) …
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace terapi::core {

class BodyDecoder {
 public:
  enum class State : std::uint8_t {
    kMore,      // the body is not complete yet
    kDone,      // it is; what follows belongs to the next message
    kTooLarge,  // it has more bytes than the limit
    kMalformed  // it is not chunked coding
  };

  // No body.
  BodyDecoder() = default;
  // `bytes` has to be within the limit already.
  static BodyDecoder of_length(std::uint64_t bytes);
  // kAlsoBare: a line feed ends a line without the carriage return, too. For answers; in a request
  // two readers that differ in that would see two different ones.
  enum class LineEnd : std::uint8_t { kStrict, kAlsoBare };
  static BodyDecoder chunked(std::size_t limit, LineEnd line_end = LineEnd::kStrict);
  // Until the peer closes; then the caller calls close().
  static BodyDecoder until_close(std::size_t limit);

  // Appends what `bytes` holds of the body to `body`, and says how many bytes that took. All of
  // them, unless the state is another than kMore afterwards.
  std::size_t take(std::string_view bytes, std::string& body);
  // The peer has closed. kMore afterwards: too early.
  void close();

  State state() const { return state_; }

 private:
  enum class Framing : std::uint8_t { kLength, kChunked, kUntilClose };
  enum class Step : std::uint8_t {
    kSize,       // hexadecimal digits
    kExtension,  // what follows them on the line
    kSizeEnd,    // the line feed
    kData,
    kDataReturn,
    kDataEnd,
    kTrailer,      // at the start of a trailer line
    kTrailerLine,  // within one
    kTrailerEnd,   // its line feed
    kLastEnd       // the line feed of the empty line that ends it all
  };

  BodyDecoder(Framing framing, std::uint64_t left, std::size_t limit);
  std::size_t take_data(std::string_view bytes, std::string& body);
  void take_framing(char c);
  void take_line_part(char c);
  bool line_may_end() const;
  void take_size_digit(char c);
  void expect(char c, char expected, Step next);

  State state_ = State::kDone;
  Framing framing_ = Framing::kLength;
  LineEnd line_end_ = LineEnd::kStrict;
  Step step_ = Step::kSize;
  bool has_digit_ = false;
  std::uint64_t left_ = 0;  // of the body, or of this chunk
  std::size_t taken_ = 0;   // bytes of the body so far
  std::size_t limit_ = 0;
  std::size_t framing_bytes_ = 0;
  std::size_t framing_allowance_ = 0;
};

}  // namespace terapi::core
