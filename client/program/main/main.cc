#include <string>
#include <vector>

#include "client/program/program.h"

int main(int argc, char** argv) {
  return terapi::client::run_program(std::vector<std::string>(argv + 1, argv + argc));
}
