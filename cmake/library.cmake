# The core as a library for C programs: the archive, its headers, and netsocket.pc, which
# says where they are from where it is itself.
include(GNUInstallDirs)
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(NSK_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
  set(NSK_PC_LIBDIR ${CMAKE_INSTALL_LIBDIR})
else()
  file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" NSK_PC_PREFIX "\${pcfiledir}/${up}")
  set(NSK_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
configure_file(cmake/netsocket.pc.in ${PROJECT_BINARY_DIR}/netsocket.pc @ONLY)

install(TARGETS netsocket_core
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(FILES include/netsocket.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(DIRECTORY include/netsocket DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT library FILES_MATCHING PATTERN *.h)
install(FILES ${PROJECT_BINARY_DIR}/netsocket.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
