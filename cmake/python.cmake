# netsocket._netsocket and the Python files beside it, in <build>/python. A wheel takes the
# extension from the component `python` and the files from the tree.
find_package(Python 3.9 REQUIRED COMPONENTS Interpreter Development.Module)

# Docstrings say what the reference says.
set(pages ${PROJECT_SOURCE_DIR}/docs/reference)
file(GLOB page_files CONFIGURE_DEPENDS ${pages}/*.md)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${page_files} ${CMAKE_CURRENT_LIST_DIR}/docstrings.py)
execute_process(
  COMMAND ${Python_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/docstrings.py
          ${pages} ${NSK_GENERATED}/docstrings.h
  COMMAND_ERROR_IS_FATAL ANY)

file(GLOB python_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/python/*.c)
Python_add_library(netsocket_python MODULE WITH_SOABI ${python_sources})
set_target_properties(netsocket_python PROPERTIES
  OUTPUT_NAME _netsocket
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/python/netsocket)
target_include_directories(netsocket_python PRIVATE ${NSK_GENERATED})
nsk_module(netsocket_python)
nsk_mirror(python/netsocket ${PROJECT_BINARY_DIR}/python/netsocket py pyi typed)

install(TARGETS netsocket_python LIBRARY DESTINATION netsocket COMPONENT python
        EXCLUDE_FROM_ALL)

# Only a question to the compiler: does the adapter keep to the stable ABI of 3.11?
if(Python_VERSION VERSION_GREATER_EQUAL 3.11)
  add_library(limited_api OBJECT EXCLUDE_FROM_ALL ${python_sources})
  target_compile_definitions(limited_api PRIVATE Py_LIMITED_API=0x030B0000)
  target_include_directories(limited_api PRIVATE ${NSK_GENERATED})
  target_link_libraries(limited_api PRIVATE Python::Module netsocket_core nsk_flags)
endif()
