#include "core/json.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>

#include "core/breather.h"
#include "core/parse_number.h"
#include "core/utf8.h"

namespace terapi::core::json {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string quote_char(std::string_view text, std::size_t at) {
  if (at >= text.size()) return "the end of the text";
  const auto c = static_cast<unsigned char>(text[at]);
  if (c >= 0x20 && c < 0x7f) return std::string("'") + text[at] + "'";
  static constexpr char kHex[] = "0123456789abcdef";
  return std::string("byte 0x") + kHex[c >> 4] + kHex[c & 15];
}

// One pass over the text that checks the grammar and records each value as a node.
class Parser {
 public:
  Parser(std::string_view text, const ParseOptions& options, std::vector<Node>& nodes,
         std::vector<std::uint32_t>& open)
      : text_(text),
        options_(options),
        nodes_(nodes),
        open_(open),
        written_(nodes.data()),
        room_(nodes.size()) {
    open_.clear();
  }

  // How many nodes there are; what lies behind them is left over from earlier texts.
  std::size_t count() const { return count_; }

  Result<std::size_t> parse(std::size_t at, bool whole) {
    at_ = at;
    breathe();  // many small texts are as much work as a large one
    if (text_.size() >= std::numeric_limits<std::uint32_t>::max()) {
      return Error{"bad_json", "the text is longer than 4 GiB"};
    }
    if (at_ == 0 && text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
    if (!value()) return error();
    if (whole) {
      if (!skip_space()) return error();
      if (at_ != text_.size()) {
        fail("the end of the text");
        return error();
      }
    }
    return at_;
  }

 private:
  // Iterative, so that depth costs memory that is bounded and never stack.
  bool value() {
    while (true) {
      if (!skip_space()) return false;
      if (!start_value()) return false;
      if (!close_finished()) return false;
      if (open_.empty()) return true;
      if (count_ % kNodesAtOnce == 0) breathe();
    }
  }

  void add(const Node& node) {
    if (count_ == room_) grow();
    written_[count_++] = node;
  }
  // The vector's own size is a division by the size of a node, at each of them.
  void grow() {
    // What small texts need, at once; larger ones grow as they are read.
    const std::size_t room = std::max(std::min<std::size_t>(text_.size() / 8 + 8, 512), 2 * room_);
    // Of millions, to move them all takes its time.
    std::vector<Node> larger;
    larger.reserve(room);
    for (std::size_t at = 0; at < room_; at += kNodesMoved) {
      const auto from = nodes_.begin() + static_cast<std::ptrdiff_t>(at);
      larger.insert(larger.end(), from,
                    from + static_cast<std::ptrdiff_t>(std::min(kNodesMoved, room_ - at)));
      breathe();
    }
    while (larger.size() < room) {
      larger.resize(std::min(larger.size() + kNodesMoved, room));
      breathe();
    }
    nodes_.swap(larger);
    written_ = nodes_.data();
    room_ = nodes_.size();
  }

  bool start_value() {
    if (at_ >= text_.size()) return fail("a value");
    switch (text_[at_]) {
      case '{':
        return open(Kind::kObject);
      case '[':
        return open(Kind::kArray);
      case '"':
        return scalar(Kind::kString, [this] { return string(); });
      case 't':
        return scalar(Kind::kBoolean, [this] { return word("true"); });
      case 'f':
        return scalar(Kind::kBoolean, [this] { return word("false"); });
      case 'n':
        return scalar(Kind::kNull, [this] { return word("null"); });
      default:
        return scalar(Kind::kNumber, [this] { return number(); });
    }
  }

  template <typename Scan>
  bool scalar(Kind kind, Scan scan) {
    const std::size_t begin = at_;
    if (!scan()) return false;
    add({kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_),
         static_cast<std::uint32_t>(count_ + 1), 0});
    return true;
  }

  bool open(Kind kind) {
    if (open_.size() >= options_.max_depth) {
      message_ = "nested deeper than " + std::to_string(options_.max_depth) + " levels";
      return false;
    }
    open_.push_back(static_cast<std::uint32_t>(count_));
    add({kind, static_cast<std::uint32_t>(at_), 0, 0, 0});
    ++at_;
    if (!skip_space()) return false;
    const char closing = kind == Kind::kObject ? '}' : ']';
    just_opened_empty_ = at_ < text_.size() && text_[at_] == closing;
    if (just_opened_empty_) return true;
    return kind == Kind::kArray ? value_must_follow() : member_key();
  }

  // After an opening bracket or a comma in an array nothing is to be done: the loop reads it.
  bool value_must_follow() {
    more_ = true;
    return true;
  }

