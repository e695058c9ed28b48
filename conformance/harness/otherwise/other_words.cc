#include "conformance/harness/otherwise/other_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace terapi::conformance {

namespace json = core::json;

namespace {

// A key and its value, both as JSON text.
struct MemberText {
  std::string key;
  std::string value;
};
using MemberTexts = std::vector<MemberText>;

constexpr std::array<std::string_view, 6> kOtherSentences = {
    "No.",
    "That cannot be done.",
    "nicht erlaubt: bitte prüfen",
    "error \\\"E_42\\\"\\nsee the handbook",
    "Validation failed, sorry; this one was not taken.",
    "…"};

template <typename Item>
void put_in_another_order(std::vector<Item>& items, core::Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

std::string another_sentence(core::Random& random) {
  std::string text = "\"";
  text += kOtherSentences[random.below(kOtherSentences.size())];
  return text + "\"";
}

// Between tokens there may be white space, or none.
std::string_view some_space(core::Random& random) {
  static constexpr std::array<std::string_view, 6> kSpaces = {"", "", "", " ", "\n", "  "};
  return kSpaces[random.below(kSpaces.size())];
}

std::string object_of(const MemberTexts& members, core::Random& random) {
  std::string text = "{";
  for (const MemberText& member : members) {
    if (&member != &members.front()) text += ',';
    text += some_space(random);
    text += member.key;
    text += ':';
    text += some_space(random);
    text += member.value;
  }
  return text + "}";
}

MemberTexts members_of(const json::Value& object) {
  MemberTexts members;
  for (const json::Member member : object.members()) {
    members.push_back({std::string(member.key.text()), std::string(member.value.text())});
  }
  return members;
}

std::string list_of(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const std::string& item : items) {
    if (&item != &items.front()) text += ',';
    text += item;
  }
  return text + "]";
}

MemberText something_more(core::Random& random) {
  static constexpr std::array<std::string_view, 4> kValues = {R"({"took_ms":3,"records":[]})",
                                                              "null", R"("eu-west-1")", "[1,2,3]"};
  return {R"("x_more")", std::string(kValues[random.below(kValues.size())])};
}

std::string shuffled_object(MemberTexts members, bool says_more, core::Random& random) {
  if (says_more) members.push_back(something_more(random));
  put_in_another_order(members, random);
  return object_of(members, random);
}

std::string record_in_other_words(const json::Value& record, std::string_view metadata_key,
                                  bool says_more, core::Random& random) {
  MemberTexts payload;
  std::optional<MemberText> metadata;
  for (const json::Member member : record.members()) {
    if (!metadata && member.key.string() == metadata_key && member.value.is_object()) {
      metadata = {std::string(member.key.text()),
                  shuffled_object(members_of(member.value), says_more, random)};
    } else {
      payload.push_back({std::string(member.key.text()), std::string(member.value.text())});
    }
  }
  if (metadata) {
    const auto place = static_cast<std::ptrdiff_t>(random.below(payload.size() + 1));
    payload.insert(payload.begin() + place, *metadata);
  }
  return object_of(payload, random);
}

std::string value_in_other_words(const json::Value& value, core::Random& random) {
  if (value.is_object()) {
    MemberTexts members;
    for (const json::Member member : value.members()) {
      members.push_back(
          {std::string(member.key.text()), value_in_other_words(member.value, random)});
    }
    put_in_another_order(members, random);
    return object_of(members, random);
  }
  if (!value.is_array()) return std::string(value.text());
  std::vector<std::string> items;
  for (const json::Value item : value.items()) items.push_back(value_in_other_words(item, random));
  return list_of(items);
}

// One of ERR-1's mistakes, or the error itself.
std::string told_otherwise(const json::Value& object, const std::string& errors, bool says_more,
                           core::Random& random) {
  MemberTexts members;
  for (const json::Member member : object.members()) {
    const std::string key = member.key.string();
    std::string value(member.value.text());
    if (key == "message" && member.value.is_string()) value = another_sentence(random);
    if (key == "errors" && !errors.empty()) value = errors;
    members.push_back({std::string(member.key.text()), std::move(value)});
  }
  return shuffled_object(std::move(members), says_more, random);
}

enum class Case : std::uint8_t { kAsItIs, kLower, kUpper, kMixed };

std::string in_case(std::string name, Case which, core::Random& random) {
  if (which == Case::kAsItIs) return name;
  for (char& c : name) {
    const bool upper = which == Case::kUpper || (which == Case::kMixed && random.below(2) == 0);
    const auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>(upper ? std::toupper(byte) : std::tolower(byte));
  }
  return name;
}

}  // namespace

std::string page_in_other_words(const std::string& body, std::string_view metadata_key,
                                const PageChoices& choices, core::Random& random) {
  const auto document = json::Document::parse(body, {.max_depth = 100'000});
  if (!document || !document->root()["records"].is_array()) return body;
  const json::Value list = document->root()["records"];
  std::vector<std::string> records;
  std::string last_cursor;
  const std::size_t most = std::max<std::size_t>(1, list.size() * choices.percent / 100);
  for (const json::Value record : list.items()) {
    if (records.size() == most) break;
    records.push_back(record_in_other_words(record, metadata_key, choices.says_more, random));
    last_cursor = std::string(record[metadata_key]["cursor"].text());
  }
  const bool shorter = records.size() < list.size();
  MemberTexts members;
  for (const json::Member member : document->root().members()) {
    const std::string key = member.key.string();
    std::string value(member.value.text());
    if (key == "records") value = list_of(records);
    if (key == "next_cursor" && shorter) value = last_cursor;
    members.push_back({std::string(member.key.text()), std::move(value)});
  }
  return shuffled_object(std::move(members), choices.says_more, random);
}

std::string error_in_other_words(const std::string& body, bool says_more, core::Random& random) {
  const auto document = json::Document::parse(body);
  if (!document || !document->root()["error"].is_object()) return body;
  const json::Value error = document->root()["error"];
  std::vector<std::string> mistakes;
  for (const json::Value mistake : error["errors"].items()) {
    mistakes.push_back(told_otherwise(mistake, "", says_more, random));
  }
  put_in_another_order(mistakes, random);
  const std::string list = mistakes.empty() ? "" : list_of(mistakes);
  MemberTexts members;
  for (const json::Member member : document->root().members()) {
    const bool is_error = member.key.string() == "error";
    members.push_back(
        {std::string(member.key.text()), is_error ? told_otherwise(error, list, says_more, random)
                                                  : std::string(member.value.text())});
  }
  return shuffled_object(std::move(members), says_more, random);
}

std::string object_in_other_words(const std::string& body, core::Random& random) {
  const auto document = json::Document::parse(body);
  return document ? value_in_other_words(document->root(), random) : body;
}

core::Headers headers_in_other_words(const core::Headers& headers, core::Random& random) {
  const Case which = static_cast<Case>(random.below(4));
  std::vector<std::vector<core::Headers::Field>> groups;  // by name
  for (const auto& field : headers) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return core::equals_ignoring_case(group.front().first, field.first);
    });
    if (same == groups.end()) {
      groups.push_back({field});
    } else {
      same->push_back(field);
    }
  }
  put_in_another_order(groups, random);
  core::Headers changed;
  for (const auto& group : groups) {
    for (const auto& [name, value] : group) changed.add(in_case(name, which, random), value);
  }
  return changed;
}

}  // namespace terapi::conformance
