#include "conformance/report/redactor.h"

#include <algorithm>
#include <cstddef>

#include "conformance/contract/key_in_text.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

// Shorter pieces of base64 would be found where there is no key.
constexpr std::size_t kLeastBase64 = 8;

// How many bytes of `text` spell `form`, each of its characters written plainly or as %XX; 0: none.
std::size_t spelled_length(std::string_view text, std::string_view form) {
  std::size_t at = 0;
  for (const char wanted : form) {
    if (at >= text.size()) return 0;
    if (text[at] == wanted) {
      ++at;
    } else if (const auto spelled = percent_decoded(text.substr(at));
               spelled.length == 3 && spelled.meant == wanted) {
      at += 3;
    } else {
      return 0;
    }
  }
  return at;
}

// The characters of base64 that depend on nothing but `secret` when `before` bytes (0, 1, 2) stand
// in front of it in its group of three.
std::string base64_core(std::string_view secret, std::size_t before, std::string_view alphabet) {
  const std::string bytes = std::string(before, '\0') + std::string(secret);
  std::string out;
  for (std::size_t bit = 0; bit + 6 <= bytes.size() * 8; bit += 6) {
    if (bit < before * 8) continue;  // mixed with what stands in front
    const auto first = static_cast<unsigned char>(bytes[bit / 8]);
    const auto second =
        static_cast<unsigned char>(bit / 8 + 1 < bytes.size() ? bytes[bit / 8 + 1] : '\0');
    const unsigned pair = static_cast<unsigned>(first) * 256U + second;
    out += alphabet[(pair >> (10U - bit % 8U)) & 63U];
  }
  return out;
}

template <typename Forms>
void add_base64_forms(Forms& forms, const std::string& secret) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (const std::string_view last : {"+/", "-_"}) {
    for (std::size_t before = 0; before < 3; ++before) {
      std::string form = base64_core(secret, before, std::string(kLetters) + std::string(last));
      if (form.size() >= kLeastBase64) forms.push_back({std::move(form), false});
    }
  }
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    const bool alone = secret.size() < kLeastKeyAnywhere;
    forms_.push_back({secret, alone});
    const std::string quoted = core::json::quoted(secret);
    forms_.push_back({quoted.substr(1, quoted.size() - 2), alone});
    add_base64_forms(forms_, secret);
  }
  std::sort(forms_.begin(), forms_.end(), [](const Form& a, const Form& b) {
    return a.text.size() != b.text.size() ? a.text.size() > b.text.size() : a.text < b.text;
  });
  forms_.erase(std::unique(forms_.begin(), forms_.end(),
                           [](const Form& a, const Form& b) { return a.text == b.text; }),
               forms_.end());
}

std::string Redactor::redact(std::string_view text) const {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    for (const Form& form : forms_) {
      if (text[at] != form.text.front() && text[at] != '%') continue;
      length = spelled_length(text.substr(at), form.text);
      if (length > 0 && form.alone && !stands_alone(text, at, length)) length = 0;
      if (length > 0) break;
    }
    if (length == 0) {
      out += text[at++];
    } else {
      out += kMark;
      at += length;
    }
  }
  return out;
}

}  // namespace terapi::conformance
