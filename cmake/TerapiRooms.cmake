# What is built of the rooms in the table (rooms.cmake): their folders' sources, linked with the rooms that they may know.
#
#   terapi_room(ROOM LINKS libraries…)             a library; core/system is the target terapi_core_system
#   terapi_program(NAME ROOM)                      a program in build/bin
#   terapi_tests(NAME rooms… [SHARDS n])           their *_test.cc files
#   terapi_benchmarks(NAME ROOM LINKS libraries…)  Google Benchmark's main and the *.cc files
#
# A room that this build leaves out is left out everywhere.
include(${CMAKE_CURRENT_LIST_DIR}/rooms.cmake)

add_library(terapi_flags INTERFACE)
target_compile_options(terapi_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wnon-virtual-dtor -Wold-style-cast)
# GCC 12 sees overlaps in std::string that are not there (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(terapi_flags INTERFACE -Wno-restrict)
endif()
if(TERAPI_WARNINGS_AS_ERRORS)
  target_compile_options(terapi_flags INTERFACE -Werror)
endif()

# The targets of the rooms that a room knows, and its own, as far as they are built.
function(terapi_targets room out)
  rooms_known_to(${room} known)
  set(targets "")
  foreach(other IN LISTS room known)
    string(REPLACE / _ name terapi_${other})
    if(TARGET ${name})
      list(APPEND targets ${name})
    endif()
  endforeach()
  set(${out} ${targets} PARENT_SCOPE)
endfunction()

# A room's files of that pattern.
function(terapi_sources room pattern out)
  folders_of(${room} folders)
  list(TRANSFORM folders PREPEND ${PROJECT_SOURCE_DIR}/)
  list(TRANSFORM folders APPEND /${pattern})
  file(GLOB found CONFIGURE_DEPENDS ${folders})
  set(${out} ${found} PARENT_SCOPE)
endfunction()

function(terapi_room room)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  terapi_sources(${room} *.cc sources)
  list(FILTER sources EXCLUDE REGEX "(_test|/test_[^/]*)\\.cc$")
  terapi_targets(${room} targets)
  string(REPLACE / _ name terapi_${room})
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(${name} PUBLIC ${targets} PRIVATE ${ARG_LINKS} $<BUILD_INTERFACE:terapi_flags>)
endfunction()

function(terapi_program name room)
  terapi_sources(${room} *.cc sources)
  terapi_targets(${room} targets)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${targets} terapi_flags)
endfunction()

# A program of many tests is n of CTest's tests, each a process that runs every n-th of them: most tests take less
# time than starting a process, and those that wait do so side by side. What became of each test is in a file beside,
# which `./terapi test` counts. A few tests only: ./terapi test --only 'Json*', or GTEST_FILTER='Json*' ctest -L unit.
function(terapi_tests name)
  cmake_parse_arguments(ARG "" "SHARDS" "" ${ARGN})
  set(sources "")
  set(targets "")
  foreach(room IN LISTS ARG_UNPARSED_ARGUMENTS)
    terapi_sources(${room} *_test.cc found)
    list(APPEND sources ${found})
    terapi_targets(${room} known)
    list(APPEND targets ${known})
  endforeach()
  list(REMOVE_DUPLICATES targets)
  add_executable(${name} ${sources} ${PROJECT_SOURCE_DIR}/tests/invariants_on.cc)
  target_link_libraries(${name} PRIVATE ${targets} GTest::gtest_main GTest::gmock
                        nlohmann_json::nlohmann_json terapi_test_places terapi_flags)
  target_compile_options(${name} PRIVATE ${TERAPI_TEST_OPTIONS})
  if(NOT ARG_SHARDS)
    set(ARG_SHARDS 1)
  endif()
  foreach(shard RANGE 1 ${ARG_SHARDS})
    math(EXPR index "${shard} - 1")
    set(test ${name}.${shard}of${ARG_SHARDS})
    add_test(NAME ${test} COMMAND ${name})
    set_tests_properties(${test} PROPERTIES LABELS unit ENVIRONMENT
      "GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${index};GTEST_OUTPUT=xml:${PROJECT_BINARY_DIR}/log/tests/${test}.xml")
  endforeach()
endfunction()

# One executable: benchmarks register themselves, which the objects of a library would not do.
function(terapi_benchmarks name room)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  terapi_sources(${room} *.cc sources)
  terapi_targets(${room} targets)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${targets} ${ARG_LINKS} benchmark::benchmark_main terapi_flags)
endfunction()
