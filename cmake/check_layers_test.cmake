# Shows that check_layers.cmake can fail: builds small trees with one fault each, and expects its message.
#
#   cmake -DSCRATCH=/some/folder -DCHECK=layers|files|page -P cmake/check_layers_test.cmake
cmake_minimum_required(VERSION 3.25)

if(NOT DEFINED SCRATCH)
  message(FATAL_ERROR "-DSCRATCH=FOLDER is needed; it is emptied")
endif()

# expect(WHAT MESSAGE FILE CONTENT): a sound tree plus this one file gives this message; "" means none.
function(expect what message file content)
  file(REMOVE_RECURSE ${SCRATCH}/${CHECK})
  file(WRITE ${SCRATCH}/${CHECK}/core/clock.h "#include <string>\n")
  file(WRITE ${SCRATCH}/${CHECK}/core/system/server.cc
       "#include <boost/asio.hpp>\n#include <httplib.h>\n#include \"core/clock.h\"\n")
  file(WRITE ${SCRATCH}/${CHECK}/simulator/records/cursor.h "#include \"core/clock.h\"\n")
  file(WRITE ${SCRATCH}/${CHECK}/simulator/storage/database.cc "#include <sqlite3.h>\n")
  file(WRITE ${SCRATCH}/${CHECK}/simulator/program/serve.cc
       "#include \"core/system/server.h\"\n#include \"simulator/records/cursor.h\"\n")
  file(WRITE ${SCRATCH}/${CHECK}/${file} "${content}")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -DROOT=${SCRATCH}/${CHECK} -DCHECK=${CHECK} -P
            ${CMAKE_CURRENT_LIST_DIR}/check_layers.cmake
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(message STREQUAL "")
    if(NOT status EQUAL 0)
      message(SEND_ERROR "${what}: expected no violation, got:\n${output}")
    endif()
    return()
  endif()
  string(FIND "${output}" "${message}" at)
  string(FIND "${output}" "violations of ${CHECK}: 1\n" one)
  if(status EQUAL 0 OR at EQUAL -1 OR one EQUAL -1)
    message(SEND_ERROR "${what}: expected one violation '${message}', got status ${status} and:\n${output}")
  endif()
endfunction()

