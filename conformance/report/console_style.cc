#include "conformance/report/console_style.h"

#include "core/printable.h"

namespace terapi::conformance {
namespace {

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string ConsoleStyle::verdict(Verdict verdict) const {
  const std::string_view name = to_string(verdict);
  switch (verdict) {
    case Verdict::kPass:
    case Verdict::kInfo:
      return green(name);
    case Verdict::kWarn:
    case Verdict::kInconclusive:
      return yellow(name);
    case Verdict::kSkip:
      return dim(name);
    case Verdict::kFail:
    case Verdict::kError:
      return paint(core::Paint::kFailure, name);
  }
  return std::string(name);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) {
    if (!continues_code_point(c)) ++width;
  }
  return width;
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return std::string(taken < width ? width - taken : 0, ' ') + std::string(text);
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return std::string(text) + std::string(taken < width ? width - taken : 0, ' ');
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t end = 0;
  for (std::size_t taken = 0; end < text.size(); ++end) {
    if (continues_code_point(text[end])) continue;
    if (++taken == width) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string printable(std::string_view text) {
  return core::printable(text, core::LineBreaks::kKeep);
}

std::string indent(std::string_view text, std::string_view prefix) {
  std::string out;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::size_t end = newline == std::string_view::npos ? text.size() : newline;
    if (end > 0) out += prefix;
    out += text.substr(0, end);
    out += '\n';
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  }
  return out;
}

}  // namespace terapi::conformance
