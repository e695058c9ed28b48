# Installs the project, builds another one that uses it by find_package(terapi), and runs that
# against the simulator; and lets the installed judge find and play its scenarios:
#
#   cmake -DBUILD=… -DSOURCE=… -DSCRATCH=… -DBIN=… -DFLAGS=… -DGENERATOR=… -P install_test.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}: ${status}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/installed)
run(${CMAKE_COMMAND} -G ${GENERATOR} -S ${SOURCE}/examples/sync-into-your-own-store -B ${SCRATCH}/build
    -DCMAKE_PREFIX_PATH=${SCRATCH}/installed "-DCMAKE_CXX_FLAGS=${FLAGS}" -DCMAKE_BUILD_TYPE=Debug)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/installed/bin/terapi-simulator exec --log-level error --
    sh -c "exec ${SCRATCH}/build/sync-into-your-own-store $TERAPI_BASE_URL github/demo/Issue")
if(NOT output MATCHES "(^|\n)1000 records\n")
  message(FATAL_ERROR "expected '1000 records', got:\n${output}")
endif()
run(${SCRATCH}/installed/bin/terapi-sync --version)
set(judge ${SCRATCH}/installed/bin/terapi-conformance)
run(${judge} list)
run(${judge} explain server/limits)
if(NOT output MATCHES "file: *${SCRATCH}/installed/share/terapi/scenarios/server/limits.json")
  message(FATAL_ERROR "expected the installed scenario, got:\n${output}")
endif()
run(${judge} reference --world virtual --filter server/limits)
if(NOT output MATCHES "(^|\n)1 passed, 0 failed, 0 skipped\n")
  message(FATAL_ERROR "expected '1 passed, 0 failed, 0 skipped', got:\n${output}")
endif()
if(NOT EXISTS ${SCRATCH}/installed/share/terapi/examples/python/client.py)
  message(FATAL_ERROR "the example clients were not installed")
endif()
file(REMOVE_RECURSE ${SCRATCH})
