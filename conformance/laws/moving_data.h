// Laws on data that is not the judge's own, and may change while it is read: nobody is accused for
// what others wrote meanwhile, and of a large stream a part is looked at.
//
// A law that finds something is believed when the part that it looked at was the same before and
// after. Where it was not, the law is asked again, of the stream up to where it ended then: what
// comes later stands behind. A stream that changes within that part each time proves nothing.
//
//   check_on_moving_data(*find_law("exact-page"), context, 1'000);
//
// Thread rule: one thread.
#pragma once

#include <cstddef>

#include "conformance/laws/law.h"

namespace terapi::conformance {

// `sample`: how many records are looked at, the oldest; 0: all. Findings go to `context`; where
// nothing can be told, its `unproven` says why.
void check_on_moving_data(const Law& law, LawContext& context, std::size_t sample);

}  // namespace terapi::conformance
