# The house's rooms: which folders there are, and who may know whom. CMakeLists.txt links by this table,
# check_layers.cmake holds every #include against it, and docs/architecture.md shows it.
#
#   room(FOLDER MAY rooms…)       what is built, linked and tested as one; it may include these other rooms
#   sub_room(FOLDER MAY others…)  a folder of the room declared last, and which of that room's other folders (by their
#                                 names in it) and which further rooms it may include. The room's own folder means the
#                                 files that lie directly in it.
#   outside(HEADER homes…)        where a header from outside may be included, by the start of what stands between the
#                                 brackets; `tests` is whatever no program is made of, in any room
#
# A name has to be declared before it is used: so no two folders know each other. Tests are free within their room.

function(room folder)
  cmake_parse_arguments(ARG "" "" "MAY" ${ARGN})
  foreach(other IN LISTS ARG_MAY)
    get_property(known GLOBAL PROPERTY ROOMS)
    if(NOT other IN_LIST known)
      message(FATAL_ERROR "cmake/rooms.cmake: ${folder} names '${other}', which is no room declared before it")
    endif()
  endforeach()
  set_property(GLOBAL APPEND PROPERTY ROOMS ${folder})
  set_property(GLOBAL PROPERTY ROOM_MAY_${folder} ${ARG_MAY})
endfunction()

function(sub_room folder)
  cmake_parse_arguments(ARG "" "" "MAY" ${ARGN})
  get_property(rooms GLOBAL PROPERTY ROOMS)
  list(GET rooms -1 room)
  get_property(folders GLOBAL PROPERTY ROOM_FOLDERS_${room})
  set(may "")
  foreach(other IN LISTS ARG_MAY)
    if("${room}/${other}" IN_LIST folders)
      list(APPEND may ${room}/${other})
    elseif(other IN_LIST folders OR other IN_LIST rooms)
      list(APPEND may ${other})
    else()
      message(FATAL_ERROR "cmake/rooms.cmake: ${folder} names '${other}', which is not declared before it")
    endif()
  endforeach()
  set_property(GLOBAL APPEND PROPERTY ROOM_FOLDERS_${room} ${folder})
  set_property(GLOBAL PROPERTY FOLDER_MAY_${folder} ${may})
endfunction()

function(outside header)
  set_property(GLOBAL APPEND PROPERTY OUTSIDE ${header})
  set_property(GLOBAL PROPERTY OUTSIDE_HOMES_${header} ${ARGN})
endfunction()

# The folders that a room's sources lie in.
function(folders_of room out)
  get_property(folders GLOBAL PROPERTY ROOM_FOLDERS_${room})
  if(NOT folders)
    set(folders ${room})
  endif()
  set(${out} ${folders} PARENT_SCOPE)
endfunction()

# The rooms that a room is linked with: its own, and those of its folders.
function(rooms_known_to room out)
  get_property(known GLOBAL PROPERTY ROOM_MAY_${room})
  get_property(rooms GLOBAL PROPERTY ROOMS)
  get_property(folders GLOBAL PROPERTY ROOM_FOLDERS_${room})
  foreach(folder IN LISTS folders)
    get_property(may GLOBAL PROPERTY FOLDER_MAY_${folder})
    foreach(other IN LISTS may)
      if(other IN_LIST rooms AND NOT other STREQUAL room)
        list(APPEND known ${other})
      endif()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES known)
  set(${out} ${known} PARENT_SCOPE)
endfunction()

room(core)
room(core/system MAY core)
room(core/sqlite MAY core)

room(simulator MAY core)
sub_room(simulator/javascript)
sub_room(simulator/records     MAY javascript)
sub_room(simulator/faults)
sub_room(simulator/world       MAY records faults)
sub_room(simulator/observation MAY records world)
sub_room(simulator/storage     MAY core/sqlite records world observation)
sub_room(simulator/loading     MAY core/sqlite records)
sub_room(simulator/engine      MAY records world observation)
sub_room(simulator/webhooks    MAY javascript records world engine)
sub_room(simulator/upstream    MAY records world observation engine)
sub_room(simulator/runs        MAY records world engine webhooks loading upstream)
sub_room(simulator/api         MAY javascript records world observation engine webhooks upstream runs)
sub_room(simulator/parts       MAY world observation storage engine webhooks upstream runs api)
sub_room(simulator/control     MAY records world observation webhooks upstream runs api parts)
sub_room(simulator             MAY records observation storage loading engine runs api parts control)
room(simulator/program MAY core core/system simulator)
room(simulator/program/main MAY simulator/program)

room(client MAY core)
sub_room(client)
sub_room(client/storage  MAY client core/sqlite)
sub_room(client/webhooks MAY client)
room(client/postgres MAY core client)
room(client/program MAY core core/system client client/postgres)
room(client/program/main MAY client/program)

# The judge itself knows nobody whom it judges.
room(conformance MAY core)
sub_room(conformance/contract)
sub_room(conformance/evidence MAY contract)
sub_room(conformance/laws     MAY contract evidence)
sub_room(conformance/scenario MAY contract evidence laws)
sub_room(conformance/report   MAY contract evidence)
room(conformance/harness MAY core core/system simulator client conformance)
sub_room(conformance/harness/process)
sub_room(conformance/harness/mutants)
sub_room(conformance/harness/otherwise)
sub_room(conformance/harness/stage MAY process mutants otherwise)
sub_room(conformance/harness/play  MAY stage)
room(conformance/harness/explore MAY core conformance conformance/harness)
room(conformance/harness/measure MAY core core/system simulator conformance conformance/harness)
room(conformance/program MAY core conformance conformance/harness conformance/harness/explore
                             conformance/harness/measure)
room(conformance/program/main MAY conformance/program)
room(conformance/examples/cpp)

room(benchmarks MAY core core/system simulator client conformance/harness/explore)
room(tests MAY core)
room(tests/sync MAY core core/system simulator client client/postgres)
room(examples/sync-into-your-own-store MAY core/system client)
room(examples/sync-in-virtual-time MAY core client simulator)

outside(boost/ core/system/)
outside(httplib.h core/system/ conformance/examples/cpp/)
outside(sqlite3 core/sqlite/ simulator/storage/ client/storage/ conformance/examples/cpp/)
outside(libpq client/postgres/)
outside(gtest/ tests)
outside(gmock/ tests)
outside(nlohmann/ conformance/harness/ conformance/report/ conformance/program/ conformance/examples/cpp/ benchmarks/
        tests)
