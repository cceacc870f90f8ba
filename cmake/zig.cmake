# A toolchain: zig as a cross compiler, for systems whose headers it brings along.
#   cmake -DCMAKE_TOOLCHAIN_FILE=cmake/zig.cmake -DNSK_ZIG=PROGRAM -DNSK_TARGET=aarch64-macos
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES NSK_ZIG NSK_TARGET)

string(REGEX MATCH "^([a-z0-9_]+)-([a-z]+)" NSK_TARGET_NAMES "${NSK_TARGET}")
set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_MATCH_1})
set(zig_systems linux=Linux macos=Darwin freebsd=FreeBSD netbsd=NetBSD openbsd=OpenBSD)
list(FILTER zig_systems INCLUDE REGEX "^${CMAKE_MATCH_2}=")
string(REGEX REPLACE ".*=" "" CMAKE_SYSTEM_NAME "${zig_systems}")

# CMake wants programs: each of these is zig with its first word.
foreach(tool cc ar ranlib)
  set(zig_${tool} ${CMAKE_BINARY_DIR}/zig-${tool})
  set(zig_words "exec '${NSK_ZIG}' ${tool}")
  if(tool STREQUAL "cc")
    # Its linker crashes on a bundle; a shared library has the same symbols.
    string(CONCAT zig_words
      "for word do shift; [ x$word != x-bundle ] || word=-shared; set -- \"$@\" \"$word\"; done\n"
      "${zig_words} -target ${NSK_TARGET}")
  endif()
  if(NOT EXISTS ${zig_${tool}})
    file(WRITE ${zig_${tool}} "#!/bin/sh\n${zig_words} \"$@\"\n")
    file(CHMOD ${zig_${tool}} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
  endif()
endforeach()
set(CMAKE_C_COMPILER ${zig_cc})
set(CMAKE_AR ${zig_ar} CACHE FILEPATH "")
set(CMAKE_RANLIB ${zig_ranlib} CACHE FILEPATH "")
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