  bool member_key() {
    more_ = true;
    if (at_ >= text_.size() || text_[at_] != '"') return fail("a key in double quotes");
    if (!scalar(Kind::kString, [this] { return string(); })) return false;
    if (!skip_space()) return false;
    if (at_ >= text_.size() || text_[at_] != ':') return fail("':' after the key");
    ++at_;
    return true;
  }

  // Closes whatever is complete now; leaves at_ where the next value begins.
  bool close_finished() {
    if (more_) {  // a bracket was opened and its first value is still to come
      more_ = false;
      return true;
    }
    while (!open_.empty()) {
      Node& node = written_[open_.back()];
      const bool object = node.kind == Kind::kObject;
      if (just_opened_empty_) {
        just_opened_empty_ = false;
      } else {
        ++node.count;
        if (!skip_space()) return false;
        if (at_ < text_.size() && text_[at_] == ',') {
          ++at_;
          if (!skip_space()) return false;
          if (object && !member_key()) return false;
          more_ = false;
          return true;
        }
        if (at_ >= text_.size() || text_[at_] != (object ? '}' : ']')) {
          return fail(object ? "',' or '}'" : "',' or ']'");
        }
      }
      ++at_;
      node.end = static_cast<std::uint32_t>(at_);
      node.next = static_cast<std::uint32_t>(count_);
      open_.pop_back();
    }
    return true;
  }

  bool skip_space() {
    // Nearly always there is none.
    if (at_ < text_.size() && text_[at_] > ' ' && text_[at_] != '/') return true;
    return skip_spaces();
  }

  bool skip_spaces() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (options_.comments && text_[at_] == '/') {
        if (!comment()) return false;
      } else {
        break;
      }
    }
    return true;
  }

  bool comment() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("//")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return true;
    }
    if (!rest.starts_with("/*")) return fail("a comment");
    const std::size_t close = text_.find("*/", at_ + 2);
    if (close == std::string_view::npos) return fail("a comment that ends with */");
    at_ = close + 2;
    return true;
  }

  bool word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return fail("a value");
    at_ += expected.size();
    return true;
  }

  bool digits() {
    if (at_ >= text_.size() || !is_digit(text_[at_])) return fail("a digit");
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return true;
  }

  bool number() {
    const std::size_t begin = at_;
    if (text_[at_] == '-') ++at_;
    if (at_ >= text_.size() || !is_digit(text_[at_])) {
      return fail(at_ == begin ? "a value" : "a digit");
    }
    if (text_[at_] == '0') {
      ++at_;
      if (at_ < text_.size() && is_digit(text_[at_])) return fail("no digit after a leading zero");
    } else if (!digits()) {
      return false;
    }
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      return digits();
    }
    return true;
  }

  bool string() {
    ++at_;
    while (true) {
      skip_plain();
      if (at_ >= text_.size()) return fail("'\"' at the end of a string");
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\') {
        if (!escape()) return false;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return fail("a control character to be written as an escape");
      } else {
        const std::size_t length = utf8_sequence_length(text_.substr(at_));
        if (length == 0) return fail("UTF-8");
        at_ += length;
      }
    }
  }

  void skip_plain() {
    while (at_ + kBlock <= text_.size()) {
      const std::size_t plain = plain_in_block(text_.data() + at_);
      at_ += plain;
      if (plain < kBlock) return;
    }
    while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
  }

  static constexpr std::size_t kNodesAtOnce = 1024;
  static constexpr std::size_t kNodesMoved = 65'536;

  // Eight characters at once: how many of them, from the first on, are plain.
  static constexpr std::size_t kBlock = 8;
  static std::size_t plain_in_block(const char* text) {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighs = kOnes * 0x80;
    std::uint64_t block = 0;
    std::memcpy(&block, text, kBlock);
    if constexpr (std::endian::native == std::endian::big) block = __builtin_bswap64(block);
    // Sets a byte's high bit where it is below `least`; bytes above such a one may be taken for
    // one, which does not matter, since the lowest is what is asked for.
    const auto below = [](std::uint64_t bytes, std::uint64_t least) {
      return (bytes - kOnes * least) & ~bytes;
    };
    const std::uint64_t others = (block | below(block, 0x20) | below(block ^ (kOnes * '"'), 1) |
                                  below(block ^ (kOnes * '\\'), 1)) &
                                 kHighs;
    return others == 0 ? kBlock : static_cast<std::size_t>(std::countr_zero(others)) / 8;
  }

  static bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
  }

  bool escape() {
    ++at_;
    if (at_ >= text_.size()) return fail("an escape");
    const char c = text_[at_];
    if (c == 'u') {
      for (std::size_t i = 1; i <= 4; ++i) {
        if (at_ + i >= text_.size() || !is_hex(text_[at_ + i])) {
          at_ += i;
          return fail("four hex digits after \\u");
        }
      }
      at_ += 5;
      return true;
    }
    if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) {
      return fail("one of \" \\ / b f n r t u after a backslash");
    }
    ++at_;
    return true;
  }

  bool fail(std::string_view expected) {
    message_ = "found " + quote_char(text_, at_) + ", expected " + std::string(expected);
    return false;
  }

  Error error() const {
    const Place place = place_of(text_, at_);
    return {"bad_json", "line " + std::to_string(place.line) + ", column " +
                            std::to_string(place.column) + ": " + message_};
  }

  std::string_view text_;
  const ParseOptions& options_;
  std::vector<Node>& nodes_;
  std::vector<std::uint32_t>& open_;
  std::size_t at_ = 0;
  Node* written_;  // the nodes, those that are not used yet included
  std::size_t room_;
  std::size_t count_ = 0;
  bool just_opened_empty_ = false;
  bool more_ = false;
  std::string message_;
};

}  // namespace

