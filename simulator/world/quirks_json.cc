#include "simulator/world/quirks_json.h"

#include "simulator/records/quirk_words.h"

namespace terapi::simulator {

QuirkChoices read_quirks(core::json::Fields& fields) {
  QuirkChoices quirks;
  for (const auto& each : kQuirkWords) {
    if (const auto on = fields.boolean(each.word)) quirks.choose(each.value, *on);
  }
  return quirks;
}

void write_quirks(core::json::Writer& out, const QuirkChoices& quirks) {
  for (const auto& each : kQuirkWords) {
    if (quirks.chosen(each.value)) out.field(each.word, quirks.on(each.value));
  }
}

}  // namespace terapi::simulator
