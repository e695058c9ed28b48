#include "client/page.h"

#include <string_view>
#include <utility>

#include "client/broken_record.h"
#include "core/json.h"
#include "core/rfc3339.h"

namespace terapi::client {

namespace json = core::json;

namespace {

bool is_json_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// What has to be stored, compared or sent back as text, and is none: two ids that differ in nothing
// else would become one.
constexpr std::string_view kHalfAPair = "holds half of a surrogate pair, expected Unicode text";

// Deeper than any API serves; the parser's memory, not its stack, grows with it.
constexpr json::ParseOptions kLimits{.comments = false, .max_depth = 100'000};

}  // namespace

// Walks the answer's outer object by hand, and parses one record at a time, so that the parser's
// memory is that of the largest record and not that of the page.
class PageScan {
 public:
  PageScan(Page& page, const Dialect& dialect)
      : page_(page), text_(*page.body_), dialect_(dialect), reader_(kLimits) {}

  core::Result<void> run() {
    if (text_.starts_with(json::kByteOrderMark)) at_ = json::kByteOrderMark.size();
    if (auto opened = expect('{'); !opened) return opened;
    if (!next_is('}')) {
      do {
        if (auto member = read_member(); !member || page_.poison_) return member;
      } while (next_is(','));
      if (auto closed = expect('}'); !closed) return closed;
    }
    skip_space();
    if (at_ != text_.size()) return bad("there is something after its end");
    if (!has_records_) return bad("it has no \"records\"");
    if (!has_next_) return bad("it has no \"next_cursor\"");
    return {};
  }

 private:
  core::Error bad(const std::string& what) const {
    const json::Place place = json::place_of(text_, at_);
    return {code(), "the answer is not a page of records: " + what + " at line " +
                        std::to_string(place.line) + ", column " + std::to_string(place.column) +
                        " of " + std::to_string(text_.size()) + " bytes"};
  }
  core::Error bad(const core::Error& error) const {
    return {code(), "the answer is not a page of records: " + error.message};
  }

  const char* code() const { return in_records_ ? "broken_record" : "bad_page"; }

