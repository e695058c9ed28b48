# Packages (packaging/build makes them): Debian packages by CPack, one for the simulator, one for the tools, one for
# development. Included last, when all that is installed is known.
#
# TERAPI_PACKAGED     no file names the folder it was built in, so that the same sources give the same bytes anywhere
# TERAPI_STANDALONE   programs that need nothing but glibc: all other libraries are linked statically
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME terapi)
set(CPACK_PACKAGE_VENDOR "The Terapi simulator authors")
set(CPACK_PACKAGE_CONTACT "The Terapi simulator authors <terapi@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "local Terapi, to develop and test sync code against")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL simulator tools development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_SIMULATOR_PACKAGE_NAME terapi-simulator)
set(CPACK_DEBIAN_SIMULATOR_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_SIMULATOR_DESCRIPTION "The simulator: serves /records with cursors, signed webhooks with retry,
runs, connections, actions, and faults on demand, in real or virtual time.")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME terapi-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS "terapi-simulator, postgresql")
set(CPACK_DEBIAN_TOOLS_DESCRIPTION "The tools: terapi-sync keeps a database in sync with the records of a Terapi
API. terapi-conformance judges servers and sync clients, in any language, by
scenario files: lost webhooks, duplicates, crashes, resuming from a cursor.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libterapi-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libboost-dev (>= 1.74), libssl-dev, libsqlite3-dev")
if(client_postgres)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", libpq-dev")
endif()
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "The libraries: headers and static libraries for find_package(terapi), for a
sync client of one's own, and for simulator and client in one process.")

# Made by packaging/pages.py, from what the programs say about their flags.
set(TERAPI_PAGES "" CACHE PATH "Manual pages and completions to install, made by packaging/pages.py")
if(TERAPI_PAGES)
  foreach(program terapi-simulator=simulator terapi-sync=tools terapi-conformance=tools)
    string(REPLACE = ";" parts ${program})
    list(GET parts 0 name)
    list(GET parts 1 component)
    install(FILES ${TERAPI_PAGES}/${name}.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT ${component})
    install(FILES ${TERAPI_PAGES}/${name}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
            COMPONENT ${component} RENAME ${name})
    install(FILES ${TERAPI_PAGES}/_${name} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
            COMPONENT ${component})
    install(FILES ${TERAPI_PAGES}/${name}.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
            COMPONENT ${component})
  endforeach()
  foreach(package terapi-simulator=simulator terapi-tools=tools libterapi-dev=development)
    string(REPLACE = ";" parts ${package})
    list(GET parts 0 name)
    list(GET parts 1 component)
    install(FILES ${TERAPI_PAGES}/copyright ${TERAPI_PAGES}/NEWS.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name}
            COMPONENT ${component})
  endforeach()
endif()
include(CPack)
