// GET /records (REC-1 to REC-11, CUR-3 to CUR-5).
#pragma once

#include "simulator/api/public_call.h"

namespace terapi::simulator {

PublicResult get_records(PublicCall& call);

}  // namespace terapi::simulator
