# Compiles through ccache where it is installed; included by the presets. A launcher given by hand wins.
find_program(TERAPI_CCACHE ccache)
mark_as_advanced(TERAPI_CCACHE)
if(TERAPI_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TERAPI_CCACHE})
endif()
