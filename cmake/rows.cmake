# Tables made of rows. A row names constants that a system may lack; C cannot ask for
# that inside a macro call, so each row gets its own #if here, at configure time.

# The rows `MACRO(...)` of tables/<def> into a list; brackets and semicolons, which CMake
# lists cannot hold, travel as words. A row is one line.
function(nsk_read_rows def macro out)
  set(path ${PROJECT_SOURCE_DIR}/tables/${def})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(READ ${path} text)
  string(REPLACE ";" "@SEMICOLON@" text "${text}")
  string(REPLACE "[" "@OPEN@" text "${text}")
  string(REPLACE "]" "@CLOSE@" text "${text}")
  string(REPLACE "\n" ";" lines "${text}")
  list(FILTER lines INCLUDE REGEX "^${macro}\\(.*\\)")
  set(${out} "${lines}" PARENT_SCOPE)
endfunction()

function(nsk_row_names def macro out)
  nsk_read_rows(${def} ${macro} rows)
  list(TRANSFORM rows REPLACE "^${macro}\\( *([A-Za-z0-9_]+).*" "\\1")
  set(${out} "${rows}" PARENT_SCOPE)
endfunction()

function(nsk_write_rows def header text)
  string(REPLACE "@SEMICOLON@" ";" text "${text}")
  string(REPLACE "@OPEN@" "[" text "${text}")
  string(REPLACE "@CLOSE@" "]" text "${text}")
  string(PREPEND text "/* Made from tables/${def} by cmake/rows.cmake. */\n")
  # Untouched when equal, so that nothing is compiled again.
  set(old "")
  if(EXISTS ${NSK_GENERATED}/${header})
    file(READ ${NSK_GENERATED}/${header} old)
  endif()
  if(NOT "${text}" STREQUAL "${old}")
    file(WRITE ${NSK_GENERATED}/${header} "${text}")
  endif()
endfunction()

# MACRO(NAME) -> the same row where the system's headers define NAME.
function(nsk_guarded_rows def macro header)
  nsk_row_names(${def} ${macro} names)
  set(text "")
  foreach(name IN LISTS names)
    string(APPEND text "#ifdef ${name}\n${macro}(${name})\n#endif\n")
  endforeach()
  nsk_write_rows(${def} ${header} "${text}")
endfunction()

# OPTION(NAME, KIND, ACCESS, LEVEL, OPT, LEVEL6, OPT6, WHERE, SUMMARY) -> the same row
# where LEVEL, OPT, LEVEL6 and OPT6 are defined (a number always is), and elsewhere
# OPTION_MISSING(NAME, KIND, ACCESS, SUMMARY).
function(nsk_option_rows def header)
  nsk_read_rows(${def} OPTION rows)
  set(word "([^,]*),[ ]*")
  set(shape "^OPTION\\([ ]*${word}${word}${word}${word}${word}${word}${word}${word}(.*)\\).*$")
  set(text "")
  foreach(row IN LISTS rows)
    if(NOT row MATCHES "${shape}")
      message(FATAL_ERROR "tables/${def}: not a row on one line: ${row}")
    endif()
    set(fallback "${CMAKE_MATCH_1}, ${CMAKE_MATCH_2}, ${CMAKE_MATCH_3}, ${CMAKE_MATCH_9}")
    set(needs ${CMAKE_MATCH_4} ${CMAKE_MATCH_5} ${CMAKE_MATCH_6} ${CMAKE_MATCH_7})
    list(FILTER needs EXCLUDE REGEX "^-?[0-9]")
    list(REMOVE_DUPLICATES needs)
    list(TRANSFORM needs REPLACE "(.+)" "defined(\\1)")
    list(JOIN needs " && " condition)
    if(condition STREQUAL "")
      set(condition 1)
    endif()
    string(APPEND text "#if ${condition}\n${row}\n#else\nOPTION_MISSING(${fallback})\n#endif\n")
  endforeach()
  nsk_write_rows(${def} ${header} "${text}")
endfunction()
