// The nearest right word for a wrong one, for errors that help. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace terapi::core {

// The word that takes the fewest edits to get to, if it is near enough to be what was meant; "".
std::string nearest(std::string_view wrong, const std::vector<std::string>& right);

// "; did you mean 'limit'?" or, when none is near, "; known: a, b, c".
std::string suggestion(std::string_view wrong, const std::vector<std::string>& right);

}  // namespace terapi::core
