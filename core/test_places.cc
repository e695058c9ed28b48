#include "core/test_places.h"

namespace terapi::core {

std::string source_folder() { return TERAPI_SOURCE_DIR; }

std::string bin_folder() { return TERAPI_BIN_DIR; }

}  // namespace terapi::core