set(DOLLAR $) # text that would upset a careless script
if(CHECK STREQUAL "layers")
  expect("a sound tree" "" simulator/a.cc "#include \"simulator/records/cursor.h\"\n")
  expect("core knows the simulator" "core/a.cc:2: core may not include simulator/records (simulator/records/cursor.h)"
         core/a.cc "// see [1; \\d ${DOLLAR}{x} and\n#include \"simulator/records/cursor.h\"\n")
  expect("core knows its adapters" "core may not include core/system" core/a.cc
         "#include \"core/system/server.h\"\n")
  expect("the adapters know the simulator" "core/system may not include simulator/records" core/system/a.cc
         "#include \"simulator/records/cursor.h\"\n")
  expect("the simulator knows sockets" "simulator/api may not include core/system" simulator/api/a.cc
         "#include \"core/system/server.h\"\n")
  expect("a test counts too" "simulator may not include core/system" simulator/a_test.cc
         "#include \"core/system/server.h\"\n")
  expect("the simulator knows its program" "simulator may not include simulator/program" simulator/a.cc
         "#include \"simulator/program/serve.h\"\n")
  expect("the simulator knows the client" "simulator may not include client" simulator/a.cc
         "#include \"client/store.h\"\n")
  expect("the program knows the client" "simulator/program may not include client" simulator/program/a.cc
         "#include \"client/store.h\"\n")
  expect("the client knows the simulator" "client may not include simulator/records" client/a.cc
         "#include \"simulator/records/cursor.h\"\n")
  expect("the client does without PostgreSQL" "client/storage may not include client/postgres" client/storage/a.cc
         "#include \"client/postgres/postgres_store.h\"\n")
  expect("the client's program is at the edge" "" client/program/a.cc
         "#include \"core/system/server.h\"\n#include \"client/store.h\"\n")
  expect("the judge knows the judged" "conformance/laws may not include simulator/records" conformance/laws/a.cc
         "#include \"simulator/records/cursor.h\"\n")
  expect("the harness joins them" "" conformance/harness/stage/a.cc
         "#include \"simulator/records/cursor.h\"\n#include \"client/store.h\"\n")
  expect("records know the world"
         "simulator/records/a.h:1: simulator/records may not include simulator/world (simulator/world/state.h)"
         simulator/records/a.h "#include \"simulator/world/state.h\"\n")
  expect("records know what is above them in their room's own folder"
         "simulator/records may not include simulator (simulator/simulator.h)" simulator/records/a.h
         "#include \"simulator/simulator.h\"\n")
  expect("the world knows the records" "" simulator/world/a.h "#include \"simulator/records/cursor.h\"\n")
  expect("the API opens a database itself" "simulator/api may not include core/sqlite" simulator/api/a.cc
         "#include \"core/sqlite/sqlite_connection.h\"\n")
  expect("the engine knows where it stores" "client may not include client/storage" client/a.h
         "#include \"client/storage/sqlite_store.h\"\n")
  expect("a test may know all of its room" "" simulator/records/a_test.cc "#include \"simulator/simulator.h\"\n")
  expect("a folder that is in no room" "simulator/attic/a.h: cmake/rooms.cmake has no folder 'simulator/attic'"
         simulator/attic/a.h "#include <string>\n")
  expect("a public header drags an internal one in"
         "core/clock.h: is installed and includes core/words.h, which is not (cmake/public_headers.cmake)" core/clock.h
         "#include \"core/words.h\"\n")
  expect("a public header includes another one" "" core/transport.h "#include \"core/clock.h\"\n")
  expect("an example client shares a line" "conformance/examples/cpp may not include core (core/clock.h)"
         conformance/examples/cpp/client.cc "#include \"core/clock.h\"\n")
  expect("an example client has packages" "" conformance/examples/cpp/client.cc
         "#include <httplib.h>\n#include <nlohmann/json.hpp>\n#include <sqlite3.h>\n")
  expect("a relative path hides nothing" "core may not include simulator/records" core/a.cc
         "  #  include \"../simulator/records/cursor.h\"\n")
  expect("brackets hide nothing" "core may not include simulator/records" core/a.cc
         "#include <simulator/records/cursor.h>\n")
  expect("boost elsewhere" "simulator/a.cc:1: <boost/asio.hpp> belongs in core/system/ only" simulator/a.cc
         "#include <boost/asio.hpp>\n")
  expect("cpp-httplib elsewhere" "<httplib.h> belongs in core/system/, conformance/examples/cpp/ only" simulator/program/a.cc
         "#include <httplib.h>\n")
  expect("sqlite elsewhere" "<sqlite3.h> belongs in core/sqlite/, simulator/storage/, client/storage/, conformance/examples/cpp/ only" simulator/api/a.cc
         "#include <sqlite3.h>\n")
  expect("the client's database" "" client/storage/store.cc "#include <sqlite3.h>\n")
  expect("libpq elsewhere" "<libpq-fe.h> belongs in client/postgres/ only" client/storage/a.cc
         "#include <libpq-fe.h>\n")
  expect("a test framework in a program" "conformance/program/a.cc:1: <gtest/gtest.h> belongs in tests only"
         conformance/program/a.cc "#include <gtest/gtest.h>\n")
  expect("a test framework in a test" "" conformance/program/a_test.cc "#include <gtest/gtest.h>\n")
  expect("a tree of JSON in the simulator"
         "<nlohmann/json.hpp> belongs in conformance/harness/, conformance/report/, conformance/program/, conformance/examples/cpp/, benchmarks/, tests only"
         simulator/a.cc "#include <nlohmann/json.hpp>\n")
  expect("the judge's reports" "" conformance/report/a.cc "#include <nlohmann/json.hpp>\n")
  expect("a test reads JSON with another parser" "" simulator/test_world.h "#include <nlohmann/json.hpp>\n")
elseif(CHECK STREQUAL "files")
  string(REPEAT "int x;\n" 800 long_enough)
  expect("800 lines" "" core/a.cc "${long_enough}")
  expect("801 lines" "core/a.cc: 801 lines" core/a.cc "${long_enough}int y;\n")
  foreach(word utils common helpers manager)
    expect("a name that says nothing" "'${word}' says nothing" simulator/api/page_${word}.h "")
  endforeach()
  expect("other people's file" "" tests/a/node_modules/x/utils.js "${long_enough}int y;\n")
  foreach(word sleep_for usleep)
    expect("a test that sleeps" "core/a_test.cc:2: a test must not sleep (${word})" core/a_test.cc
           "void f() {\n  ${word}(1);\n}\n")
  endforeach()
  expect("a program may sleep" "" core/system/a.cc "void f() { sleep_for(1); }\n")
elseif(CHECK STREQUAL "page")
  file(READ ${CMAKE_CURRENT_LIST_DIR}/../docs/architecture.md page)
  expect("the page as it is" "" docs/architecture.md "${page}")
  string(REPLACE "| `core/sqlite` | `core` |" "| `core/sqlite` | `client` |" lie "${page}")
  expect("a page that lies" "docs/architecture.md: its table of rooms is not that of cmake/rooms.cmake"
         docs/architecture.md "${lie}")
  string(REPLACE "| `core/clock.h` |" "| `core/watch.h` |" lie "${page}")
  expect("a page that forgets a header" "docs/architecture.md: does not say what the public header core/clock.h is for"
         docs/architecture.md "${lie}")
else()
  message(FATAL_ERROR "-DCHECK=layers, files or page is needed")
endif()
file(REMOVE_RECURSE ${SCRATCH}/${CHECK})
