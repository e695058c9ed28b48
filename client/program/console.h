// Console: what the user sees on stderr: log lines, and under them a line that is redrawn in place.
//
//   Console console([](std::string_view text) { … }, [] { return std::size_t{80}; });
//   console.show("412,000 records");   // drawn, and drawn anew by the next show()
//   console.print("a warning\n");      // above it
//   console.clear();
//
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace terapi::client {

class Console {
 public:
  // `columns`: how wide the terminal is now; a line that does not fit is cut, since one that
  // wraps could not be redrawn.
  Console(std::function<void(std::string_view)> write, std::function<std::size_t()> columns)
      : write_(std::move(write)), columns_(std::move(columns)) {}

  // This process's stderr.
  static Console of_stderr();
  // Whether stderr is a terminal that can redraw a line.
  static bool stderr_redraws();

  // A whole line, with its line end.
  void print(std::string_view line);
  // The line that is redrawn, without a line end.
  void show(std::string_view line);
  // Removes it.
  void clear();

 private:
  std::function<void(std::string_view)> write_;
  std::function<std::size_t()> columns_;
  std::string shown_;
};

}  // namespace terapi::client
