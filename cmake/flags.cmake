# The flags of everything we compile, as one target that is never installed.
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g3")

add_library(nsk_flags INTERFACE)
target_compile_definitions(nsk_flags INTERFACE ${NSK_DEFINITIONS})
target_compile_options(nsk_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow)
if(NSK_WERROR)
  target_compile_options(nsk_flags INTERFACE -Werror)
endif()

# A call into libc goes through its address, not through a stub; a call inside the
# module needs neither.
include(CheckCCompilerFlag)
set(CMAKE_REQUIRED_FLAGS -Werror) # a flag that is taken and not used is none
foreach(flag -fno-plt -fno-semantic-interposition)
  string(MAKE_C_IDENTIFIER "NSK_FLAG${flag}" known)
  check_c_compiler_flag(${flag} ${known})
  if(${known})
    target_compile_options(nsk_flags INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:${flag}>)
  endif()
endforeach()
unset(CMAKE_REQUIRED_FLAGS)

# A worker thread may outlive the interpreter that loaded the module: the code must
# stay mapped. Darwin's linker has no such flag.
include(CheckLinkerFlag)
check_linker_flag(C -Wl,-z,nodelete NSK_FLAG_nodelete)

# Makes a module that an interpreter loads: its symbols come from the program.
function(nsk_module target)
  target_link_libraries(${target} PRIVATE netsocket_core nsk_flags)
  if(NSK_FLAG_nodelete)
    target_link_options(${target} PRIVATE -Wl,-z,nodelete)
  endif()
  if(APPLE)
    target_link_options(${target} PRIVATE -undefined dynamic_lookup)
  endif()
  nsk_add_faults(${target})
endfunction()