std::string_view describe(Kind kind) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "null", "true or false", "a number", "a string", "an array", "an object"};
  return kNames[static_cast<std::size_t>(kind)];
}

Places::Places(std::string_view text) : size_(text.size()), line_starts_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    line_starts_.push_back(at + 1);
    if (line_starts_.size() % 4096 == 0) breathe();
  }
}

Place Places::of(std::size_t offset) const {
  offset = std::min(offset, size_);
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return {static_cast<std::size_t>(after - line_starts_.begin()), offset - *std::prev(after) + 1};
}

Place place_of(std::string_view text, std::size_t offset) {
  text = text.substr(0, offset);
  const std::size_t last = text.rfind('\n');
  const std::size_t line_start = last == std::string_view::npos ? 0 : last + 1;
  const auto ends = std::count(text.begin(), text.end(), '\n');
  return {static_cast<std::size_t>(ends) + 1, text.size() - line_start + 1};
}

std::string_view Value::text() const {
  if (!present()) return {};
  return {text_ + node().begin, node().end - node().begin};
}

std::string Value::string() const { return is_string() ? decode_string(text()) : std::string(); }

std::optional<std::int64_t> Value::integer() const {
  if (!is_number()) return std::nullopt;
  return parse_number<std::int64_t>(text());
}

double Value::number() const {
  double value = 0;
  const std::string_view digits = text();
  if (!is_number()) return value;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // from_chars leaves 1e400 at 0, which would pass for a number in range: infinity does not.
  if (parsed.ec == std::errc::result_out_of_range) {
    value = std::strtod(std::string(digits).c_str(), nullptr);
  }
  return value;
}

Value Value::operator[](std::string_view key) const {
  Value found;
  for (const Member member : members()) {
    const std::string_view quoted_key = member.key.text();
    const std::string_view inner = quoted_key.substr(1, quoted_key.size() - 2);
    const bool plain = inner.find('\\') == std::string_view::npos;
    if (plain ? inner == key : decode_string(quoted_key) == key) found = member.value;
  }
  return found;
}

Members Value::members() const { return Members(is_object() ? *this : Value()); }
Items Value::items() const { return Items(is_array() ? *this : Value()); }

Members::Iterator Members::begin() const {
  if (!object_.present()) return end();
  return {object_, object_.index_ + 1, object_.node().count};
}

Members::Iterator& Members::Iterator::operator++() {
  index_ = object_.nodes_[index_ + 1].next;
  --left_;
  return *this;
}

Items::Iterator Items::begin() const {
  if (!array_.present()) return end();
  return {array_, array_.index_ + 1, array_.node().count};
}

Items::Iterator& Items::Iterator::operator++() {
  index_ = array_.nodes_[index_].next;
  --left_;
  return *this;
}

Result<Document> Document::parse(std::string text, ParseOptions options) {
  Document document;
  document.text_ = std::move(text);
  std::vector<std::uint32_t> open;
  Parser parser(document.text_, options, document.nodes_, open);
  Result<std::size_t> end = parser.parse(0, true);
  if (!end) return end.error();
  document.nodes_.resize(parser.count());
  document.nodes_.shrink_to_fit();
  return document;
}

Result<Value> Reader::read(std::string_view text) {
  Parser parser(text, options_, nodes_, open_);
  Result<std::size_t> end = parser.parse(0, true);
  if (!end) return end.error();
  return Value(text.data(), nodes_.data(), 0);
}

Result<Value> Reader::read_one(std::string_view text, std::size_t& offset) {
  Parser parser(text, options_, nodes_, open_);
  Result<std::size_t> end = parser.parse(offset, false);
  if (!end) return end.error();
  offset = *end;
  return Value(text.data(), nodes_.data(), 0);
}

}  // namespace terapi::core::json
