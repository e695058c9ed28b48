#include "client/program/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "client/program/figures.h"

namespace terapi::client {
namespace {

// To the line's beginning, and erase it.
constexpr std::string_view kErase = "\r\x1b[K";

std::size_t stderr_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

Console Console::of_stderr() {
  return {[](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); },
          stderr_columns};
}

bool Console::stderr_redraws() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && std::string_view(terminal ? terminal : "") != "dumb";
}

void Console::print(std::string_view line) {
  if (shown_.empty()) return write_(line);
  // In one write, so that nothing flickers.
  write_(std::string(kErase) + std::string(line) + shown_);
}

void Console::show(std::string_view line) {
  // The last column stays free: some terminals wrap when it is written.
  const std::size_t columns = columns_();
  std::string cut = cut_to(line, columns > 1 ? columns - 1 : 1);
  if (cut == shown_) return;
  write_(std::string(kErase) + cut);
  shown_ = std::move(cut);
}

void Console::clear() {
  if (shown_.empty()) return;
  write_(kErase);
  shown_.clear();
}

}  // namespace terapi::client
