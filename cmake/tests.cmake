# C programs on the core alone: the examples, and the cmocka tests that CTest runs.
file(GLOB examples CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.c)
foreach(source IN LISTS examples)
  get_filename_component(name ${source} NAME_WE)
  add_executable(example_${name} ${source})
  target_link_libraries(example_${name} PRIVATE netsocket_core nsk_flags)
  set_target_properties(example_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
endforeach()

# The interpreter of the fault runs: its memory runs out on demand. A module finds Lua's
# functions in the shared library.
if(NSK_FAULTS AND NSK_LUA)
  string(REPLACE "." "" lua_digits ${lua_version})
  find_library(NSK_LUA_LIBRARY NAMES lua${lua_version} lua-${lua_version} lua${lua_digits} lua
               HINTS ${NSK_LUA_PC_LIBRARY_DIRS})
  mark_as_advanced(NSK_LUA_LIBRARY)
  add_executable(lua_host ${PROJECT_SOURCE_DIR}/tests/faults/host/lua_host.c)
  target_include_directories(lua_host SYSTEM PRIVATE ${LUA_INCLUDE_DIR})
  target_link_libraries(lua_host PRIVATE nsk_flags ${NSK_LUA_LIBRARY} m ${CMAKE_DL_LIBS})
  set_target_properties(lua_host PROPERTIES
    ENABLE_EXPORTS ON RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endif()

# What Lua's tests need of the system that no module of Lua has.
if(NSK_LUA)
  add_library(lua_process MODULE ${PROJECT_SOURCE_DIR}/tests/lua/process.c)
  target_include_directories(lua_process SYSTEM PRIVATE ${LUA_INCLUDE_DIR})
  target_link_libraries(lua_process PRIVATE nsk_flags)
  set_target_properties(lua_process PROPERTIES
    PREFIX "" OUTPUT_NAME process SUFFIX .so C_VISIBILITY_PRESET default
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/lua)
endif()

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(CMOCKA QUIET IMPORTED_TARGET cmocka)
endif()
if(NOT CMOCKA_FOUND)
  message(STATUS "cmocka was not found: the core's C tests are not built")
  return()
endif()

# core_test(NAME SOURCE...)
function(core_test name)
  add_executable(core_${name} ${ARGN})
  target_include_directories(core_${name} PRIVATE ${PROJECT_SOURCE_DIR}/core ${NSK_GENERATED})
  target_link_libraries(core_${name} PRIVATE netsocket_core nsk_flags PkgConfig::CMOCKA)
  set_target_properties(core_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/core)
  add_test(NAME core.${name} COMMAND core_${name})
  set_tests_properties(core.${name} PROPERTIES TIMEOUT 60)
endfunction()

file(GLOB core_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/core/*.c)
foreach(source IN LISTS core_tests)
  get_filename_component(name ${source} NAME_WE)
  core_test(${name} ${source})
endforeach()

# What waits for several at a time, by poll(2): the library's own way is not linked then.
foreach(name pollset connect connect_unix)
  core_test(${name}_by_poll ${PROJECT_SOURCE_DIR}/tests/core/${name}.c
    ${PROJECT_SOURCE_DIR}/core/system/pollset_poll.c)
endforeach()
