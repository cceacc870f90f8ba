# The fault seam: every system call of tables/sys.def goes through __wrap_NAME, which
# tests/faults/*.c define and which can make its n-th use fail. What else those files call
# __real_NAME (the heap, functions of the core) is wrapped with them.
set(fault_folder ${PROJECT_SOURCE_DIR}/tests/faults)
file(GLOB fault_sources CONFIGURE_DEPENDS ${fault_folder}/*.c)

function(nsk_wrapped_names out)
  nsk_row_names(sys.def SYS names)
  foreach(source IN LISTS fault_sources)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    file(READ ${source} text)
    string(REGEX MATCHALL "__real_[a-z0-9_]+" found "${text}")
    list(TRANSFORM found REPLACE "^__real_" "")
    list(APPEND names ${found})
  endforeach()
  list(REMOVE_DUPLICATES names)
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

function(nsk_add_faults target)
  if(NOT NSK_FAULTS OR NOT fault_sources)
    return()
  endif()
  target_sources(${target} PRIVATE ${fault_sources})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/core ${NSK_GENERATED} ${fault_folder})
  nsk_wrapped_names(names)
  list(TRANSFORM names PREPEND -Wl,--wrap=)
  target_link_options(${target} PRIVATE ${names})
endfunction()

if(NSK_FAULTS)
  # Fortified calls would go out under other names (__recv_chk).
  target_compile_options(nsk_flags INTERFACE -U_FORTIFY_SOURCE)
  if(NOT fault_sources)
    message(STATUS "tests/faults has no sources: the fault build wraps nothing")
  endif()
endif()
