#include <string>
#include <vector>

#include "simulator/program/program.h"

int main(int argc, char** argv) {
  return terapi::simulator::run_program(std::vector<std::string>(argv + 1, argv + argc));
}
