// Writes JSON text, compact, in the order of the calls. It places the commas. A value.
//
//   json::Writer out;
//   out.begin_object().field("id", "1").field("count", 3).end_object();
//   out.take();   // {"id":"1","count":3}
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/json.h"

namespace terapi::core::json {

class Writer {
 public:
  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }

  Writer& key(std::string_view name) {
    comma();
    append_quoted(out_, name);
    out_ += ':';
    after_key_ = true;
    return *this;
  }
  Writer& string(std::string_view text) {
    comma();
    append_quoted(out_, text);
    return *this;
  }
  Writer& boolean(bool value) { return raw(value ? "true" : "false"); }
  Writer& null() { return raw("null"); }
  template <std::integral T>
  Writer& number(T value) {
    return raw(std::to_string(value));
  }
  // Text that is JSON already.
  Writer& raw(std::string_view json) {
    comma();
    out_ += json;
    return *this;
  }

  Writer& field(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& field(std::string_view name, const char* text) { return key(name).string(text); }
  Writer& field(std::string_view name, std::same_as<bool> auto value) {
    return key(name).boolean(value);
  }
  template <std::integral T>
  requires(!std::same_as<T, bool>) Writer& field(std::string_view name, T value) {
    return key(name).number(value);
  }
  Writer& field(std::string_view name, const std::string& text) { return key(name).string(text); }
  Writer& optional_field(std::string_view name, const std::optional<std::string>& text) {
    return text ? field(name, *text) : key(name).null();
  }
  Writer& raw_field(std::string_view name, std::string_view json) { return key(name).raw(json); }
  Writer& null_field(std::string_view name) { return key(name).null(); }

  std::string& text() { return out_; }
  std::string take() { return std::move(out_); }

 private:
  Writer& open(char bracket) {
    comma();
    out_ += bracket;
    return *this;
  }
  Writer& close(char bracket) {
    out_ += bracket;
    after_key_ = false;
    return *this;
  }
  // A comma is due after anything that is neither an opening nor a key.
  void comma() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (out_.empty()) return;
    const char last = out_.back();
    if (last != '{' && last != '[') out_ += ',';
  }

  std::string out_;
  bool after_key_ = false;
};

}  // namespace terapi::core::json
