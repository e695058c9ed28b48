# The house's rooms and who may know whom (docs/architecture.md).
#
#   terapi_room(NAME SOURCES dirs… ROOMS rooms… LINKS libraries…)   a library, target terapi_NAME
#   terapi_program(NAME MAIN file.cc ROOMS rooms…)                  a program in build/bin
#   terapi_tests(NAME SOURCES dirs… ROOMS rooms… [SHARDS n])        the *_test.cc files of folders
#   terapi_benchmarks(NAME SOURCES dirs… ROOMS rooms… LINKS …)      Google Benchmark's main and the *.cc files
#
# A link that is not in the table below fails to configure.

set(TERAPI_MAY_KNOW_core "")
set(TERAPI_MAY_KNOW_core_system core)
set(TERAPI_MAY_KNOW_core_sqlite core)
set(TERAPI_MAY_KNOW_simulator core core_sqlite)
set(TERAPI_MAY_KNOW_client core core_sqlite)
set(TERAPI_MAY_KNOW_client_postgres core client)
set(TERAPI_MAY_KNOW_conformance core)
set(TERAPI_MAY_KNOW_simulator_program core core_system core_sqlite simulator)
set(TERAPI_MAY_KNOW_client_program core core_system core_sqlite client client_postgres)
set(TERAPI_MAY_KNOW_conformance_harness core core_system core_sqlite simulator client conformance)
set(TERAPI_MAY_KNOW_conformance_explore core core_system core_sqlite simulator client conformance
    conformance_harness)
set(TERAPI_MAY_KNOW_conformance_program core core_system core_sqlite simulator client conformance
    conformance_harness conformance_explore)

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

function(terapi_check_rooms from)
  foreach(room IN LISTS ARGN)
    if(NOT room IN_LIST TERAPI_MAY_KNOW_${from})
      message(FATAL_ERROR "room '${from}' may not know room '${room}' (cmake/TerapiRooms.cmake)")
    endif()
  endforeach()
endfunction()

function(terapi_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ROOMS;LINKS" ${ARGN})
  terapi_check_rooms(${name} ${ARG_ROOMS})
  set(sources "")
  foreach(folder IN LISTS ARG_SOURCES)
    file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
    list(FILTER found EXCLUDE REGEX "(_test|/test_[^/]*)\\.cc$")
    list(APPEND sources ${found})
  endforeach()
  add_library(terapi_${name} STATIC ${sources})
  target_include_directories(terapi_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  list(TRANSFORM ARG_ROOMS PREPEND terapi_)
  target_link_libraries(terapi_${name} PUBLIC ${ARG_ROOMS} PRIVATE ${ARG_LINKS}
                        $<BUILD_INTERFACE:terapi_flags>)
endfunction()

function(terapi_program name)
  cmake_parse_arguments(ARG "" "MAIN" "ROOMS" ${ARGN})
  add_executable(${name} ${PROJECT_SOURCE_DIR}/${ARG_MAIN})
  list(TRANSFORM ARG_ROOMS PREPEND terapi_)
  target_link_libraries(${name} PRIVATE ${ARG_ROOMS} terapi_flags)
endfunction()

# A program of many tests is n of CTest's tests, each a process that runs every n-th of them: most tests take less
# time than starting a process, and those that wait do so side by side. What became of each test is in a file beside,
# which `./terapi test` counts. A few tests only: ./terapi test --only 'Json*', or GTEST_FILTER='Json*' ctest -L unit.
function(terapi_tests name)
  cmake_parse_arguments(ARG "" "SHARDS" "SOURCES;ROOMS" ${ARGN})
  set(sources "")
  foreach(folder IN LISTS ARG_SOURCES)
    file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*_test.cc)
    list(APPEND sources ${found})
  endforeach()
  if(NOT sources)
    return()  # a room whose tests are not written yet
  endif()
  add_executable(${name} ${sources} ${PROJECT_SOURCE_DIR}/tests/invariants_on.cc)
  list(TRANSFORM ARG_ROOMS PREPEND terapi_)
  target_link_libraries(${name} PRIVATE ${ARG_ROOMS} GTest::gtest_main GTest::gmock
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
function(terapi_benchmarks name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ROOMS;LINKS" ${ARGN})
  set(sources "")
  foreach(folder IN LISTS ARG_SOURCES)
    file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
    list(APPEND sources ${found})
  endforeach()
  add_executable(${name} ${sources})
  list(TRANSFORM ARG_ROOMS PREPEND terapi_)
  target_link_libraries(${name} PRIVATE ${ARG_ROOMS} ${ARG_LINKS} benchmark::benchmark_main terapi_flags)
endfunction()
