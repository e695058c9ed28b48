# `cmake --install`: the programs, the judge's scenarios and example clients, and the rooms as libraries
# for find_package(terapi): terapi::core, terapi::core_system, terapi::core_sqlite, terapi::client,
# terapi::simulator; and, where libpq is, terapi::client_postgres.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(TERAPI_INSTALLED core core_system core_sqlite client ${client_postgres} simulator)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/terapi)

foreach(room IN LISTS TERAPI_INSTALLED)
  set_target_properties(terapi_${room} PROPERTIES EXPORT_NAME ${room})
  # Headers include each other from the checkout's root, so they keep their folders.
  target_include_directories(terapi_${room}
                             PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/terapi>)
  install(TARGETS terapi_${room} EXPORT terapi ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()
if(NOT client_postgres)
  set(not_built PATTERN "postgres" EXCLUDE)
endif()
install(DIRECTORY core client simulator DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/terapi
        FILES_MATCHING PATTERN "*.h" PATTERN "*_impl.h" EXCLUDE PATTERN "test_*.h" EXCLUDE
        PATTERN "store_contract.h" EXCLUDE        PATTERN "*_sample.h" EXCLUDE PATTERN "*_under_test.h" EXCLUDE
        PATTERN "program" EXCLUDE PATTERN "page" EXCLUDE ${not_built})
install(EXPORT terapi NAMESPACE terapi:: DESTINATION ${package_folder})
install(TARGETS terapi-simulator terapi-sync terapi-conformance DESTINATION ${CMAKE_INSTALL_BINDIR})
# The program looks in ../share/terapi/scenarios from where it is.
install(DIRECTORY scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/terapi)
install(DIRECTORY conformance/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/terapi USE_SOURCE_PERMISSIONS)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/terapiConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/terapiConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/terapiConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/FindCppHttplib.cmake ${PROJECT_BINARY_DIR}/terapiConfig.cmake
              ${PROJECT_BINARY_DIR}/terapiConfigVersion.cmake
        DESTINATION ${package_folder})
