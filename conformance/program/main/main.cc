#include <string>
#include <vector>

#include "conformance/program/program.h"

int main(int argc, char** argv) {
  return terapi::conformance::run_program(std::vector<std::string>(argv + 1, argv + argc));
}
