# Compiles files into a target as text, byte for byte:
#
#   include(EmbedFile)
#   terapi_embed(terapi_simulator NAMESPACE simulator HEADER simulator/embedded.h
#                FILES simulator/page/page.html kPage)
#
# gives the target the header "simulator/embedded.h", which declares
# `extern const std::string_view kPage;` in namespace terapi::simulator, and the file's bytes behind
# it. FILES are pairs of a path from the checkout's root and a name; with LIST name, the header also has
# `name()`, an array of all of them in this order; with TABLE name, an array of pairs of file name and content. The sources are made in the
# build tree, again whenever a file changes; nothing but CMake is needed.
#
# This file is also the script that makes them:
#   cmake -DINPUT=… -DOUTPUT=….cc -DHEADER=… -DNAMESPACE=simulator -DVARIABLE=kPage -P cmake/EmbedFile.cmake

# Script: INPUT becomes OUTPUT. Characters in an array rather than a string literal: compilers limit
# the length of literals, and no byte needs care in a list of hex escapes.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(READ "${INPUT}" bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  get_filename_component(name "${INPUT}" NAME)
  file(WRITE "${OUTPUT}" "// Made from ${name} by cmake/EmbedFile.cmake.
#include \"${HEADER}\"

namespace terapi::${NAMESPACE} {
namespace {
const char kBytes[] = {
${bytes}
'\\0'};  // so that no array is empty
}  // namespace

constinit const std::string_view ${VARIABLE}(kBytes, ${size});

}  // namespace terapi::${NAMESPACE}
")
  return()
endif()

set(TERAPI_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(terapi_embed target)
  cmake_parse_arguments(ARG "" "HEADER;NAMESPACE;LIST;TABLE" "FILES" ${ARGN})
  set(folder ${PROJECT_BINARY_DIR}/embedded)
  get_filename_component(header_folder ${folder}/${ARG_HEADER} DIRECTORY)

  set(declarations "")
  set(variables "")
  set(rows "")
  while(ARG_FILES)
    list(POP_FRONT ARG_FILES file variable)
    if(NOT EXISTS ${PROJECT_SOURCE_DIR}/${file} OR NOT variable)
      message(FATAL_ERROR "terapi_embed: FILES takes pairs of a file and a name; got '${file}' '${variable}'")
    endif()
    list(APPEND variables ${variable})
    get_filename_component(file_name ${file} NAME)
    list(APPEND rows "std::pair<std::string_view, std::string_view>(\"${file_name}\", ${variable})")
    string(APPEND declarations "extern const std::string_view ${variable};  // ${file}\n")
    set(output ${header_folder}/${variable}.cc)
    add_custom_command(
      OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -DINPUT=${PROJECT_SOURCE_DIR}/${file} -DOUTPUT=${output}
              -DHEADER=${ARG_HEADER} -DNAMESPACE=${ARG_NAMESPACE} -DVARIABLE=${variable} -P ${TERAPI_EMBED_SCRIPT}
      DEPENDS ${PROJECT_SOURCE_DIR}/${file} ${TERAPI_EMBED_SCRIPT}
      COMMENT "Embedding ${file}"
      VERBATIM)
    target_sources(${target} PRIVATE ${output})
    set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)  # same names inside
  endwhile()

  if(ARG_LIST)
    list(JOIN variables ", " variables)
    string(APPEND declarations "inline auto ${ARG_LIST}() { return std::array{${variables}}; }\n")
  endif()

  if(ARG_TABLE)
    list(JOIN rows ",\n                    " rows)
    string(APPEND declarations "inline auto ${ARG_TABLE}() {\n  return std::array{${rows}};\n}\n")
  endif()

  # CONFIGURE writes only when the text has changed, so that nothing is rebuilt for nothing.
  file(CONFIGURE OUTPUT ${folder}/${ARG_HEADER} @ONLY CONTENT
"// Files that are compiled in. Made by cmake/EmbedFile.cmake.
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace terapi::@ARG_NAMESPACE@ {

@declarations@
}  // namespace terapi::@ARG_NAMESPACE@
")
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${folder}>)
endfunction()
