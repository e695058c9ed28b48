#include "simulator/loading/record_reader.h"

#include <sys/stat.h>
#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/json.h"
#include "core/utf8.h"
#include "simulator/loading/csv_row.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::size_t kLongestLine = std::size_t{256} << 20;

// A file's characters, once each: what has been looked at is handed out first.
class Characters {
 public:
  explicit Characters(std::ifstream file) : file_(std::move(file)) {}

  // Passes over a byte order mark, which is no part of the text.
  void skip_mark() {
    for (char c = 0; held_.size() < kMark.size() && file_.get(c);) held_ += c;
    if (held_ == kMark) held_.clear();
  }
  // The first character that is no white space; nothing when there is none.
  std::optional<char> first() {
    for (const char c : held_) {
      if (!is_space(c)) return c;
    }
    for (char c = 0; file_.get(c);) {
      held_ += c;
      if (!is_space(c)) return c;
    }
    return std::nullopt;
  }
  bool is_empty() { return held_.empty() && file_.peek() == std::ifstream::traits_type::eof(); }

  bool get(char& c) {
    if (next_ == held_.size()) return static_cast<bool>(file_.get(c));
    c = held_[next_++];
    return true;
  }

  // The next line, and what it ends with: nothing for the last one of a file.
  bool line(std::string& text, std::string_view& end) {
    text.clear();
    end = {};
    if (line_end_ != '\0' && next_ == held_.size()) {
      if (!std::getline(file_, text, line_end_)) return false;
      if (!file_.eof()) end = line_end_ == '\n' ? "\n" : "\r";
      return true;
    }
    bool any = false;
    for (char c = 0; get(c);) {
      any = true;
      if (c == '\n' || (c == '\r' && ends_lines())) {
        line_end_ = c;
        end = c == '\n' ? "\n" : "\r";
        return true;
      }
      text += c;
    }
    return any;
  }

  bool failed() const { return file_.bad(); }

 private:
  static constexpr std::string_view kMark = "\xEF\xBB\xBF";
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  // Whether a carriage return ends a line by itself: all do, or none.
  bool ends_lines() {
    if (line_end_ != '\0') return line_end_ == '\r';
    if (next_ < held_.size()) return held_[next_] != '\n';
    return file_.peek() != '\n';
  }

  std::ifstream file_;
  std::string held_;
  std::size_t next_ = 0;
  char line_end_ = '\0';  // not known yet
};

// What the three readers share: a file, and where in it they are.
class FileReader : public RecordReader {
 public:
  FileReader(std::string path, Characters file) : path_(std::move(path)), file_(std::move(file)) {}
  std::string place() const override { return path_ + ", line " + std::to_string(line_); }

 protected:
  core::Error bad(const std::string& message) const {
    return {"bad_file", place() + ": " + message};
  }

  std::string path_;
  Characters file_;
  std::size_t line_ = 0;
};

class NdjsonReader final : public FileReader {
 public:
  using FileReader::FileReader;
  core::Result<std::optional<std::string>> next() override {
    std::string text;
    std::string_view end;
    while (file_.line(text, end)) {
      ++line_;
      if (text.size() > kLongestLine) return bad("the line is longer than 256 MiB");
      if (text.find_first_not_of(" \t\r") != std::string::npos) return {std::move(text)};
    }
    if (file_.failed()) return bad("reading the file failed part-way");
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
      std::set<std::string_view> seen;
      for (const std::string& name : names_) {
        if (!seen.insert(name).second) {
          return bad("the header has two columns named '" + name + "'");
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
    std::string_view end;
    std::string_view end_before;
    CsvQuotes quotes;
    while (file_.line(line, end)) {
      ++line_;
      if (text.empty() && (line.empty() || line == "\r")) continue;
      if (!text.empty()) text += end_before;
      text += line;
      end_before = end;
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
    if (file_.failed()) return bad("reading the file failed part-way");
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

core::Result<std::unique_ptr<RecordReader>> RecordReader::open(const std::string& path,
                                                               Files files) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    return core::Error{"no_file", "there is no file '" + path + "'"};
  }
  if (S_ISDIR(info.st_mode)) {
    return core::Error{"no_file", "'" + path + "' is a folder; expected a file of records"};
  }
  const bool is_plain = S_ISREG(info.st_mode);
  if (!is_plain && files == Files::kPlain) {
    return core::Error{"no_file", "'" + path +
                                      "' is a pipe or a device; expected a plain file: those are "
                                      "read at the start only"};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return core::Error{"no_file", "the file '" + path + "' cannot be read"};
  Characters characters(std::move(file));
  characters.skip_mark();
  if (!is_plain && characters.is_empty()) {
    return core::Error{"bad_file", "nothing comes out of '" + path + "'; expected records"};
  }
  if (path.ends_with(".csv")) {
    return std::unique_ptr<RecordReader>(std::make_unique<CsvReader>(path, std::move(characters)));
  }
  if (characters.first() == '[') {
    return std::unique_ptr<RecordReader>(
        std::make_unique<ArrayReader>(path, std::move(characters)));
  }
  return std::unique_ptr<RecordReader>(std::make_unique<NdjsonReader>(path, std::move(characters)));
}

}  // namespace terapi::simulator
