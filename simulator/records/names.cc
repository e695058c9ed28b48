#include "simulator/records/names.h"

#include <algorithm>

#include "core/utf8.h"

namespace terapi::simulator {
namespace {

constexpr std::size_t kLongestName = 255;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool is_of_a_variant(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

std::size_t characters_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

std::optional<std::string> name_fault(NameOf what, std::string_view name) {
  if (name.empty()) return "is empty; expected 1 to 255 characters";
  if (!core::is_utf8(name)) return "is not UTF-8 text";
  if (const std::size_t count = characters_of(name); count > kLongestName) {
    return "has " + std::to_string(count) + " characters; expected 1 to 255";
  }
  if (what == NameOf::kVariant && !std::all_of(name.begin(), name.end(), is_of_a_variant)) {
    return "has other characters than a-z, A-Z, 0-9, '_' and '-', all that a variant may have";
  }
  if (name.find('\0') != std::string_view::npos) return "holds NUL, which no request can say";
  if (what == NameOf::kIntegration || what == NameOf::kConnection) {
    if (std::any_of(name.begin(), name.end(), is_control)) {
      return "holds a control character, which no header can say";
    }
    if (name.front() == ' ' || name.back() == ' ') {
      return "begins or ends with a space, which no header can say";
    }
  }
  return std::nullopt;
}

void check_name(core::json::Fields& fields, std::string_view key, NameOf what,
                std::string_view name) {
  if (name.empty()) return;
  if (const auto fault = name_fault(what, name)) fields.report(key, "invalid_value", *fault);
}

core::Result<void> check_names(const StreamKey& key) {
  struct Part {
    NameOf what;
    std::string_view word;
    const std::string& name;
  };
  for (const Part& part :
       {Part{NameOf::kIntegration, "integration", key.integration},
        Part{NameOf::kConnection, "connection", key.connection},
        Part{NameOf::kModel, "model", key.model}, Part{NameOf::kVariant, "variant", key.variant}}) {
    if (const auto fault = name_fault(part.what, part.name)) {
      return core::Error{"bad_name", "the " + std::string(part.word) + " '" +
                                         core::shortened(part.name) + "' " + *fault};
    }
  }
  return {};
}

}  // namespace terapi::simulator
