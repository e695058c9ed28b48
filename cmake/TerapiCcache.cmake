# Compiles through ccache where it is installed; included by the presets. A launcher given by hand wins.
find_program(TERAPI_CCACHE ccache)
mark_as_advanced(TERAPI_CCACHE)
if(TERAPI_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  # What one checkout has compiled, another one need not: paths are hashed as seen from the checkout, and the
  # objects name files from its root (__FILE__, debug information).
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      ${TERAPI_CCACHE})
  add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
endif()
