#include "simulator/loading/record_reader.h"

#include <sys/stat.h>
#include <algorithm>
#include <fstream>
#include <utility>

#include "core/json.h"
#include "core/utf8.h"
#include "simulator/loading/csv_row.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::size_t kLongestLine = std::size_t{256} << 20;

// What the three readers share: a file, and where in it they are.
class FileReader : public RecordReader {
 public:
  FileReader(std::string path, std::ifstream file)
      : path_(std::move(path)), file_(std::move(file)) {}
  std::string place() const override { return path_ + ", line " + std::to_string(line_); }

 protected:
  core::Error bad(const std::string& message) const {
    return {"bad_file", place() + ": " + message};
  }

  std::string path_;
  std::ifstream file_;
  std::size_t line_ = 0;
};

class NdjsonReader final : public FileReader {
 public:
  using FileReader::FileReader;
  core::Result<std::optional<std::string>> next() override {
    std::string text;
    while (std::getline(file_, text)) {
      ++line_;
      if (line_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
      if (text.size() > kLongestLine) return bad("the line is longer than 256 MiB");
      if (text.find_first_not_of(" \t\r") != std::string::npos) return {std::move(text)};
    }
    if (file_.bad()) return bad("reading the file failed part-way");
    return std::optional<std::string>();
  }
};

// Finds the items of a JSON array by their brackets, so that the array may be larger than memory.
class ArrayReader final : public FileReader {
 public:
  using FileReader::FileReader;
  core::Result<std::optional<std::string>> next() override {
    // The opening bracket stands before the first item, a comma before each other one.
    skip_space();
    const bool first = !std::exchange(begun_, true);
    if (first || at_ == ',') {
      skip_space();
      if (first && at_ == ']') return finish();
      if (ended_ || at_ != '{') return bad("found '" + shown() + "', expected an object");
    } else {
      if (!ended_ && at_ == ']') return finish();
      return bad("found '" + shown() + "', expected ',' or ']'");
    }
    std::string text;
    int depth = 0;
    bool in_string = false;
    start_line_ = line_;
    do {
      text += at_;
      if (in_string) {
        if (at_ == '\\') {
          if (!read()) break;
          text += at_;
        } else if (at_ == '"') {
          in_string = false;
        }
      } else if (at_ == '"') {
        in_string = true;
      } else if (at_ == '{') {
        ++depth;
      } else if (at_ == '}' && --depth == 0) {
        return {std::move(text)};
      }
      if (text.size() > kLongestLine) return bad("an item is longer than 256 MiB");
    } while (read());
    return bad("the file ends inside an item");
  }
  std::string place() const override { return path_ + ", line " + std::to_string(start_line_ + 1); }

 private:
  bool read() {
    char c = 0;
    if (!file_.get(c)) {
      ended_ = true;
      return false;
    }
    if (c == '\n') ++line_;
    at_ = c;
    return true;
  }

  // Reads to the next character that is no white space, or to the end.
  void skip_space() {
    while (read()) {
      if (at_ != ' ' && at_ != '\n' && at_ != '\r' && at_ != '\t') return;
    }
  }

  core::Result<std::optional<std::string>> finish() {
    while (read()) {
      if (std::string_view(" \t\r\n").find(at_) == std::string_view::npos) {
        return bad("there is more text after the end of the array");
      }
    }
    return std::optional<std::string>();
  }

  std::string shown() const { return ended_ ? "the end of the file" : std::string(1, at_); }

  char at_ = 0;
  bool begun_ = false;
  bool ended_ = false;
  std::size_t start_line_ = 0;
};

class CsvReader final : public FileReader {
 public:
  using FileReader::FileReader;
  core::Result<std::optional<std::string>> next() override {
    if (names_.empty()) {
      core::Result<std::optional<CsvRow>> header = read_row();
      if (!header) return header.error();
      if (!*header) return std::optional<std::string>();
      names_ = std::move(**header);
      for (std::size_t i = 0; i < names_.size(); ++i) {
        if (std::find(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(i), names_[i]) !=
            names_.begin() + static_cast<std::ptrdiff_t>(i)) {
          return bad("the header has two columns named '" + names_[i] + "'");
        }
      }
    }
    core::Result<std::optional<CsvRow>> row = read_row();
    if (!row) return row.error();
    if (!*row) return std::optional<std::string>();
    if ((*row)->size() != names_.size()) {
      return bad("the row has " + std::to_string((*row)->size()) + " columns; the header has " +
                 std::to_string(names_.size()));
    }
    return std::optional(to_object(**row));
  }

 private:
  core::Result<std::optional<CsvRow>> read_row() {
    std::string text;
    std::string line;
    CsvQuotes quotes;
    while (std::getline(file_, line)) {
      ++line_;
      if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
      if (text.empty() && (line.empty() || line == "\r")) continue;
      text += text.empty() ? line : "\n" + line;
      quotes.read(line);
      if (text.size() > kLongestLine) return bad("the row is longer than 256 MiB");
      // Quotes that are not closed go on in the next line.
      if (quotes.closed()) {
        if (text.ends_with('\r')) text.pop_back();
        if (!core::is_utf8(text)) return bad("the row is not UTF-8");
        core::Result<CsvRow> row = parse_csv_row(text);
        if (!row) return bad(row.error().message);
        return std::optional(std::move(*row));
      }
    }
    if (!text.empty()) return bad("the file ends inside quotes");
    return std::optional<CsvRow>();
  }

  std::string to_object(const CsvRow& row) const {
    std::string out = "{";
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ',';
      json::append_quoted(out, names_[i]);
      out += ':';
      json::append_quoted(out, row[i]);
    }
    return out += '}';
  }

  CsvRow names_;
};

}  // namespace

core::Result<std::unique_ptr<RecordReader>> RecordReader::open(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    return core::Error{"no_file", "there is no file '" + path + "'"};
  }
  if (S_ISDIR(info.st_mode)) {
    return core::Error{"no_file", "'" + path + "' is a folder; expected a file of records"};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return core::Error{"no_file", "the file '" + path + "' cannot be read"};
  if (path.ends_with(".csv")) {
    return std::unique_ptr<RecordReader>(std::make_unique<CsvReader>(path, std::move(file)));
  }
  // What stands before the first character, a byte order mark included, is no part of it.
  char mark[3] = {};
  file.read(mark, sizeof(mark));
  const std::streamoff begin = std::string_view(mark, sizeof(mark)) == "\xEF\xBB\xBF" ? 3 : 0;
  file.clear();
  file.seekg(begin);
  int first = file.peek();
  while (first == ' ' || first == '\n' || first == '\r' || first == '\t') {
    file.get();
    first = file.peek();
  }
  if (first == '[') {
    file.seekg(begin);
    return std::unique_ptr<RecordReader>(std::make_unique<ArrayReader>(path, std::move(file)));
  }
  file.clear();
  file.seekg(0);
  return std::unique_ptr<RecordReader>(std::make_unique<NdjsonReader>(path, std::move(file)));
}

}  // namespace terapi::simulator