  void skip_space() {
    while (at_ < text_.size() && is_json_space(text_[at_])) ++at_;
  }
  // Takes the character if it is the next one after white space.
  bool next_is(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  core::Result<void> expect(char c) {
    if (next_is(c)) return {};
    return bad(std::string("expected '") + c + "'");
  }

  core::Result<void> read_member() {
    skip_space();
    auto key = reader_.read_one(text_, at_);
    if (!key) return bad(key.error());
    if (!key->is_string()) return bad("expected a key");
    const std::string name = key->string();
    if (auto colon = expect(':'); !colon) return colon;
    if (name == "records") return read_records();
    skip_space();
    auto value = reader_.read_one(text_, at_);
    if (!value) return bad(value.error());
    if (name == "next_cursor") return take_next_cursor(*value);
    return {};
  }

  core::Result<void> take_next_cursor(const json::Value& value) {
    has_next_ = true;
    page_.next_cursor_.reset();
    if (value.is_string()) {
      if (json::has_unpaired_surrogate(value.text())) {
        return bad("\"next_cursor\" " + std::string(kHalfAPair));
      }
      page_.next_cursor_ = value.string();
      if (page_.next_cursor_->empty()) return bad("\"next_cursor\" is an empty string");
    } else if (!value.is_null()) {
      return bad("\"next_cursor\" is " + std::string(json::describe(value.kind())));
    }
    return {};
  }

  core::Result<void> read_records() {
    if (has_records_) return bad("\"records\" appears twice");
    has_records_ = true;
    if (auto opened = expect('['); !opened) return opened;
    if (next_is(']')) return {};
    in_records_ = true;
    std::size_t number = 0;
    do {
      skip_space();
      ++number;
      auto value = reader_.read_one(text_, at_);
      if (!value) return read_broken_record(value.error(), number);
      read_record(*value, number);
      // What stands after a poison record must not be stored.
      if (page_.poison_) return {};
    } while (next_is(','));
    if (auto closed = expect(']'); !closed) return closed;
    in_records_ = false;
    return {};
  }

  // One whole record that is not JSON is told from an answer that breaks off within one.
  core::Result<void> read_broken_record(const core::Error& error, std::size_t number) {
    const BrokenRecord broken = look_at_broken_record(std::string_view(text_).substr(at_));
    if (!broken.whole) return bad(error);
    page_.poison_ =
        Page::Poison{broken.id.empty() ? nameless(number) : broken.id,
                     "it cannot be read: " + error.message, broken.depth <= kLimits.max_depth};
    return {};
  }

  void read_record(const json::Value& value, std::size_t number) {
    if (!value.is_object()) {
      page_.poison_ =
          Page::Poison{nameless(number), "it is " + std::string(json::describe(value.kind())) +
                                             ", expected an object"};
      return;
    }
    Record record;
    json::Value metadata;
    json::Value metadata_key;
    json::Value id;
    std::size_t metadata_count = 0;
    for (const json::Member& member : value.members()) {
      if (is_key(member.key, dialect_.metadata_key)) {
        metadata = member.value;
        metadata_key = member.key;
        ++metadata_count;
      } else if (is_key(member.key, "id")) {
        id = member.value;
      }
    }
    const auto refuse = [&](const std::string& reason) {
      page_.poison_ = Page::Poison{name_of(id, number), reason};
    };
    const bool is_number = id.is_number() && dialect_.has_numeric_ids;
    if (!is_number && (!id.is_string() || id.text() == "\"\"")) {
      return refuse("its \"id\" is " + found(id) + ", expected a string that is not empty");
    }
    if (!metadata.is_object()) {
      return refuse("its \"" + std::string(dialect_.metadata_key) + "\" is " + found(metadata) +
                    ", expected an object");
    }
    if (json::has_unpaired_surrogate(id.text())) {
      return refuse("its \"id\" " + std::string(kHalfAPair));
    }
    record.id = is_number ? id.text() : text_of(id);
    if (const std::string reason = read_metadata(metadata, record); !reason.empty()) {
      return refuse("its metadata's " + reason);
    }
    // From here on the reader's values are not to be trusted: their text is edited in place.
    record.payload = metadata_count == 1
                         ? cut(value.offset(), value.text().size(), metadata_key.offset(),
                               metadata.offset() + metadata.text().size())
                         : rebuilt(value);
    page_.records_.push_back(record);
  }

  // Its id; as it is written where it is no text.
  std::string name_of(const json::Value& id, std::size_t number) const {
    if (id.is_number()) return std::string(id.text());
    if (!id.is_string() || id.text() == "\"\"") return nameless(number);
    if (!json::has_unpaired_surrogate(id.text())) return id.string();
    return std::string(id.text().substr(1, id.text().size() - 2));
  }

  std::string nameless(std::size_t number) const {
    std::string name = "record " + std::to_string(number) + " of a page";
    if (!page_.records_.empty()) {
      name += ", the one after \"" + std::string(page_.records_.back().id) + "\"";
    }
    return name;
  }

  static std::string found(const json::Value& value) {
    if (!value.present()) return "missing";
    if (value.is_string() && value.text() == "\"\"") return "an empty string";
    return std::string(json::describe(value.kind()));
  }

  // Keys are nearly always written without escapes.
  static bool is_key(const json::Value& key, std::string_view name) {
    const std::string_view text = key.text();
    if (text.size() == name.size() + 2) return text.substr(1, name.size()) == name;
    return text.size() > name.size() + 2 && text.find('\\') != std::string_view::npos &&
           key.string() == name;
  }

  // A string's value: a slice where it has no escapes, else a decoded copy that the page keeps.
  std::string_view text_of(const json::Value& string) {
    const std::string_view quoted = string.text();
    const std::string_view inner = quoted.substr(1, quoted.size() - 2);
    if (inner.find('\\') == std::string_view::npos) return inner;
    return page_.decoded_->emplace_back(string.string());
  }

  // What is wrong, or "".
  std::string read_metadata(const json::Value& metadata, Record& record) {
    std::string wrong;
    const auto take = [&](const json::Value& value, std::string_view name, std::string_view& into) {
      if (value.is_string() && !json::has_unpaired_surrogate(value.text())) {
        into = text_of(value);
      } else if (value.is_string()) {
        wrong = "\"" + std::string(name) + "\" " + std::string(kHalfAPair);
      } else if (!value.is_null() && wrong.empty()) {
        wrong = "\"" + std::string(name) + "\" is " + found(value) + ", expected a string or null";
      }
    };
    std::string_view action;
    for (const json::Member& member : metadata.members()) {
      const std::string_view quoted = member.key.text();
      const std::string_view key = quoted.substr(1, quoted.size() - 2);
      if (key == "cursor") take(member.value, key, record.cursor);
      if (key == "last_modified_at") take(member.value, key, record.last_modified_at);
      if (key == "first_seen_at") take(member.value, key, record.first_seen_at);
      if (key == "deleted_at") take(member.value, key, record.deleted_at);
      if (key == "pruned_at") take(member.value, key, record.pruned_at);
      if (key == "last_action") take(member.value, key, action);
    }
    if (!wrong.empty()) return wrong;
    if (record.cursor.empty()) return "\"cursor\" is missing or empty, expected a string";
    const auto modified = core::parse_rfc3339(record.last_modified_at);
    if (!modified) {
      return "\"last_modified_at\" is \"" + std::string(record.last_modified_at) +
             "\", expected a timestamp such as 2023-09-18T15:20:35.941305+00:00";
    }
    record.modified = *modified;
    // The action tells it where there is one; a deleted_at alone says the same.
    if (action == "DELETED" || (action.empty() && !record.deleted_at.empty())) {
      record.action = Action::kDeleted;
      record.deleted = true;
    } else if (action == "UPDATED") {
      record.action = Action::kUpdated;
    } else if (action != "ADDED" && !action.empty()) {
      return "\"last_action\" is \"" + std::string(action) +
             "\", expected ADDED, UPDATED or DELETED";
    }
    return "";
  }

  // The record's text without the member [key, end); edited in place, so that nothing is copied,
  // where the metadata comes last or first.
  std::string_view cut(std::size_t begin, std::size_t size, std::size_t key, std::size_t end) {
    std::string& body = *page_.body_;
    std::size_t after = end;
    while (is_json_space(body[after])) ++after;
    std::size_t before = key - 1;
    while (is_json_space(body[before])) --before;
    if (body[after] == '}') {  // the last one: the comma before it becomes the end
      body[before] = '}';
      return std::string_view(body).substr(begin, before + 1 - begin);
    }
    if (body[before] == '{') {  // the first one: the comma after it becomes the beginning
      body[after] = '{';
      return std::string_view(body).substr(after, begin + size - after);
    }
    // Between two others: moving what follows would move it under the other slices of this record.
    return page_.decoded_->emplace_back(body.substr(begin, before - begin) +
                                        body.substr(after, begin + size - after));
  }

  // For metadata that is there twice: every member but those.
  std::string_view rebuilt(const json::Value& value) {
    std::string text = "{";
    for (const json::Member& member : value.members()) {
      if (is_key(member.key, dialect_.metadata_key)) continue;
      if (text.size() > 1) text += ',';
      text.append(member.key.text()).append(":").append(member.value.text());
    }
    text += '}';
    return page_.decoded_->emplace_back(std::move(text));
  }

  Page& page_;
  const std::string& text_;
  const Dialect& dialect_;
  json::Reader reader_;
  std::size_t at_ = 0;
  bool in_records_ = false;
  bool has_records_ = false;
  bool has_next_ = false;
};

core::Result<Page> Page::parse(std::string body, const Dialect& dialect) {
  Page page;
  page.body_ = std::make_unique<std::string>(std::move(body));
  page.decoded_ = std::make_unique<std::deque<std::string>>();
  if (auto scanned = PageScan(page, dialect).run(); !scanned) return scanned.error();
  return page;
}

}  // namespace terapi::client
