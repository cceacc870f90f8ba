# The fault seam: every system call of core/sys.def goes through __wrap_NAME, which
# tests/faults/*.c define and which can make its n-th use fail. So does the heap; and
# the functions that take or give a user's descriptor tell the ledger about it.
set(fault_folder ${PROJECT_SOURCE_DIR}/tests/faults)
file(GLOB fault_sources CONFIGURE_DEPENDS ${fault_folder}/*.c)
set(fault_heap malloc calloc realloc strdup free)
set(fault_ledger nsk_socket_adopt nsk_socket_release nsk_fd_shutdown nsk_fd_close
    nsk_fd_close_how)

function(nsk_add_faults target)
  if(NOT NSK_FAULTS OR NOT fault_sources)
    return()
  endif()
  target_sources(${target} PRIVATE ${fault_sources})
  target_include_directories(${target} PRIVATE ${NSK_GENERATED} ${fault_folder})
  nsk_row_names(sys.def SYS names)
  list(APPEND names ${fault_heap} ${fault_ledger})
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
