# Tests of the house itself (docs/architecture.md), beside those of the code; each has a test that it can fail.
foreach(check layers files page)
  add_test(NAME house.${check}
           COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} -DCHECK=${check} -P
                   ${PROJECT_SOURCE_DIR}/cmake/check_layers.cmake)
  add_test(NAME house.${check}_catches_violations
           COMMAND ${CMAKE_COMMAND} -DSCRATCH=${PROJECT_BINARY_DIR}/house_trees -DCHECK=${check} -P
                   ${PROJECT_SOURCE_DIR}/cmake/check_layers_test.cmake)
endforeach()

add_test(NAME house.install
         COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DSOURCE=${PROJECT_SOURCE_DIR}
                 -DSCRATCH=${PROJECT_BINARY_DIR}/install_test -DFLAGS=${CMAKE_CXX_FLAGS}
                 -DGENERATOR=${CMAKE_GENERATOR} "-DLAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}" -P ${PROJECT_SOURCE_DIR}/tests/install/install_test.cmake)

# The judge's own completeness: every MUST has a check, every scenario file is good, every mutant is killed.
add_test(NAME conformance.clauses COMMAND terapi-conformance list --clauses)
add_test(NAME conformance.validate COMMAND terapi-conformance validate ${PROJECT_SOURCE_DIR}/scenarios)
add_test(NAME conformance.virtual COMMAND terapi-conformance reference --world virtual)
# Without the million records: they take ten times as long as all the others, and `reference` reads them.
add_test(NAME conformance.mutants COMMAND terapi-conformance mutants)
set_tests_properties(conformance.mutants PROPERTIES TIMEOUT 900)  # with sanitizers, too
# The pages that promise to be followable word by word; skipped where there is no python3.
set(follow_page ${PROJECT_SOURCE_DIR}/tests/docs/follow_page.py)
set(needs_python "command -v python3 >/dev/null && exec python3 -B \"$@\" || exit 77")
add_test(NAME docs.test_your_client
         COMMAND sh -c ${needs_python} sh ${follow_page} ${PROJECT_SOURCE_DIR}/docs/test-your-client.md
                 ${PROJECT_SOURCE_DIR} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set(needs_curl_json "curl --help all 2>/dev/null | grep -q -e --json || exit 77\n${needs_python}")
add_test(NAME docs.guide
         COMMAND sh -c ${needs_curl_json} sh ${follow_page} ${PROJECT_SOURCE_DIR}/docs/guide.md
                 ${PROJECT_SOURCE_DIR} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY} 3003 8080)
add_test(NAME docs.copy_of_production
         COMMAND sh -c ${needs_curl_json} sh ${follow_page} ${PROJECT_SOURCE_DIR}/docs/copy-of-production.md
                 ${PROJECT_SOURCE_DIR} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY} 3001 3003)
