#include "conformance/report/redactor.h"

#include <algorithm>
#include <cstddef>

#include "core/hex.h"
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
    } else if (text[at] == '%' && at + 2 < text.size() && core::hex_value(text[at + 1]) >= 0 &&
               core::hex_value(text[at + 2]) >= 0 &&
               static_cast<char>(core::hex_value(text[at + 1]) * 16 +
                                 core::hex_value(text[at + 2])) == wanted) {
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

void add_base64_forms(std::vector<std::string>& forms, const std::string& secret) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (const std::string_view last : {"+/", "-_"}) {
    for (std::size_t before = 0; before < 3; ++before) {
      std::string form = base64_core(secret, before, std::string(kLetters) + std::string(last));
      if (form.size() >= kLeastBase64) forms.push_back(std::move(form));
    }
  }
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    forms_.push_back(secret);
    const std::string quoted = core::json::quoted(secret);
    forms_.push_back(quoted.substr(1, quoted.size() - 2));
    add_base64_forms(forms_, secret);
  }
  std::sort(forms_.begin(), forms_.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  forms_.erase(std::unique(forms_.begin(), forms_.end()), forms_.end());
}

std::string Redactor::redact(std::string_view text) const {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    for (const std::string& form : forms_) {
      if (text[at] != form.front() && text[at] != '%') continue;
      length = spelled_length(text.substr(at), form);
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
