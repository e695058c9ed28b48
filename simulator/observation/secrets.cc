#include "simulator/observation/secrets.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/breather.h"
#include "core/hex.h"
#include "core/shown_url.h"

namespace terapi::simulator {
namespace {

constexpr std::size_t kLongestStart = 4;
// Of so many environments the keys are compared each time; of more only where somebody said that
// they changed.
constexpr std::size_t kFewEnvironments = 8;

char lower_of(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lower_key(std::string_view key) {
  std::string text(key);
  std::transform(text.begin(), text.end(), text.begin(), lower_of);
  return text;
}

template <typename Visit>
void visit_keys(const State& state, Visit visit) {
  for (const Environment& environment : state.environments) {
    const Settings& settings = environment.settings;
    for (const std::string* key :
         {&settings.secret_key, &settings.signing_key, &settings.previous_signing_key}) {
      if (!key->empty()) visit(*key);
    }
  }
}

}  // namespace

void Secrets::add(std::string secret) {
  if (!secret.empty()) added_.push_back(std::move(secret));
  known_ = false;
}

bool Secrets::is_current() const {
  if (!known_) return false;
  if (state_ == nullptr) return true;
  if (state_->environments.size() > kFewEnvironments) {
    return state_->environments.data() == first_ && state_->environments.size() == environments_;
  }
  bool same = true;
  std::size_t seen = 0;
  visit_keys(*state_, [&](const std::string& key) {
    same = same && seen < learned_.size() && learned_[seen] == key;
    ++seen;
  });
  return same && seen == learned_.size();
}

void Secrets::learn() const {
  learned_.clear();
  if (state_ != nullptr) {
    visit_keys(*state_, [&](const std::string& key) { learned_.push_back(key); });
    first_ = state_->environments.data();
    environments_ = state_->environments.size();
  }
  keys_.clear();
  for (const std::vector<std::string>* from : {&added_, &std::as_const(learned_)}) {
    std::transform(from->begin(), from->end(), std::back_inserter(keys_), lower_key);
  }
  // One key may be a part of another.
  std::sort(keys_.begin(), keys_.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
  start_length_ = keys_.empty() ? 0 : std::min(keys_.back().size(), kLongestStart);
  starts_.assign(256, false);
  by_start_.clear();
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    starts_[static_cast<unsigned char>(keys_[i].front())] = true;
    by_start_[start_of(keys_[i])].push_back(i);
  }
  known_ = true;
}

std::uint32_t Secrets::start_of(std::string_view key) const {
  std::uint32_t start = 0;
  for (const char c : key.substr(0, start_length_)) {
    start = start * 256 + static_cast<unsigned char>(c);
  }
  return start;
}

// "%37" is '7', and so is "%2537", which somebody encoded twice.
Secrets::Letter Secrets::letter_at(std::string_view text, std::size_t at) {
  char meant = text[at];
  std::size_t length = 1;
  while (meant == '%' && at + length + 1 < text.size()) {
    const int high = core::hex_value(text[at + length]);
    const int low = core::hex_value(text[at + length + 1]);
    if (high < 0 || low < 0) break;
    meant = static_cast<char>(high * 16 + low);
    length += 2;
  }
  return {lower_of(meant), length};
}

std::size_t Secrets::spelled_length(std::string_view text, std::size_t at,
                                    std::string_view key) const {
  std::size_t length = 0;
  for (const char wanted : key) {
    if (at + length >= text.size()) return 0;
    const Letter letter = letter_at(text, at + length);
    if (letter.meant != wanted) return 0;
    length += letter.length;
  }
  return length;
}

std::size_t Secrets::length_of_key_at(std::string_view text, std::size_t at,
                                      std::size_t least) const {
  std::string start;
  for (std::size_t next = at; start.size() < start_length_ && next < text.size();) {
    const Letter letter = letter_at(text, next);
    start += letter.meant;
    next += letter.length;
  }
  const auto found = by_start_.find(start_of(start));
  if (start.size() < start_length_ || found == by_start_.end()) return 0;
  for (const std::size_t i : found->second) {
    if (keys_[i].size() < least) continue;
    if (const std::size_t length = spelled_length(text, at, keys_[i]); length > 0) return length;
  }
  return 0;
}

Secrets::Found Secrets::find_key(std::string_view text, std::size_t from, std::size_t least) const {
  if (keys_.empty()) return {};
  const std::size_t shortest = keys_.back().size();
  core::Steps steps;
  for (std::size_t at = from; at + shortest <= text.size(); ++at) {
    steps.step();
    const auto first = static_cast<unsigned char>(lower_of(text[at]));
    if (first == '[' && text.substr(at).starts_with(kMark)) {
      at += kMark.size() - 1;  // it was hidden before
    } else if (starts_[first] || first == '%') {
      if (const std::size_t length = length_of_key_at(text, at, least); length > 0) {
        return {at, length};
      }
    }
  }
  return {};
}

std::string Secrets::hide_keys(std::string_view text, std::size_t least) const {
  if (!is_current()) learn();
  std::string out;
  std::size_t written = 0;
  for (Found found = find_key(text, 0, least); found.at != std::string_view::npos;
       found = find_key(text, written, least)) {
    out.append(text.substr(written, found.at - written)).append(kMark);
    written = found.at + found.length;
  }
  return out.append(text.substr(written));
}

void Secrets::hide_keys_in(std::string& text, std::size_t least) const {
  if (!is_current()) learn();
  if (find_key(text, 0, least).at != std::string_view::npos) text = hide_keys(text, least);
}

void Secrets::hide_in(std::string& text) const {
  hide_keys_in(text);
  if (text.find('=') != std::string_view::npos || text.find("://") != std::string_view::npos) {
    text = core::without_url_secrets(text);
  }
}

std::string Secrets::hide(std::string_view text) const {
  return core::without_url_secrets(hide_keys(text));
}

}  // namespace terapi::simulator
