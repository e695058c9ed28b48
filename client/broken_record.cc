#include "client/broken_record.h"

#include <algorithm>

#include "core/utf8.h"

namespace terapi::client {
namespace {

// One pass over the brackets, quotes, colons and commas; whatever stands between is passed over.
class RoughScan {
 public:
  explicit RoughScan(std::string_view text) : text_(text) {}

  BrokenRecord run() {
    if (!text_.starts_with('{')) return found_;
    while (at_ < text_.size() && !found_.whole) step();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = text_[at_++];
    switch (c) {
      case '{':
      case '[':
        found_.depth = std::max(found_.depth, ++open_);
        break;
      case '}':
      case ']':
        found_.whole = --open_ == 0;
        break;
      case '"':
        return take_string();
      case ':':
      case ',':
        break;
      default:
        return;
    }
    before_ = c;
  }

  void take_string() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    at_ = std::min(at_, text_.size());
    const std::string_view inner = text_.substr(begin, at_ - begin);
    ++at_;
    if (open_ == 1 && before_ == ':' && key_ == "id" && found_.id.empty()) {
      found_.id = core::as_utf8(inner);
    }
    if (open_ == 1 && before_ != ':') key_ = inner;
    before_ = '"';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t open_ = 0;  // brackets
  char before_ = ' ';     // the bracket, quote, colon or comma before this one
  std::string_view key_;  // of the record's own members, the last one
  BrokenRecord found_;
};

}  // namespace

BrokenRecord look_at_broken_record(std::string_view text) { return RoughScan(text).run(); }

}  // namespace terapi::client
