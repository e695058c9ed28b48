# `cmake --install`: the programs, the judge's scenarios and example clients, and the rooms as libraries
# for find_package(terapi): terapi::core, terapi::core_system, terapi::core_sqlite, terapi::client,
# terapi::simulator; and, where libpq is, terapi::client_postgres.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(TERAPI_INSTALLED core core/system core/sqlite client ${client_postgres} simulator)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/terapi)

foreach(folder IN LISTS TERAPI_INSTALLED)
  string(REPLACE / _ room ${folder})
  set_target_properties(terapi_${room} PROPERTIES EXPORT_NAME ${room})
  # Headers include each other from the checkout's root, so they keep their folders.
  target_include_directories(terapi_${room}
                             PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/terapi>)
  install(TARGETS terapi_${room} EXPORT terapi ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
          COMPONENT development)
endforeach()
include(${CMAKE_CURRENT_LIST_DIR}/public_headers.cmake)
foreach(header IN LISTS TERAPI_PUBLIC_HEADERS)
  get_filename_component(folder ${header} DIRECTORY)
  if(client_postgres OR NOT folder STREQUAL "client/postgres")
    install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/terapi/${folder} COMPONENT development)
  endif()
endforeach()
install(EXPORT terapi NAMESPACE terapi:: DESTINATION ${package_folder} COMPONENT development)
install(TARGETS terapi-simulator DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT simulator)
install(TARGETS terapi-sync terapi-conformance DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
# The program looks in ../share/terapi/scenarios from where it is.
install(DIRECTORY scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/terapi COMPONENT tools)
install(FILES project/terapi.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/terapi COMPONENT tools)
install(DIRECTORY conformance/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/terapi USE_SOURCE_PERMISSIONS
        COMPONENT tools)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/terapiConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/terapiConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/terapiConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/terapiConfig.cmake ${PROJECT_BINARY_DIR}/terapiConfigVersion.cmake
        DESTINATION ${package_folder} COMPONENT development)
