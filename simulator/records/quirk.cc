#include "simulator/records/quirk.h"

#include "core/nearest.h"
#include "simulator/records/quirk_words.h"

namespace terapi::simulator {

std::vector<std::string> quirk_names() {
  std::vector<std::string> names;
  names.reserve(kQuirks);
  for (const auto& each : kQuirkWords) names.emplace_back(each.word);
  return names;
}

void QuirkChoices::choose(Quirk quirk, bool on) {
  chosen_.set(index(quirk));
  on_.set(index(quirk), on);
}

core::Result<void> read_quirk_choice(std::string_view text, QuirkChoices& choices) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const std::string_view state = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  const auto quirk = core::value_of(kQuirkWords, name);
  if (!quirk) {
    return core::Error{"bad_quirk", "there is no quirk '" + std::string(name) + "'" +
                                        core::suggestion(name, quirk_names())};
  }
  if (state != "on" && state != "off") {
    return core::Error{"bad_quirk", "'" + std::string(text) + "' does not say whether; expected " +
                                        std::string(name) + "=on or " + std::string(name) + "=off"};
  }
  choices.choose(*quirk, state == "on");
  return {};
}

}  // namespace terapi::simulator
