#include "simulator/storage/stored_json.h"

#include "core/base64.h"
#include "core/utf8.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::string_view kBase64 = "base64";

}  // namespace

void StoredWriter::value(const std::string& text) {
  if (core::is_utf8(text)) {
    out_.string(text);
    return;
  }
  out_.begin_object().field(kBase64, core::base64(text, core::Padding::kWith)).end_object();
}

void StoredWriter::value(const core::Headers& headers) { items(headers); }

void StoredReader::read(Value value, const Path& path, Issues& issues, std::string& text) {
  if (value.is_string()) {
    text = value.string();
    return;
  }
  const Value encoded = value[kBase64];
  if (value.is_object() && value.size() == 1 && encoded.is_string()) {
    if (auto bytes = core::decode_base64(encoded.string())) {
      text = *std::move(bytes);
      return;
    }
  }
  wrong(value, path, issues, "a text");
}

void StoredReader::read(Value value, const Path& path, Issues& issues, SharedText& text) {
  std::string given;
  read(value, path, issues, given);
  text = SharedText(std::move(given));
}

void StoredReader::read(Value value, const Path& path, Issues& issues, bool& yes) {
  if (!value.is_boolean()) return wrong(value, path, issues, "true or false");
  yes = value.boolean();
}

void StoredReader::read(Value value, const Path& path, Issues& issues, core::Duration& duration) {
  std::int64_t count = 0;
  read(value, path, issues, count);
  duration = core::Duration(count);
}

void StoredReader::read(Value value, const Path& path, Issues& issues, core::Time& time) {
  std::int64_t count = 0;
  read(value, path, issues, count);
  time = core::Time(core::Duration(count));
}

void StoredReader::read(Value value, const Path& path, Issues& issues, core::Headers& headers) {
  std::vector<core::Headers::Field> fields;
  read(value, path, issues, fields);
  headers = {};
  for (auto& [name, text] : fields) headers.add(std::move(name), std::move(text));
}

std::int64_t StoredReader::read_integer(Value value, const Path& path, Issues& issues,
                                        std::int64_t least, std::int64_t most) {
  const std::optional<std::int64_t> number = value.integer();
  if (number && *number >= least && *number <= most) return *number;
  wrong(value, path, issues,
        "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return least <= 0 ? 0 : least;
}

void StoredReader::wrong(Value value, const Path& path, Issues& issues, std::string_view expected) {
  constexpr std::size_t kLongest = 60;
  const std::string found = !value.present() ? std::string("missing")
                            : value.is_object() || value.is_array()
                                ? std::string(json::describe(value.kind()))
                                : std::string(value.text().substr(0, kLongest));
  issues.push_back({value.present() ? "invalid_type" : "required",
                    json::path_text(path) + " is " + found + "; expected " + std::string(expected),
                    path, value.offset()});
}

core::Error stored_error(std::string_view what, const json::Issues& issues) {
  constexpr std::size_t kMost = 3;
  std::string message(what);
  for (std::size_t i = 0; i < issues.size() && i < kMost; ++i) {
    message += (i == 0 ? ": " : "; ") + issues[i].message;
  }
  if (issues.size() > kMost) message += "; and " + std::to_string(issues.size() - kMost) + " more";
  return {"data_corrupt", message};
}

core::Error stored_error(std::string_view what, const core::Error& parsing) {
  return {"data_corrupt", std::string(what) + ": " + parsing.message};
}

}  // namespace terapi::simulator