add_test(NAME docs.follow_page_catches_lies
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/docs/follow_page_test.py
                 ${PROJECT_SOURCE_DIR} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
add_test(NAME docs.kits
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/docs/kits_page_test.py
                 ${PROJECT_SOURCE_DIR}/docs/kits.md ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set_tests_properties(docs.test_your_client docs.guide docs.copy_of_production docs.follow_page_catches_lies docs.kits
                     PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 280)
add_test(NAME judge.key_stays_secret
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/judge/key_stays_secret.py
                 ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set_tests_properties(judge.key_stays_secret PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
add_test(NAME judge.interrupted
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/judge/interrupted.py
                 ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set_tests_properties(judge.interrupted PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 240)
# One that asks by HEAD before each read, where that once had right clients accused; more seeds by hand
# (docs/conformance.md).
add_test(NAME judge.otherwise_client
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/judge/otherwise.py
                 $<TARGET_FILE:terapi-conformance> --seeds 54 --parts 1 -- --filter
                 client/quiet-when-there-is-nothing,client/invalid-cursor,client/slow-but-steady)
set_tests_properties(judge.otherwise_client PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 240
                     ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
# One that waits 1.2 s for an answer, hangs up and asks again, and whose queue for webhooks is short.
add_test(NAME judge.impatient_client
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/judge/otherwise.py
                 $<TARGET_FILE:terapi-conformance> --seeds 2 --parts 1 -- --filter
                 client/stalled-body,client/answers-before-it-fetches,security/replay-1000-times)
set_tests_properties(judge.impatient_client PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 240
                     ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
add_test(NAME judge.explore_keeps
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/judge/explore_keeps.py
                 ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set_tests_properties(judge.explore_keeps PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 240)
add_test(NAME judge.explore_server
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/judge/explore_server.py
                 ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set_tests_properties(judge.explore_server PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 240)
add_test(NAME programs.edges
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/programs/edges_test.py
                 ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
foreach(test json project)
  add_test(NAME programs.${test}
           COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/programs/${test}_test.py
                   ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
endforeach()
set_tests_properties(programs.json programs.project PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 280)
add_test(NAME programs.set_up
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/programs/set_up_test.py ${PROJECT_SOURCE_DIR})
add_test(NAME programs.color
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/programs/color_test.py ${PROJECT_SOURCE_DIR}
                 ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set_tests_properties(programs.edges programs.set_up programs.color PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 240)
add_test(NAME release.version
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/release/version_test.py ${PROJECT_SOURCE_DIR}
                 ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
add_test(NAME release.workflow
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/release/workflow_test.py ${PROJECT_SOURCE_DIR})
add_test(NAME release.machine
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/release/machine_test.py ${PROJECT_SOURCE_DIR})
set_tests_properties(release.version release.workflow release.machine PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
if(client_postgres)
  add_test(NAME sync.postgres_outages
           COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/programs/postgres_outages_test.py
                   ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
  set_tests_properties(sync.postgres_outages PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 280)
endif()
# A virtual week of the machine's own package index; skipped where there is none.
add_test(NAME sync.real_input
         COMMAND sh -c ${needs_python} sh ${PROJECT_SOURCE_DIR}/tests/sync/real_input.py ${PROJECT_SOURCE_DIR}
                 ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set_tests_properties(sync.real_input PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
# The example clients: each is right as it is, and wrong without any of its safety lines. Here a few scenarios and the
# lines of one client are tried; .ci/run plays every scenario, and tries a few lines of each client (those in C++ are each
# compiled anew); safety_lines_test.py --all tries every line, in half an hour.
find_program(TERAPI_PYTHON3 python3)
if(TERAPI_PYTHON3)
  foreach(client python node cpp)
    add_test(NAME examples.${client}
             COMMAND ${TERAPI_PYTHON3} ${PROJECT_SOURCE_DIR}/tests/examples/whole_test.py
                     $<TARGET_FILE:terapi-conformance> ${client})
  endforeach()
  add_test(NAME examples.safety_lines
           COMMAND ${TERAPI_PYTHON3} ${PROJECT_SOURCE_DIR}/tests/examples/safety_lines_test.py
                   $<TARGET_FILE:terapi-conformance> --client python)
  # The mutating tool itself; .ci/run has a sample of its mutants judged (docs/mutation.md).
  add_test(NAME mutation.tool COMMAND ${TERAPI_PYTHON3} ${PROJECT_SOURCE_DIR}/conformance/mutation/mutants_test.py)
  add_test(NAME mutation.answers COMMAND ${TERAPI_PYTHON3} ${PROJECT_SOURCE_DIR}/conformance/mutation/answers_test.py)
  add_test(NAME mutation.webhooks COMMAND ${TERAPI_PYTHON3} ${PROJECT_SOURCE_DIR}/conformance/mutation/webhooks_test.py)
  set_tests_properties(mutation.tool mutation.answers mutation.webhooks PROPERTIES TIMEOUT 280 ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
  set_tests_properties(examples.python examples.node examples.cpp examples.safety_lines
                       PROPERTIES TIMEOUT 280 SKIP_RETURN_CODE 77 ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endif()

# The client library for Node; skipped where there is no Node, or one before 20.
file(GLOB sdk_node_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sdk/node/test/*.test.js)
set(needs_node_20 "node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && exec node --test \"$@\" || exit 77")
add_test(NAME sdk.node COMMAND sh -c ${needs_node_20} sh ${sdk_node_tests})
set_tests_properties(sdk.node PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 280
                     ENVIRONMENT TERAPI_SIMULATOR=$<TARGET_FILE:terapi-simulator>)
# The kits for tests in Node and in Python, with the library where they are used together. What they pack is installed and tried
# in other people's test runners by .ci/run, which may ask npm's registry. Skipped where there is no Node, or no Python.
file(GLOB kits_node_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/kits/node/test/*.test.js)
add_test(NAME kits.node COMMAND sh -c ${needs_node_20} sh ${kits_node_tests})
set_tests_properties(kits.node PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 280
                     ENVIRONMENT TERAPI_SIMULATOR=$<TARGET_FILE:terapi-simulator>)
set(needs_python_39 "python3 -c 'assert __import__(\"sys\").version_info >= (3, 9)' 2>/dev/null && exec python3 -B \"$@\" || exit 77")
add_test(NAME kits.python
         COMMAND sh -c ${needs_python_39} sh -m unittest discover --start-directory ${PROJECT_SOURCE_DIR}/kits/python/tests)
set_tests_properties(kits.python PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 280
                     ENVIRONMENT "TERAPI_SIMULATOR=$<TARGET_FILE:terapi-simulator>;PYTHONPATH=${PROJECT_SOURCE_DIR}/kits/python/src")
# The page in a browser. Skipped where Chromium, playwright-core or axe-core are missing (tests/page/browser.mjs says how
# they are found); .ci/run installs them.
find_program(TERAPI_NODE node)
if(TERAPI_NODE)
  foreach(test guide lists logs environments accessibility)
    add_test(NAME page.${test}
             COMMAND ${TERAPI_NODE} ${PROJECT_SOURCE_DIR}/tests/page/${test}_test.mjs $<TARGET_FILE:terapi-simulator>)
  endforeach()
  set_tests_properties(page.guide page.lists page.logs page.environments page.accessibility PROPERTIES TIMEOUT 280 SKIP_RETURN_CODE 77)
endif()
